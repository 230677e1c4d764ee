"""Deep."""
import shop.inner
from . import VALUE
from .. import VERSION, cart, nothing
from ..inner import deep
