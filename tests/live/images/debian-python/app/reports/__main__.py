"""Load the settings and say nothing."""

from reports import load

load()
