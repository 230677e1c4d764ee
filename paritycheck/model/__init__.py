"""Plain frozen values: what the two sides are, and what is said about them."""
