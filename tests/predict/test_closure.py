"""From a start to everything that it imports, on drawn trees with real source."""

import pytest

from paritycheck.model.tree import FileTree
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.importing.closure import Closure, Root, import_closure
from paritycheck.predict.importing.conditions import Fact, holds
from paritycheck.predict.importing.finder import Finder
from tests.drawn import tree


def close(files: dict[str, str], *roots: Root) -> Closure:
    modules = {path: parse_source(text.encode()) for path, text in files.items()}
    drawn: FileTree = tree("\n".join(sorted(files)) + "\n", files)
    finder = Finder(drawn, [""], (".so",), modules=modules)
    return import_closure(roots, finder, modules, facts={"sys.platform": "linux"})


def missing(closure: Closure) -> list[tuple[str, str, int, str]]:
    return [
        (each.attribute or each.name, each.importer, each.line, each.context) for each in closure.failures
    ]


FACTORY = {
    "run.py": "import app.factory\nif __name__ == '__main__':\n    app.factory.make()\n",
    "app/__init__.py": "",
    "app/factory.py": "def make():\n    from app import routes\n",
    "app/routes.py": "from . import monitoring\nfrom .models import User, Ghost, __name__\n",
    "app/models.py": "class User: pass\n",
}


def test_the_chain_to_a_lost_module() -> None:
    closure = close(FACTORY, Root("__main__", "run.py", main=True))
    assert missing(closure) == [
        ("monitoring", "app.routes", 1, "function"),
        ("Ghost", "app.routes", 2, "function"),
    ]
    assert closure.failures[0].outcome.missing == "app.monitoring"
    assert closure.chain("app.routes") == ("__main__", "app.factory", "app.routes")
    assert list(closure.modules) == ["__main__", "app", "app.factory", "app.routes", "app.models"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"m.py": "import no.where\n"}, [("no.where", "m", 1, "module")]),
        ({"m.py": "from .. import a\n"}, [("..", "m", 1, "module")]),
        ({"m.py": "if TYPE_CHECKING:\n import no\n"}, []),
        ({"m.py": "if sys.platform == 'win32':\n import no\n"}, []),
        ({"m.py": "if sys.platform != 'win32':\n import no\n"}, [("no", "m", 2, "module")]),
        ({"m.py": "if __name__ == '__main__':\n import no\n"}, []),
        ({"m.py": "import m, n\n", "n.py": "import m\nimport no\n"}, [("no", "n", 2, "module")]),
        (
            {"m.py": "try:\n import n\nexcept ImportError: pass\n", "n.py": "def f():\n import no\n"},
            [("no", "n", 2, "guarded")],
        ),
        (
            {
                "m.py": "try:\n import n\nexcept ImportError: pass\nimport o\n",
                "n.py": "import no\n",
                "o.py": "import n\n",
            },
            [("no", "n", 1, "module")],
        ),
        ({"m.py": "from n import a\n", "n.py": "from os import *\n"}, [("os", "n", 1, "module")]),
        ({"m.py": "from n import a\n", "n.py": "syntax error\n"}, []),
        ({"m.py": "from n import a, b\n", "n/a.py": ""}, [("b", "m", 1, "module")]),
        ({"m.py": "import n\n", "n/__init__.py": "from . import a\n"}, [("a", "n", 1, "module")]),
        ({"m.py": "import n.o.p\n", "n/__init__.py": "import q\n", "n/o.py": ""}, None),
    ],
)
def test_failures(files: dict[str, str], expected: list[tuple[str, str, int, str]] | None) -> None:
    closure = close(files, Root("m"))
    if expected is None:  # the parents run before the missing child is noticed
        expected = [("n.o.p", "m", 1, "module"), ("q", "n", 1, "module")]
    assert missing(closure) == expected


def test_roots() -> None:
    files = {"p/__init__.py": "import a\n", "p/__main__.py": "if __name__ == '__main__':\n from . import b\n"}
    closure = close(files, Root("p.__main__", main=True), Root("absent.part"))
    assert missing(closure) == [
        ("absent.part", "", 0, "module"),
        ("a", "p", 1, "module"),
        ("b", "p.__main__", 2, "module"),
    ]


def test_a_long_chain_needs_no_stack() -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(3000)}
    closure = close(files, Root("m0"))
    assert missing(closure) == [("m3000", "m2999", 1, "module")]
    assert len(closure.chain("m2999")) == 3000


def test_only_first_party_files_are_read() -> None:
    modules = {path: parse_source(b"import no") for path in ("a.py", "site/b.py")}
    modules["a.py"] = parse_source(b"import b")
    finder = Finder(tree("a.py\nsite/\n  b.py\n"), ["", "site"], modules=modules)
    closure = import_closure([Root("a")], finder, modules, lambda path: not path.startswith("site/"))
    assert list(closure.modules) == ["a", "b"]
    assert closure.failures == ()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", True),
        ("sys.version_info >= (3, 12)", True),
        ("sys.version_info < (3, 12)", False),
        ("sys.version_info[0] == 2", False),
        ("sys.version_info[:2] == (3, 12)", True),
        ("sys.version_info.minor in (11, 12)", True),
        ("3 < sys.version_info.major < 5", False),
        ("not (sys.platform.startswith('win'))", True),
        ("platform.system() == 'Linux'", True),
        ("os.name == 'nt'", None),
        ("os.name == 'nt' and sys.platform == 'win32'", False),
        ("os.name == 'nt' or sys.platform == 'linux'", True),
        ("sys.version_info >= '3'", None),
        ("sys.version_info[9]", None),
        ("open('x')", None),
        ("(", None),
    ],
)
def test_conditions(condition: str, expected: bool | None) -> None:
    facts: dict[str, Fact] = {
        "sys.version_info": (3, 12, 4),
        "sys.platform": "linux",
        "platform.system": "Linux",
    }
    assert holds(condition, facts) is expected
