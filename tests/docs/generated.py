"""The pages of docs/ that are made of the program itself: rules, commands, configuration keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from paritycheck.config.keys import KEYS
from paritycheck.output.rulepage import render_rule_index, render_rule_page
from paritycheck.rules import RULES

_ROOT = Path(__file__).parent.parent.parent
_CONFIGURATION = _ROOT / "docs/configuration.md.in"
_HEADING = "# `paritycheck`\n"


def generated_pages() -> dict[str, str]:
    """Return every such page by its path below docs/."""
    pages = {f"rules/{code}.md": render_rule_page(rule) for code, rule in RULES.items()}
    pages["rules/index.md"] = render_rule_index(RULES.values())
    pages["commands.md"] = _commands()
    pages["formats.md"] = _formats()
    pages["configuration.md"] = _CONFIGURATION.read_text(encoding="utf-8").replace("@KEYS@", _keys())
    return pages


def _formats() -> str:
    """The section of the README, as a page of its own."""
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("### Formats\n")[2].partition("\n### ")[0]
    return f"# Formats\n{section}".replace("](docs/", "](").replace("](schemas/", "](../schemas/")


def _keys() -> str:
    rows = [
        f"| `{key.name}` | `{key.flag}` | {key.about} | {'yes' if key.of_images else ''} |"
        for key in KEYS.values()
    ]
    return "\n".join(["| key | flag | value | of an image |", "|---|---|---|---|", *rows])


def _commands() -> str:
    words = [str(Path(sys.executable).with_name("typer")), "paritycheck.cli.app", "utils", "docs"]
    done = subprocess.run(
        [*words, "--name", "paritycheck"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    text = done.stdout.replace(_HEADING, "# Commands\n", 1).replace("&#x27;", "'").replace("&quot;", '"')
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"
