"""Orders, of a namespace whose other half is installed."""
from acme import billing
from . import nowhere
