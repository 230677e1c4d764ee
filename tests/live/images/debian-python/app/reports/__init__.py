"""Reports from settings in YAML, which Debian's python3-yaml reads."""

from reports.settings import load

__all__ = ["load"]
