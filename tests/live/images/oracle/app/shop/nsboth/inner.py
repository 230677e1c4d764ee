"""Hidden by nsboth.py."""
