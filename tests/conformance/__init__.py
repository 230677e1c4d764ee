"""The prediction held against what the real builders were measured to do."""
