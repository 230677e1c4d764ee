"""Compiled files: what they say about themselves, read without running them."""
