"""Text into values that remember their line; pure."""
