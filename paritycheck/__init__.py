"""Will what works in this checkout work in the container built from it?"""

__version__ = "0.1.0"
