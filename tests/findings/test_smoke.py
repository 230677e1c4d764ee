"""Imports that failed in the container: the rule that speaks for each, also where no path stands for it."""

from __future__ import annotations

import pytest

from paritycheck.check import gather_facts, judge_attempts
from paritycheck.config import Config
from paritycheck.model.smoke import Attempt, Frame, Raised
from paritycheck.parse.logs.exceptions import raised_by
from tests.findings.sides import checkout, environment, image

SOURCES = {"app/__init__.py": "", "app/main.py": "import yaml\n", "requirements.txt": "idna\n"}


@pytest.mark.parametrize(
    ("name", "message", "code", "item"),
    [
        ("ImportError", "libGL.so.1: cannot open shared object file: No such file", "PC207", "libGL.so.1"),
        ("ModuleNotFoundError", "No module named 'yaml'", "PC203", "pyyaml"),
        ("ModuleNotFoundError", "No module named 'nowhere'", "PC108", "nowhere"),
    ],
)
def test_what_an_import_lacks_is_told_by_its_rule(name: str, message: str, code: str, item: str) -> None:
    facts = gather_facts(checkout(SOURCES), image(SOURCES, environment([])), None, Config())
    told = raised_by(name, message)
    raised = Raised(told.type, told.message, told.imports, told.name, frames=(Frame("/srv/app/main.py", 1),))
    (finding,) = judge_attempts((Attempt("app.main", "raised", raised=(raised,)),), facts).findings
    assert (finding.code, finding.severity, finding.items[0].name) == (code, "error", item)


def test_one_cause_is_told_once() -> None:
    facts = gather_facts(checkout(SOURCES), image(SOURCES, environment([])), None, Config())

    def failed(root: str, line: int) -> Attempt:
        frames = (Frame(f"/srv/{root}.py", 1), Frame("/srv/app/main.py", line))
        return Attempt(root, "raised", raised=(Raised("KeyError", "'KEY'", frames=frames),))

    report = judge_attempts((failed("a", 1), failed("b", 1), failed("c", 2)), facts)
    assert [each.items[0].name for each in report.findings] == ["a", "c"]
