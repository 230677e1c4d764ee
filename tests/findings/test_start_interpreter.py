"""A start command whose interpreter is not in the image."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import ImageConfig, Origin, Snapshot
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.imports import parse_source
from tests.findings.sides import environment

HERE = Snapshot(
    origin=Origin("checkout", "."),
    tree=FileTree([FileEntry("app.py", "file")]),
    modules={"app.py": parse_source(b"import json\n")},
    texts={},
    digests={"app.py": "same"},
    environment=Environment(),
)


def said(command: tuple[str, ...], *entries: FileEntry, script: str = "") -> list[str]:
    """Return what is said of the start command of an image."""
    image = Snapshot(
        origin=Origin("image", "shop"),
        tree=FileTree([FileEntry("srv/app.py", "file"), *entries]),
        modules={"srv/app.py": parse_source(b"import json\n")},
        texts={"venv/bin/serve": script},
        digests={"srv/app.py": "same"},
        environment=environment(()),
        config=ImageConfig(cmd=command, workdir="/srv"),
    )
    report = compare(HERE, image, None, Config())
    return [each.message for each in report.findings if each.code == "PC209"]


STARTS = "the container starts"
LINK = FileEntry("venv/bin/python", "link", target="../../opt/python3")
PYTHON = FileEntry("opt/python3", "file", mode=0o755)
SCRIPT = FileEntry("venv/bin/serve", "file", mode=0o755)


@pytest.mark.parametrize(
    ("command", "entries", "script", "message"),
    [
        (
            ("/venv/bin/python", "app.py"),
            (),
            "",
            "the container starts /venv/bin/python, and it is not there",
        ),
        (
            ("/venv/bin/python", "app.py"),
            (LINK,),
            "",
            f"{STARTS} /venv/bin/python, and it is not there: it leads to /opt/python3, which is not there",
        ),
        (("/venv/bin/python", "app.py"), (LINK, PYTHON), "", ""),
        (("python", "app.py"), (), "", ""),
        (
            ("/venv/bin/serve",),
            (SCRIPT,),
            "#!/old/bin/python\nimport app\n",
            f"{STARTS} /old/bin/python, which the first line of /venv/bin/serve names, and it is not there",
        ),
        (("/venv/bin/serve",), (SCRIPT,), "#!/usr/bin/env python3\nimport app\n", ""),
    ],
)
def test_an_interpreter_that_is_not_there(
    command: tuple[str, ...], entries: tuple[FileEntry, ...], script: str, message: str
) -> None:
    assert said(command, *entries, script=script) == ([message] if message else [])
