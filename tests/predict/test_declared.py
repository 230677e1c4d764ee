"""Names that a project requires: what lies beside it in the repository is not meant by them."""

from __future__ import annotations

import pytest

from paritycheck.model.snapshot import Origin, Snapshot
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.judging.declared import mentioned_names, requires_elsewhere


def side(path: str, text: str) -> Snapshot:
    """Return a checkout of this one file."""
    return Snapshot(Origin("checkout", "."), FileTree([FileEntry(path, "file")]), {}, {path: text}, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project]\ndependencies = ["lib[all]>=1", "x"]\n', True),
        ('[tool.poetry.dependencies]\nlib = "^1"\n', True),
        ('[tool.poetry.dependencies]\nlib = { path = "../lib" }\n', False),
        ('[project]\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = { workspace = true }\n', False),
        ('[project]\ndependencies = ["lib @ file:../lib"]\n', False),
        ('[project]\nname = "lib"\n', False),
        ("[project", False),
    ],
)
def test_a_distribution_is_meant(text: str, expected: bool) -> None:
    local = side("tool/pyproject.toml", text)
    assert requires_elsewhere(local, "tool/src/server.py", "lib/__init__.py", "lib") is expected
    assert not requires_elsewhere(local, "tool/src/server.py", "tool/lib/__init__.py", "lib")
    assert not requires_elsewhere(local, "app/main.py", "lib/__init__.py", "lib")


def test_distributions_named_after_python() -> None:
    names = mentioned_names(side("requirements.txt", "PyGithub==2\npython-magic\ndiscord.py\n"))
    assert {"github", "magic", "discord", "pygithub"} <= names
