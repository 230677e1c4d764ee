"""In the checkout, but removed again from the image."""
