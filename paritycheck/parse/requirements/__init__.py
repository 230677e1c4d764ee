"""Dependency files and lock files, as text turned into values that remember their line."""
