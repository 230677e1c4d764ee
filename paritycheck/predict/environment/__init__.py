"""The interpreter of an image, its search path and distributions, read from files."""
