"""What a path says about a file: its import name, and whether it is a test."""

from __future__ import annotations

import pytest

from paritycheck.predict.judging.naming import is_test


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("srv/app/test_views.py", True),
        ("srv/app/views_test.py", True),
        ("srv/app/conftest.py", True),
        ("srv/app/tests/factories.py", True),
        ("srv/test/__init__.py", True),
        ("srv/app/testing.py", False),
        ("srv/app/contest.py", False),
        ("srv/latest/app.py", False),
        ("srv/app/test.py", False),
    ],
)
def test_is_test(path: str, answer: bool) -> None:
    assert is_test(path) is answer
