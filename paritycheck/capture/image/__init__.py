"""An image by every road that leads to it."""
