"""Which importer a finding names first: one that arrived, that the start reaches, that runs for certain."""

from __future__ import annotations

from paritycheck.model.report import Importer
from paritycheck.predict.judging.losses import in_order

ARRIVED = Importer("app/main.py", 3, "function", ("app.main",))
BESIDE = Importer("app/tool.py", 1, "module")
GUARDED = Importer("app/main.py", 1, "guarded", ("app.main",))
DEEP = Importer("app/sub.py", 1, "module", ("app.main", "app.sub"))
LOST = Importer("app/lost.py", 1, "module", ("app.main", "app.lost"))


def test_what_would_only_fail_next_comes_last() -> None:
    assert in_order([LOST, BESIDE, GUARDED, ARRIVED, DEEP], {"app/lost.py"}) == (
        DEEP,
        ARRIVED,
        GUARDED,
        BESIDE,
        LOST,
    )


def test_repeats_are_dropped() -> None:
    assert in_order([BESIDE, BESIDE]) == (BESIDE,)
