"""Which modules need no file: told by the standard library of the container, whatever runs the tests."""

from __future__ import annotations

import pytest

from paritycheck.model.environment import Environment, PathEntry
from paritycheck.predict.importing.builtinmodules import find_builtins
from tests.drawn import tree

LIBRARY = "usr/lib/python3.12/\n  os.py\n  sched.py\n  lib-dynload/\n"
SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


@pytest.mark.parametrize(
    ("shared", "builtin"),
    [
        ("x", "array readline sys"),  # everything in one program
        ("mmap", "array sys"),  # as Debian builds it: readline is not installed
        ("mmap array readline", "sys"),
    ],
)
def test_what_has_no_file_is_built_in(shared: str, builtin: str) -> None:
    drawn = tree(LIBRARY + "".join(f"    {name}{SUFFIX}\n" for name in shared.split()))
    environment = Environment(
        sys_path=(PathEntry("/usr/lib/python3.12", "stdlib"), PathEntry("/srv", "pythonpath"))
    )
    found = find_builtins(drawn, environment)
    assert {name for name in ("array", "readline", "sched", "sys", "winreg") if name in found} == {
        *builtin.split()
    }


def test_without_the_standard_library() -> None:
    found = find_builtins(tree("app/\n  main.py\n"), Environment())
    assert "sys" in found
    assert "array" not in found
