"""Wins over both.py."""
