"""Whose dependency file it is, as a table of paths."""

import pytest

from paritycheck.predict.judging.siblings import is_siblings, nearness


@pytest.mark.parametrize(
    ("path", "importer", "read", "expected"),
    [
        ("b/pyproject.toml", "a/app/main.py", ("a/pyproject.toml", "b/pyproject.toml"), True),
        ("b/pyproject.toml", "a/app/main.py", ("pyproject.toml", "b/pyproject.toml"), False),
        ("b/pyproject.toml", "a/app/main.py", ("pyproject.toml", "a/requirements/base.txt"), True),
        ("a/pyproject.toml", "a/app/main.py", ("b/pyproject.toml",), False),
        ("a/requirements/dev.txt", "a/app/main.py", ("a/requirements.txt",), False),
        ("a/tools/requirements.txt", "a/app/main.py", ("a/requirements.txt",), False),
        ("pyproject.toml", "a/app/main.py", ("a/pyproject.toml",), False),
        ("ab/pyproject.toml", "a/main.py", ("a/pyproject.toml",), True),
        ("b/pyproject.toml", "", ("a/pyproject.toml",), False),
    ],
)
def test_whose_file_it_is(path: str, importer: str, read: tuple[str, ...], expected: bool) -> None:
    assert is_siblings(path, importer, read) is expected


def test_the_deepest_project_around_the_importer_is_nearest() -> None:
    paths = ["requirements.txt", "a/requirements/base.txt", "a/b/pyproject.toml", "c/d/e/pyproject.toml"]
    assert [nearness(path, "a/b/main.py") for path in paths] == [0, 1, 2, 0]
