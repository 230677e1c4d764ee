"""Binds a value; deep is a submodule."""
VALUE = 1
