"""Containers, running or not: what their engine says about them, and their logs."""
