"""The checkout and image of the command line's tests."""

from tests.cli.conftest import place

__all__ = ["place"]
