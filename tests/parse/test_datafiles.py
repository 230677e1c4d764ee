"""Which files a source opens: path expressions, uses, guards."""

import pytest

from paritycheck.model.source import DataReference
from paritycheck.parse.python.datafiles import read_data

IMPORTS = """
import os, os.path as osp, json, pkgutil, logging.config, shutil
from os.path import dirname, join
from pathlib import Path
import importlib.resources
from importlib import resources
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, PackageLoader
import pandas as pd
import app.data
HERE = Path(__file__).resolve().parent
"""


def read(source: str) -> tuple[DataReference, ...]:
    return read_data((IMPORTS + source).encode()).references


def told(source: str) -> list[tuple[str, str, int, str]]:
    return [(each.base, each.path, each.up, each.use) for each in read(source)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a.txt'", ("cwd", "a.txt", 0)),
        ("'./a//b.txt'", ("cwd", "a/b.txt", 0)),
        ("'../a.txt'", ("cwd", "a.txt", 1)),
        ("'/srv/a.txt'", ("absolute", "srv/a.txt", 0)),
        ("Path('a') / 'b.txt'", ("cwd", "a/b.txt", 0)),
        ("Path('a', 'b.txt')", ("cwd", "a/b.txt", 0)),
        ("Path.cwd() / 'a'", ("cwd", "a", 0)),
        ("os.path.join(os.getcwd(), 'a')", ("cwd", "a", 0)),
        ("Path(__file__).parent / 'a' / 'b'", ("file", "a/b", 1)),
        ("Path(__file__).resolve().parent.parent.joinpath('a', 'b')", ("file", "a/b", 2)),
        ("Path(__file__).parents[2] / 'a'", ("file", "a", 3)),
        ("Path(__file__).parent / '..' / 'a'", ("file", "a", 2)),
        ("Path(__file__).parent / '/a'", ("absolute", "a", 0)),
        ("Path(__file__).with_name('a')", ("file", "a", 1)),
        ("HERE / 'a'", ("file", "a", 1)),
        ("str(HERE) + '/a'", ("file", "a", 1)),
        ("f'{HERE}/a'", ("file", "a", 1)),
        ("os.path.join(os.path.dirname(__file__), '..', 'a')", ("file", "a", 2)),
        ("osp.join(osp.dirname(osp.abspath(__file__)), 'a')", ("file", "a", 1)),
        ("join(dirname(dirname(__file__)), 'a')", ("file", "a", 2)),
        ("os.path.dirname(__file__) + '/a'", ("file", "a", 1)),
        ("importlib.resources.files('app') / 'a'", ("package", "a", 0)),
        ("resources.files(__package__).joinpath('a')", ("file", "a", 1)),
        ("resources.files(app.data) / 'a'", None),
        ("'http://example.org/a'", None),
        ("'~/a'", None),
        ("''", None),
        ("name", None),
        ("Path(name) / 'a'", None),
        ("os.environ['A'] + '/a'", None),
        ("'a' + name", None),
        ("f'{name}/a'", None),
        ("Path('a').parent.parent", None),
    ],
)
def test_path_expressions(expression: str, expected: tuple[str, str, int] | None) -> None:
    found = [(each.base, each.path, each.up) for each in read(f"open({expression})\n")]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("json.load(open('a'))", [("a", "opened")]),
        ("open('a', 'rb')", [("a", "opened")]),
        ("open('a', mode='w')", [("a", "written")]),
        ("open('a', how)", [("a", "written")]),
        ("Path('a').open('a')", [("a", "written")]),
        ("Path('a').read_text()", [("a", "opened")]),
        ("(HERE / 'a').mkdir()", [("a", "written")]),
        ("os.makedirs('a/b')", [("a/b", "written")]),
        ("shutil.copy('a', 'b')", [("a", "opened"), ("b", "written")]),
        ("os.listdir('a')", [("a", "opened")]),
        ("pd.read_csv('a.csv')", [("a.csv", "opened")]),
        ("StaticFiles(directory='a')", [("a", "opened")]),
        ("StaticFiles(directory='a', check_dir=False)", [("a", "searched")]),
        ("Jinja2Templates(directory='a')", [("a", "searched")]),
        ("Environment(loader=FileSystemLoader('a'))", [("a", "searched")]),
        ("Environment(loader=PackageLoader('app', 'a'))", [("a", "opened")]),
        ("PackageLoader('app')", [("templates", "opened")]),
        ("pkgutil.get_data('app', 'a')", [("a", "opened")]),
        ("logging.config.fileConfig('a.ini')", [("a.ini", "opened")]),
        ("DATA = HERE / 'a'", [("a", "named")]),
        ("DATA = HERE / 'a'\nopen(DATA / 'b')", [("a", "named"), ("a/b", "opened")]),
        ("def f(x):\n p = HERE / 'a' / x\n return open(p)", [("a", "searched")]),
        ("def f(x):\n return (HERE / 'a' / x).exists()", [("a", "searched")]),
        ("def f(x):\n open(HERE / 'a' / x, 'w')", [("a", "written")]),
        ("def f(x):\n return HERE / 'a' / x", []),
        ("def f(x):\n return open(HERE / x)", []),
        ("NAME = 'a.b'.replace('.', '/')", []),
        ("load_dotenv('.env')", []),
        ("','.join(open)", []),
        ("open(*names)", []),
    ],
)
def test_uses(source: str, expected: list[tuple[str, str]]) -> None:
    assert [(path, use) for _, path, _, use in told(source)] == expected


