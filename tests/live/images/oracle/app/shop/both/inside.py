"""Found."""
