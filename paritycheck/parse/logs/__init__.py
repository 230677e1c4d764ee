"""Logs of containers: lines of any make -> the exceptions and events that they tell of."""
