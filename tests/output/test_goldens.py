"""Each format on one shared report, character by character."""

from __future__ import annotations

import pytest

from paritycheck.cli.options import ReportFormat
from paritycheck.output.formats import FORMATS
from tests.output.golden import FOLDER, NAMES, render


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    golden = (FOLDER / NAMES[name]).read_text(encoding="utf-8")
    assert render(name) == golden, "`python -m tests.output.golden` writes it anew: read the difference"


def test_every_format_has_a_golden_file_and_a_name_on_the_command_line() -> None:
    assert {*FORMATS, "explained"} == set(NAMES)
    assert set(FORMATS) == {each.value for each in ReportFormat}
    assert {path.name for path in FOLDER.iterdir()} == set(NAMES.values())
