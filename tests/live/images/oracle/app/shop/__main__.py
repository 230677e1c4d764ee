"""Started by -m."""

from . import answer
from .main import run
