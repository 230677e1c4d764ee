"""Beta."""
from ..cart import Basket
from ...acme import orders
