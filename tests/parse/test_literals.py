"""Source of settings files, and the strings it binds at the end."""

import pytest

from paritycheck.parse.python.literals import Literals, read_literals


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = ['x', 'y']", ("x", "y")),
        ("A = ('x',)", ("x",)),
        ("A: list[str] = ['x']", ("x",)),
        ("A = []", ()),
        ("A = ['x'] + ['y']", ("x", "y")),
        ("B = ['x']\nC = ('y',)\nA = list(B) + [*C, 'z']", ("x", "y", "z")),
        ("A = ['x']\nA += ['y']\nA = A + ['z']", ("x", "y", "z")),
        ("A = ['x']\nA.append('y')\nA.extend(['z'])\nA.insert(0, 'w')", ("x", "y", "z", "w")),
        ("A = ['x', 'y']\nA.remove('x')", ("y",)),
        ("A = ['x', name, f()]", ("x",)),
        ("P = 'pkg'\nA = [P + '.a', f'{P}.b', f'{P!r}.c']", ("pkg.a", "pkg.b")),
        ("A = ['x']\nif DEBUG:\n    A += ['debug']", ("x",)),
        ("A = ['x']\ntry:\n    import y\n    A += ['y']\nexcept ImportError: pass", ("x",)),
        ("A = ['x']\nA = other()", None),
        ("def f():\n    A = ['x']", None),
        ("A = 'x'", None),
    ],
)
def test_lists(source: str, expected: tuple[str, ...] | None) -> None:
    assert read_literals(source).lists.get("A") == expected


def test_texts_stars_defaults_and_calls() -> None:
    source = """
from .base import *
from other.place import *
import os
NAME = "pkg"
ROOT = NAME + ".urls"
def main():
    os.environ.setdefault("SETTINGS", "pkg.settings")
environ["MODE"] = "x"
urls = [path("a", include("a.urls")), include(b), re.include(("c", "d"))]
"""
    found = read_literals(source)
    assert found.texts == {"NAME": "pkg", "ROOT": "pkg.urls"}
    assert found.stars == ((1, "base"), (0, "other.place"))
    assert found.defaults == {"SETTINGS": "pkg.settings", "MODE": "x"}
    assert ("include", "a.urls") in found.calls


def test_what_star_imports_bind_is_built_on() -> None:
    known = {(0, "base"): Literals({"P": "pkg"}, {"A": ("x",)})}
    assert read_literals("from base import *\nA += [P]", known).lists["A"] == ("x", "pkg")


@pytest.mark.parametrize("source", ["A = [", "\0", "A = " + "(" * 5000, "A = " + "1+" * 20000 + "1"])
def test_source_that_cannot_be_read_says_nothing(source: str) -> None:
    assert read_literals(source).lists.get("A") is None
