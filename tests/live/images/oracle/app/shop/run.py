"""Started as a script: its own directory comes first."""
import answer
import cart
import shop.cart
from inner import deep
import main
