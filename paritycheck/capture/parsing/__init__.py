"""Python sources parsed: many at once, and remembered between runs."""
