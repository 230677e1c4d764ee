"""Every measured case, for every builder that was measured, against the prediction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.measured import (
    CASES,
    STALE_CONTENT,
    differences,
    lay_out,
    measured,
    measurements,
    predict,
)

# (group, name, builder) -> why the prediction differs. Each entry is a debt: the table is meant to be empty.
EXCEPTIONS: dict[tuple[str, str, str], str] = {}


def _parameters() -> list[Any]:
    rows = []
    for case, builder in measurements():
        reason = EXCEPTIONS.get((case["group"], case["name"], builder))
        marks = [pytest.mark.xfail(reason=reason)] if reason else []
        name = re.sub(r"[^ -~]", "?", case["name"])
        rows.append(pytest.param(case, builder, marks=marks, id=f"{case['group']}/{name}/{builder}"))
    return rows


@pytest.mark.skipif(not CASES.exists(), reason=f"the measured cases are not there: {CASES}")
def test_every_exception_is_a_case() -> None:
    known = {(case["group"], case["name"], builder) for case, builder in measurements()}
    assert {*EXCEPTIONS, *STALE_CONTENT} <= known


@pytest.mark.skipif(not CASES.exists(), reason=f"the measured cases are not there: {CASES}")
@pytest.mark.parametrize(("case", "builder"), _parameters())
def test_prediction_equals_measurement(case: dict[str, Any], builder: str, tmp_path: Path) -> None:
    lay_out(case["files"], tmp_path)
    assert differences(predict(case, builder, tmp_path), measured(case, builder)) == []
