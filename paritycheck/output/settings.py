"""The settings in force, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tabulate import tabulate

from paritycheck.output.style import harmless

Shown = Mapping[str, tuple[str | bool | list[str] | None, str]]
"""Of each key its value and its source."""


def render_settings(file: str, settings: Mapping[str, Shown], ignores: Mapping[str, str]) -> str:
    """Return a table of the settings of each image (``""``: of the one that flags describe).

    ``ignores`` are what is let pass, by their places.
    """
    blocks = [f"configuration: {harmless(file) or 'none'}"]
    for name, shown in settings.items():
        rows = [(key, _written(value), source) for key, (value, source) in shown.items()]
        table = tabulate(
            [tuple(harmless(cell) for cell in row) for row in rows], tablefmt="plain", disable_numparse=True
        )
        blocks.append(f"image {harmless(name)}\n{table}" if name else table)
    if ignores:
        lines = [f"{harmless(place)}  {harmless(what)}" for place, what in ignores.items()]
        blocks.append("\n".join(["ignores", *lines]))
    return "\n\n".join(blocks) + "\n"


def settings_json(file: str, settings: Mapping[str, Shown], ignores: Mapping[str, str]) -> str:
    """Return the same for programs."""
    document = {
        "file": file,
        "settings": [
            {
                "image": name,
                "values": {key: {"value": value, "source": source} for key, (value, source) in shown.items()},
            }
            for name, shown in settings.items()
        ],
        "ignores": ignores,
    }
    return json.dumps(document, indent=1) + "\n"


def _written(value: str | bool | list[str] | None) -> str:
    if isinstance(value, list):
        return " ".join(value) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or "-"
