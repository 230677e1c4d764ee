"""A stock list, rendered."""

import jinja2
import yaml

__all__ = ["jinja2", "yaml"]
