"""A cart."""


class Basket:
    """A basket."""
