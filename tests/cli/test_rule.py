"""`paritycheck rule`: the catalogue, and one rule of it."""

from __future__ import annotations

import pytest

from paritycheck.cli import run
from paritycheck.rules import RULES


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)


@pytest.mark.parametrize("asked", ["PC103", "pc103", "ignored"])
def test_one_rule_is_explained(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", asked]) == 0
    out = capsys.readouterr().out
    assert out.startswith("PC103  ignored  error")
    assert RULES["PC103"].help in out


def test_an_unknown_rule_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "PC999"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "PC999" in captured.err