@pytest.mark.parametrize(
    "source",
    [
        "A = 'a'\nA = other()\nopen(A)",
        "if x:\n A = 'a'\nelse:\n A = 'b'\nopen(A)",
        "A = 'a'\ndef f(A):\n open(A)",
        "A = 'a'\ndef f():\n for A in x: open(A)",
        "A = 'a'\ndef f():\n global A\n A = x\n open(A)",
        "[open(A) for A in x]\nA = 'a'",
        "A = 'a'\ndef f(): return [open(A) for A in x]",
        "A = 'a'\nf = lambda A: open(A)",
        "A = 'a'\nwith first(open(A) for A in x): pass",
    ],
)
def test_names_that_may_be_something_else(source: str) -> None:
    assert told(source) == []


@pytest.mark.parametrize(
    ("source", "guarded"),
    [
        ("open('a')", False),
        ("try:\n open('a')\nexcept FileNotFoundError:\n pass", True),
        ("try:\n open('a')\nexcept (KeyError, OSError) as e:\n log(e)", True),
        ("try:\n open('a')\nexcept:\n pass", True),
        ("try:\n open('a')\nexcept KeyError:\n pass", False),
        ("try:\n open('a')\nexcept OSError as e:\n raise Bad from e", False),
        ("try:\n open('a')\nexcept OSError:\n os._exit(1)", False),
        ("try:\n open('a')\nfinally:\n pass", False),
        ("try:\n pass\nexcept OSError:\n open('a')", False),
        ("with suppress(OSError):\n open('a')", True),
        ("if os.path.exists('a'):\n open('a')", True),
        ("if Path('a').is_file():\n open('a')", True),
        ("if is_there.exists():\n open('a')", True),
        ("def f():\n if not Path('a').exists():\n  return\n open('a')", True),
        ("def f():\n if not Path('a').exists():\n  raise Bad\n open('a')", False),
        ("open('a') if os.path.isfile('a') else None", True),
        ("def f():\n open('a')\ntry:\n f()\nexcept OSError: pass", True),
        ("def f():\n open('a')\ntry:\n g()\nexcept OSError: pass", False),
        ("try:\n def f():\n  open('a')\nexcept OSError: pass", False),
    ],
)
def test_guards(source: str, guarded: bool) -> None:
    assert {each.guarded for each in read(source) if each.path == "a"} == {guarded}


def test_a_test_of_what_is_searched_for_does_not_guard_the_directory() -> None:
    source = "DATA = HERE / 'a'\ndef f(x):\n p = DATA / x\n if not p.exists():\n  return\n return open(p)\n"
    assert [(each.use, each.guarded) for each in read(source) if each.use == "searched"] == [
        ("searched", False),
        ("searched", False),
    ]


def test_context_condition_and_depth() -> None:
    source = (
        "if __name__ == '__main__':\n open('a')\ndef f():\n return open(Path(__file__).parents[3] / 'b')\n"
    )
    first, second = read(source)
    assert (first.context, first.condition) == ("module", "__name__ == '__main__'")
    assert (second.context, second.deepest) == ("function", 4)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"open(",
        b"open('a\xff')",
        b"open('a\\0')",
        b"open('" + b"a" * 100000 + b"')",
        b"open(" + b"Path(" * 80 + b"'a'" + b")" * 81,
        b"open(" + b"__file__ / " * 3000 + b"'a')",
    ],
)
def test_hostile_sources_say_nothing(source: bytes) -> None:
    assert read_data(source).references == ()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("sys.path.insert(0, str(HERE.parent))", [("file", "", 2, "inserted")]),
        ("sys.path.insert(0, join(dirname(__file__), '..', 'lib'))", [("file", "lib", 2, "inserted")]),
        ("sys.path.append('/opt/lib')", [("absolute", "opt/lib", 0, "appended")]),
        ("sys.path.append(os.getcwd())", [("cwd", "", 0, "appended")]),
        (
            "sys.path.extend(['/a', '/b'])",
            [("absolute", "a", 0, "appended"), ("absolute", "b", 0, "appended")],
        ),
        ("site.addsitedir('vendor')", [("cwd", "vendor", 0, "appended")]),
        ("sys.path.append(given)", []),
        ("sys.path.append(HERE / given)", []),
    ],
)
def test_changes_of_the_search_path(source: str, found: list[tuple[str, str, int, str]]) -> None:
    assert told("import sys, site\n" + source) == found
