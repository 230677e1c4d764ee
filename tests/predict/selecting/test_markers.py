"""Markers: decided, undecided, and unreadable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from paritycheck.predict.selecting.markers import Truth, decide
from tests.predict.selecting.stage import LINUX

PARTLY = {"python_version": "3.12", "sys_platform": "linux"}


@pytest.mark.parametrize(
    ("marker", "truth"),
    [
        ("", True),
        ("python_full_version < '3.13'", True),
        ("python_full_version >= '3.13'", False),
        ("python_full_version >= '3.12.3'", None),
        ("os_name == 'nt'", None),
        ("os_name == 'nt' and sys_platform == 'win32'", False),
        ("os_name == 'nt' or sys_platform == 'linux'", True),
        ("'linux' in sys_platform", True),
        ("sys_platform not in 'linux darwin'", False),
        ("'3.8' <= python_version", True),
        ("sys.platform == 'linux'", True),
        ("extra == 'Foo_Bar'", True),
        ("extra != 'foo-bar'", False),
        ("extra == 'other' or (extra == 'foo.bar' and python_version > '3')", True),
        ("'foo-bar' in extras and 'dev' not in dependency_groups", False),
        ("python_version ==", None),
        ("(" * 5000, None),
        ("python_version < '3' python_version", None),
        ("frobnicate == '1'", None),
    ],
)
def test_marker(marker: str, truth: Truth) -> None:
    assert decide(marker, PARTLY, {"foo-bar"}, {"dev"}) is truth


ATOMS = st.sampled_from(
    [
        "python_version >= '3.9'",
        "python_version < '3.12'",
        "python_full_version > '3.12.1'",
        "sys_platform == 'win32'",
        "sys_platform != 'darwin'",
        "platform_machine in 'x86_64 aarch64'",
        "os_name == 'posix'",
        "'arm' in platform_machine",
        "platform_python_implementation == 'PyPy'",
    ]
)
MARKERS = st.recursive(
    ATOMS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
    max_leaves=8,
)


@given(MARKERS)
def test_known_environment_agrees_with_packaging(marker: str) -> None:
    assert decide(marker, LINUX) is Marker(marker).evaluate({**LINUX})


@given(MARKERS, st.sets(st.sampled_from(sorted(LINUX))))
def test_knowing_less_never_changes_a_decision(marker: str, unknown: set[str]) -> None:
    partly = {name: value for name, value in LINUX.items() if name not in unknown}
    assert decide(marker, partly) in (None, decide(marker, LINUX))


@given(st.text(alphabet="python_version<>='\"3.12() andor\n", max_size=60))
def test_anything_can_be_read(marker: str) -> None:
    assert decide(marker, LINUX) in (True, False, None)
