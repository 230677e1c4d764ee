"""Here."""
