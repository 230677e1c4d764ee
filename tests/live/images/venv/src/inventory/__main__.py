"""Import everything and say nothing."""

import inventory

assert inventory.jinja2
