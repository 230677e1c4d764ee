"""Bills, from rates in a table."""

import click
import markupsafe
import packaging

__all__ = ["click", "markupsafe", "packaging"]
