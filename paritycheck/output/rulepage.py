"""The page of a rule: what the catalogue says of it, and the text of ``rulepages`` with its example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

from paritycheck.model.report import Rule

_COMMENT = re.compile(r"<!--.*?-->\n\n?", re.DOTALL)
_REPAIR = "## Repair\n\n"
FAMILIES = {
    "1": "Lost on the way to the container",
    "2": "Distributions",
    "3": "Interpreters and platforms",
    "4": "The image beside the checkout",
    "5": "The build",
    "9": "The check itself",
}


def render_rule_page(rule: Rule) -> str:
    """Return the page as Markdown: the text of the package, with what the catalogue says in its place."""
    told = read_rule_text(rule.code)
    told = _COMMENT.sub("", told).replace(_REPAIR, f"{_REPAIR}{rule.help}\n\n", 1)
    return f"# {rule.code} {rule.slug}\n\nUsually **{rule.severity}**: {rule.summary}.\n\n{told}"


def render_rule_index(rules: Iterable[Rule]) -> str:
    """Return the table of all rules as Markdown, by family, each with a link to its page."""
    lines = ["# Rules", ""]
    lines += [
        "The first digit tells where a finding belongs; a code keeps its meaning for ever.",
        "`paritycheck rule PC103` prints the page of one. Severities are the usual ones: what is guarded or",
        "uncertain counts less.",
    ]
    family = ""
    for rule in rules:
        if rule.code[2] != family:
            family = rule.code[2]
            lines += [
                "",
                f"## {FAMILIES[family]}",
                "",
                "| code | slug | usually | says |",
                "|---|---|---|---|",
            ]
        lines.append(f"| [{rule.code}]({rule.code}.md) | {rule.slug} | {rule.severity} | {rule.summary} |")
    lines += ["", "```{toctree}", ":hidden:", ":glob:", "", "PC*", "```"]
    return "\n".join(lines) + "\n"


def read_rule_text(code: str) -> str:
    """Return the text of a rule's page as the package holds it, with the settings of its example."""
    return resources.files("paritycheck").joinpath("rulepages", f"{code}.md").read_text(encoding="utf-8")
