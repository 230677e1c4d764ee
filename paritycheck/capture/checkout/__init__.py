"""A working tree and what git knows of it."""
