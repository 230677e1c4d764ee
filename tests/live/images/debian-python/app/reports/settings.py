"""The settings beside this file."""

from pathlib import Path
from typing import Any

import yaml


def load() -> dict[str, Any]:
    """Read settings.yaml."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("settings.yaml").read_text())
    return found
