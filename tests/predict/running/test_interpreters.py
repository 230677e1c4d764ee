"""Where an install goes: the version of the tree's own interpreter counts, whatever its image is called."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.model.engine import BUILDKIT
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.predict.building.request import BaseImage, BuildRequest, Prediction
from paritycheck.predict.context.effective import Context
from paritycheck.predict.planning.build import predict_build
from tests.drawn import tree

OFFICIAL = """
usr/local/bin/
  python3 -> python3.12
  python3.12 | ELF
usr/local/lib/python3.12/os.py
"""
# The system's and one of its own beside it, as in the official images that are not slim.
BOTH = """
usr/bin/
  python3 -> python3.11
  python3.11 | ELF
usr/lib/
  python3/dist-packages/
  python3.11/os.py
usr/local/bin/
  python3 | ELF
usr/local/lib/
  python3.11/dist-packages/
  python3.13/os.py
"""
DEBIAN = """
usr/bin/
  python3 -> python3.11
  python3.11 | ELF
usr/lib/
  python3/dist-packages/
  python3.11/os.py
  python3.9/idle/
usr/local/bin/
"""
COPIED = """
opt/venv/
  bin/python -> /usr/local/bin/python3.10
  lib/python3.10/site-packages/
usr/local/bin/
  python3 | ELF
usr/local/lib/python3.12/os.py
"""
UNTOLD = """
usr/local/bin/python3 | ELF
"""


def sites(drawing: str, commands: str, env: Mapping[str, str] | None = None) -> list[str]:
    """Return the directories that the installs of a RUN on such a base write to."""
    return [install.site for install in predicted(drawing, commands, env).installs]


def predicted(drawing: str, commands: str, env: Mapping[str, str] | None = None) -> Prediction:
    """Predict a RUN on such a base."""
    base = BaseImage(tree(drawing), ImageConfig(env=dict(env or {})))
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(f"FROM here\nRUN {commands}\n", "Containerfile", BUILDKIT),
            engine=BUILDKIT,
            context=Context(FileTree(), None, BUILDKIT),
            bases={"here": base},
        )
    )


@pytest.mark.parametrize(
    ("drawing", "command", "expected"),
    [
        (OFFICIAL, "pip install a", "usr/local/lib/python3.12/site-packages"),
        (OFFICIAL, "pip install --prefix /deps a", "deps/lib/python3.12/site-packages"),
        (OFFICIAL, "pip install --prefix=/usr/local a", "usr/local/lib/python3.12/site-packages"),
        (OFFICIAL, "python3 -m venv /v && /v/bin/pip install a", "v/lib/python3.12/site-packages"),
        (OFFICIAL, "uv venv -p /usr/local/bin/python3 /v && VIRTUAL_ENV=/v uv pip install a",
         "v/lib/python3.12/site-packages"),
        (BOTH, "pip install a", "usr/local/lib/python3.13/site-packages"),
        (BOTH, "pip install --prefix /deps a", "deps/lib/python3.13/site-packages"),
        (BOTH, "uv venv -p /usr/bin/python3 /v && VIRTUAL_ENV=/v uv pip install a",
         "v/lib/python3.11/site-packages"),
        (DEBIAN, "pip install a", "usr/local/lib/python3.11/dist-packages"),
        (DEBIAN, "pip install --prefix /deps a", "deps/lib/python3.11/site-packages"),
        (DEBIAN, "python3 -m venv /v && /v/bin/pip install a", "v/lib/python3.11/site-packages"),
        (COPIED, "/opt/venv/bin/pip install a", "opt/venv/lib/python3.10/site-packages"),
        (COPIED, "pip install --prefix /deps a", "deps/lib/python3.12/site-packages"),
        (UNTOLD, "pip install --prefix /deps a", "deps/lib/python3/site-packages"),
    ],
)  # fmt: skip
def test_the_interpreter_of_the_tree_decides(drawing: str, command: str, expected: str) -> None:
    assert sites(drawing, command)[-1] == expected


def test_a_variable_of_the_base_tells_in_every_stage() -> None:
    assert sites(UNTOLD, "pip install --prefix /deps a", {"PYTHON_VERSION": "3.9.18"}) == [
        "deps/lib/python3.9/site-packages"
    ]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python3 -m venv /v", ("link", "/usr/local/bin/python3")),
        ("python3 -m venv --copies /v", ("file", "")),
        ("virtualenv --always-copy /v", ("file", "")),
    ],
)
def test_an_environment_has_a_link_to_the_interpreter_or_itself(
    command: str, expected: tuple[str, str]
) -> None:
    entry = predicted(OFFICIAL, command).tree.get("v/bin/python")
    assert entry is not None
    assert (entry.kind, entry.target) == expected
