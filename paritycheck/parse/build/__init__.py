"""Containerfiles and ignore files as each engine reads them."""
