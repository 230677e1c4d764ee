"""Started as a script."""
from shop import answer
import shop.main
import utils
