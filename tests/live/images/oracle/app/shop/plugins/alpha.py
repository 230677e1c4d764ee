"""A namespace: no __init__."""
from .. import cart
from . import beta
