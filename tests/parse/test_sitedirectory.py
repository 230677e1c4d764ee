import pytest

from paritycheck.model.environment import EditableModule, PathEntry
from paritycheck.model.location import Location
from paritycheck.parse.python.editable import EditableFinder, parse_finder
from paritycheck.parse.python.pthfile import PthLine, imported_modules, parse_pth
from paritycheck.parse.python.sitedirectory import SiteDirectory, read_site_directory

NAMESPACE_PTH = (
    "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1)."
    "f_locals['sitedir'], *('google',));importlib = has_mfs and __import__('importlib.util');"
    "m = has_mfs and sys.modules.setdefault('google', importlib.util.module_from_spec(importlib.machinery."
    "PathFinder.find_spec('google', [os.path.dirname(p)])));mp = (m or []) and m.__dict__.setdefault("
    "'__path__',[]);(p not in mp) and mp.append(p)"
)
DISTUTILS_PTH = (
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    "enabled and __import__('_distutils_hack').add_shim();"
)


def site(files: dict[str, str]) -> SiteDirectory:
    contents = {f"/s/{name}": text.encode() for name, text in files.items()}
    return read_site_directory("/s", files, contents.get)


def test_lines() -> None:
    content = b"\xef\xbb\xbfone \r\n\r\n# no\n #yes\nimport os\nimport\tos\nimportant\r\xff"
    assert parse_pth(content) == (
        PthLine(1, "one", False),
        PthLine(4, " #yes", False),
        PthLine(5, "import os", True),
        PthLine(6, "import\tos", True),
        PthLine(7, "important", False),
        PthLine(8, "\udcff", False),
    )


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import a; a.install()", ("a",)),
        ("import a.b, c", ("a.b", "c")),
        ("import os; __import__('x').y()", ("os", "x")),
        ("import (", ()),
        ("import os; from d import e", ("os", "d")),
    ],
)
def test_imports(code: str, modules: tuple[str, ...]) -> None:
    assert imported_modules(code) == modules


def test_paths_in_sorted_order_with_their_lines() -> None:
    found = site({"b.pth": "/x\n", "a.pth": "sub\n../up\n", ".hidden.pth": "/h", "c.txt": "/no"})
    assert found.additions == (
        PathEntry("/s/sub", "pth", Location("/s/a.pth", 1, "sub")),
        PathEntry("/up", "pth", Location("/s/a.pth", 2, "../up")),
        PathEntry("/x", "pth", Location("/s/b.pth", 1, "/x")),
    )


def test_hidden_files_count_for_older_interpreters() -> None:
    found = read_site_directory("/s", [".h.pth"], {"/s/.h.pth": b"/h"}.get, skip_hidden=False)
    assert [entry.path for entry in found.additions] == ["/h"]


@pytest.mark.parametrize(
    "line",
    [NAMESPACE_PTH, DISTUTILS_PTH, "import _virtualenv", "import coverage; coverage.process_startup()"],
)
def test_known_code_is_no_problem(line: str) -> None:
    assert site({"x.pth": line}) == SiteDirectory()


@pytest.mark.parametrize(
    ("line", "problems", "doubts"),
    [
        ("import strange; strange.hook()", 1, 0),
        ("import sys; sys.path.insert(0, '/x')", 0, 1),
        ("import site; site.addsitedir('/x')", 0, 1),
        ("import os; exec('...')", 0, 1),
        ("import sys; sys.dont_write_bytecode = True", 0, 0),
    ],
)
def test_unknown_code_is_told(line: str, problems: int, doubts: int) -> None:
    found = site({"x.pth": line})
    assert (len(found.problems), len(found.doubts)) == (problems, doubts)
    assert all("/s/x.pth:1" in text for text in (*found.problems, *found.doubts))


FINDERS = {
    "setuptools": (
        (
            "MAPPING: dict[str, str] = {'a': '/p/a',\n 'b.c': '/p/c.py'}\n"
            "NAMESPACES: dict[str, list[str]] = {'n': ['/p/n', '/q/n']}\n"
            "PATH_PLACEHOLDER = '__editable__.a-1.finder' + '.__path_hook__'\n"
        ),
        EditableFinder(
            (("a", "/p/a", 1), ("b.c", "/p/c.py", 2), ("n", "/p/n", 3), ("n", "/q/n", 3)),
            "__editable__.a-1.finder.__path_hook__",
        ),
    ),
    "a namespace that is mapped too": (
        "MAPPING = {'a': '/p/a'}\nNAMESPACES = {'a': ['/p/a']}\nPATH_PLACEHOLDER = 'x'\n",
        EditableFinder((("a", "/p/a", 1),), "x"),
    ),
    "without namespaces": (
        "MAPPING = {'a': '/p/a'}\nNAMESPACES = {}\nPATH_PLACEHOLDER = 'x' + 'y'\n",
        EditableFinder((("a", "/p/a", 1),)),
    ),
    "editables": (
        (
            "from editables.redirector import RedirectingFinder as F\nF.install()\n"
            "F.map_module('a', '/p/a/__init__.py')\n"
        ),
        EditableFinder((("a", "/p/a/__init__.py", 3),)),
    ),
    "scikit-build-core": (
        "def install(known, wheel):\n    pass\ninstall({'a': '/p/a/__init__.py'}, {'a._core': 'x.so'})\n",
        EditableFinder((("a", "/p/a/__init__.py", 3),)),
    ),
    "computed": ("MAPPING = dict(a=1)\n", EditableFinder(())),
    "no finder": ("import os\nos.getcwd()\n", None),
    "no Python": ("def (\n", None),
    "warns": ("'\\d'\n", None),
    "deep": ("(" * 5000 + ")" * 5000, None),
}


@pytest.mark.parametrize(("source", "finder"), FINDERS.values(), ids=FINDERS)
def test_finders(source: str, finder: EditableFinder | None) -> None:
    assert parse_finder(source.encode()) == finder


def test_editable_modules_and_placeholder() -> None:
    name = "__editable___a_1_finder"
    found = site(
        {
            "__editable__.a-1.pth": f"import {name}; {name}.install()",
            f"{name}.py": FINDERS["setuptools"][0],
        }
    )
    assert [module.name for module in found.editables] == ["a", "b.c", "n", "n"]
    assert found.editables[1] == EditableModule("b.c", "/p/c.py", Location(f"/s/{name}.py", 2))
    assert [(entry.path, entry.reason) for entry in found.additions] == [
        ("__editable__.a-1.finder.__path_hook__", "editable-finder")
    ]
    assert found.problems == ()
