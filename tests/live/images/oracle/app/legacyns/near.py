"""Near."""
