"""Files that arrived code opens: what the container lacks of them, on drawn checkouts."""

import pytest

from paritycheck.model.location import Location
from paritycheck.model.snapshot import GitFacts, ImageConfig, Origin, Snapshot, Unknown
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.datafiles import read_data
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.judging.datafiles import DataLoss, find_data_losses
from paritycheck.predict.judging.needs import follow_start
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.views import view_container
from paritycheck.predict.starting.start import resolve_start


def checkout(files: dict[str, str], ignored: tuple[str, ...] = ()) -> Snapshot:
    directories = {path[:at] for path in files for at, sign in enumerate(path) if sign == "/"}
    entries = [
        *(FileEntry(path, "dir") for path in sorted(directories)),
        *(FileEntry(path, "file", len(text)) for path, text in files.items()),
    ]
    tracked = frozenset(path for path in files if path not in ignored)
    return Snapshot(
        Origin("checkout", "."),
        FileTree(entries),
        {path: parse_source(text.encode()) for path, text in files.items() if path.endswith(".py")},
        files,
        {},
        git=GitFacts(
            "repository", tracked=tracked, ignored={path: Location(".gitignore", 1) for path in ignored}
        ),
        data={path: read_data(text.encode()) for path, text in files.items() if path.endswith(".py")},
    )


def losses(
    files: dict[str, str],
    copies: dict[str, str],
    command: str = "python main.py",
    *,
    ignored: tuple[str, ...] = (),
    unknown: tuple[Unknown, ...] = (),
    volumes: tuple[str, ...] = (),
    made: dict[str, str] | None = None,
) -> tuple[DataLoss, ...]:
    """Judge a container that holds ``copies`` (path in the container -> path in the checkout)."""
    local = checkout({**files, "main.py": files.get("main.py", "")}, ignored)
    arrived = {there: local.texts[here] for there, here in copies.items()}
    built = checkout({**arrived, **(made or {}), "usr/local/bin/python3": ""})
    container = Snapshot(
        Origin("predicted", "Containerfile"),
        built.tree,
        {there: built.modules[there] for there in copies if there.endswith(".py")},
        built.texts,
        {},
        config=ImageConfig(
            workdir="/app", cmd=tuple(command.split()), env={"PATH": "/usr/local/bin"}, volumes=volumes
        ),
        unknown=unknown,
        data={there: built.data[there] for there in copies if there.endswith(".py")},
    )
    placement = Placement(copies)
    view = view_container(container, resolve_start(container))
    return find_data_losses(container, local, view, placement, follow_start(container, view))


MAIN = {"app/main.py": "main.py"}


def told(found: tuple[DataLoss, ...]) -> list[tuple[str, str, bool]]:
    return [(loss.path, loss.wanted, loss.breaks) for loss in found]


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        ("open('a.json')", "a.json", ("a.json", "app/a.json", True)),
        ("def f(): open('a.json')", "a.json", ("a.json", "app/a.json", True)),
        ("open('/app/d/a.json')", "d/a.json", ("d/a.json", "app/d/a.json", True)),
        ("open(__file__ + '/../a.json')", "a.json", ("a.json", "app/a.json", True)),
        ("open('nowhere.json')", "a.json", None),
        ("open('a.json', 'w')", "a.json", None),
        ("open('a.json', 'w')\nopen('a.json')", "a.json", None),
        ("import os\nos.makedirs('d')\nopen('d/a.json')", "d/a.json", None),
        ("if __name__ == 'other': open('a.json')", "a.json", None),
        ("if __name__ == '__main__': open('a.json')", "a.json", ("a.json", "app/a.json", True)),
        ("try: open('a.json')\nexcept OSError: pass", "a.json", ("a.json", "app/a.json", False)),
        ("D = D / 'd'", "d/a.json", ("d", "app/d", False)),
        ("D = D / 'd'\ndef f(x): open(D / x)", "d/a.json", ("d", "app/d", True)),
        ("D = D / 'd'\ndef f(x):\n if D.is_dir(): open(D / x)", "d/a.json", ("d", "app/d", False)),
        ("def f(x): open(D.parents[5] / 'd')", "d/a.json", None),
    ],
)
def test_one_reference(source: str, data: str, expected: tuple[str, str, bool] | None) -> None:
    setup = "from pathlib import Path\nD0 = Path(__file__).parent\n"
    text = setup + source.replace("D / 'd'", "D0 / 'd'").replace("D.parents", "D0.parents")
    found = set(told(losses({"main.py": text, data: "{}"}, MAIN)))
    if expected is None:
        assert not found
    else:
        assert max(found, key=lambda each: each[2]) == expected


OPENS = {"main.py": "open('d/a.json')", "d/a.json": "{}"}


@pytest.mark.parametrize(
    "more",
    [
        {"copies": {**MAIN, "app/d/a.json": "d/a.json"}},
        {"unknown": (Unknown("app/d", "a RUN step"),)},
        {"volumes": ("/app/d",)},
        {"ignored": ("d/a.json",)},
        {"files": {**OPENS, "compose.yaml": "services:\n  a:\n    volumes:\n      - ./d:/app/d:ro\n"}},
        {"made": {"app/run.sh": "cp default.json d/a.json\npython main.py"}, "command": "sh run.sh"},
    ],
)
def test_what_may_be_there_after_all(more: dict[str, object]) -> None:
    arguments = {"files": OPENS, "copies": MAIN, **more}
    assert losses(**arguments) == ()  # type: ignore[arg-type]
    assert told(losses(OPENS, MAIN)) == [("d/a.json", "app/d/a.json", True)]


def test_a_directory_for_which_the_package_was_moved() -> None:
    files = {
        "main.py": "import pkg.sub.mod",
        "src/pkg/sub/mod.py": "from pathlib import Path\nD = Path(__file__).parents[3] / 'schemas'\n"
        "def load(x):\n p = D / x\n return p.read_text() if p.exists() else None\n",
        "schemas/a.json": "{}",
    }
    moved = {**MAIN, "app/pkg/sub/mod.py": "src/pkg/sub/mod.py", "app/schemas/a.json": "schemas/a.json"}
    assert max(told(losses(files, moved)), key=lambda each: each[2]) == ("schemas", "schemas", True)
    kept = {**MAIN, "app/src/pkg/sub/mod.py": "src/pkg/sub/mod.py", "app/schemas/a.json": "schemas/a.json"}
    assert losses({**files, "main.py": "import src.pkg.sub.mod"}, kept) == ()


def test_above_the_root_of_the_container() -> None:
    files = {
        "a/b/c/mod.py": "from pathlib import Path\nopen(Path(__file__).parents[3] / 'a.json')",
        "main.py": "import mod",
        "a.json": "{}",
    }
    assert told(losses(files, {**MAIN, "app/mod.py": "a/b/c/mod.py"})) == [("a.json", "", True)]


def test_only_what_the_start_reaches() -> None:
    files = {"main.py": "import near", "near.py": "", "far.py": "open('a.json')", "a.json": "{}"}
    copies = {**MAIN, "app/near.py": "near.py", "app/far.py": "far.py"}
    assert losses(files, copies) == ()
    (loss,) = losses({**files, "near.py": "import far"}, copies)
    assert loss.importer.chain == ("__main__", "near", "far")
    assert told(losses(files, copies, "who-knows")) == [("a.json", "app/a.json", False)]
    (guarded,) = losses({**files, "near.py": "try: import far\nexcept ImportError: pass"}, copies)
    assert not guarded.breaks


@pytest.mark.parametrize(
    ("paths", "main", "breaks"),
    [
        (
            "from pathlib import Path\nDATA = Path(__file__).parent / 'data'",
            "from pkg.paths import DATA\n(DATA / 'a.json').read_text()",
            True,
        ),
        (
            "from pathlib import Path\nROOT = Path(__file__).resolve().parents[1]",
            "from pkg import paths\nopen(paths.ROOT / 'pkg' / 'data' / 'a.json')",
            True,
        ),
        (
            "import os\nROOT = os.path.dirname(os.path.abspath(__file__))",
            "import os\nimport pkg.paths\nopen(os.path.join(pkg.paths.ROOT, 'data', 'a.json'))",
            True,
        ),
        ("FILE = 'pkg/data/a.json'", "from pkg.paths import FILE as F\nopen(F)", True),
        ("FILE = '/app/pkg/data/a.json'", "from pkg import paths as p\nopen(p.FILE)", True),
        ("FILE = '/app/pkg/data/a.json'", "import pkg.paths as p\ndef f():\n    open(p.FILE)", True),
        ("FILE = 'pkg/data/a.json'", "from pkg.paths import *\nopen(FILE)", True),
        ("from .inner import FILE", "from pkg.paths import FILE\nopen(FILE)", True),
        (
            "from .inner import HERE\nDATA = HERE / 'data'",
            "from pkg.paths import DATA\nopen(DATA / 'a.json')",
            True,
        ),
        (
            "FILE = 'pkg/data/a.json'",
            "import os\nfrom pkg.paths import FILE\nif os.path.exists(FILE):\n    open(FILE)",
            False,
        ),
        (
            "FILE = 'pkg/data/a.json'",
            "from pkg.paths import FILE\ntry:\n    open(FILE)\nexcept OSError:\n    pass",
            False,
        ),
        (
            "from pathlib import Path\nDATA = Path(__file__).parent / 'data'",
            "from pkg.paths import DATA\nRATES = DATA / 'a.json'",
            False,
        ),
        (
            "from pathlib import Path\nDATA = Path(__file__).parent / 'data'",
            "from pkg.paths import DATA\ndef load(path=DATA / 'a.json'):\n    return open(path)",
            False,
        ),
        ("FILE = 'pkg/data/a.json'\nFILE = other()", "from pkg.paths import FILE\nopen(FILE)", None),
        ("FILE = 'pkg/data/a.json' if X else ''", "from pkg.paths import FILE\nopen(FILE)", None),
        (
            "import os\nFILE = os.environ.get('F', 'pkg/data/a.json')",
            "from pkg.paths import FILE\nopen(FILE)",
            None,
        ),
        ("def FILE(): pass", "from pkg.paths import FILE\nopen(FILE)", None),
        ("FILE = 'pkg/data/a.json'", "from pkg.paths import FILE\nFILE = 'x'\nopen(FILE)", None),
        ("FILE = 'pkg/data/a.json'", "from pkg.paths import FILE\ndef f(FILE):\n    open(FILE)", None),
        ("", "from pkg.paths import FILE\nopen(FILE)", None),
        ("from .paths import FILE", "from pkg.paths import FILE\nopen(FILE)", None),
    ],
)
def test_constants_of_other_modules(paths: str, main: str, breaks: bool | None) -> None:
    inner = "from pathlib import Path\nHERE = Path(__file__).parent\nFILE = HERE / 'data/a.json'\n"
    files = {
        "main.py": main,
        "pkg/__init__.py": "",
        "pkg/paths.py": paths,
        "pkg/inner.py": inner,
        "pkg/data/a.json": "{}",
    }
    copies = {f"app/{path}": path for path in files if path.endswith(".py")}
    found = [each for each in losses(files, copies) if each.wanted == "app/pkg/data/a.json"]
    assert (any(each.breaks for each in found) if found else None) == breaks


SETTINGS = (
    "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    name: str = 'shop'\n    rates: str = 'pkg/data/a.json'\n"
    "    other: str = Field(default='pkg/data/a.json')\n    count: int = 3\nsettings = Settings()\n"
)


@pytest.mark.parametrize(
    ("paths", "main", "found"),
    [
        (SETTINGS, "from pkg.paths import settings\nopen(settings.rates)", True),
        (SETTINGS, "from pkg.paths import settings\ndef f():\n    return open(settings.other)", True),
        (SETTINGS, "from pkg import paths\nopen(paths.settings.rates)", True),
        (SETTINGS, "import pkg.paths as config\nopen(config.settings.rates)", True),
        (SETTINGS, "from pkg import settings\nopen(settings.rates)", True),
        (SETTINGS + "open(settings.rates)\n", "import pkg.paths", True),
        (SETTINGS + "def f():\n    return open(settings.rates)\n", "import pkg.paths", True),
        (SETTINGS, "from pkg.paths import settings\nopen(settings.name)", False),
        (SETTINGS, "from pkg.paths import settings\nopen(settings.absent)", False),
        (SETTINGS + "class Settings: pass", "from pkg.paths import settings\nopen(settings.rates)", False),
        (SETTINGS + "settings = other()", "from pkg.paths import settings\nopen(settings.rates)", False),
        (SETTINGS, "from pkg.paths import settings\ndef f(settings): open(settings.rates)", False),
    ],
)
def test_an_attribute_of_settings_is_only_a_default(paths: str, main: str, found: bool) -> None:
    init = "from .paths import settings\n"
    files = {"main.py": main, "pkg/__init__.py": init, "pkg/paths.py": paths, "pkg/data/a.json": "{}"}
    copies = {f"app/{path}": path for path in files if path.endswith(".py")}
    expected = [("pkg/data/a.json", "app/pkg/data/a.json", False)] if found else []
    assert told(losses(files, copies)) == expected


def test_a_constant_of_the_django_settings() -> None:
    files = {
        "main.py": "import os\nfrom django.conf import settings\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.prod')\nopen(settings.BASE_DIR / 'a.json')\n",
        "conf/__init__.py": "",
        "conf/base.py": "from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n",
        "conf/prod.py": "from .base import *\n",
        "a.json": "{}",
    }
    copies = {f"app/{path}": path for path in files if path.endswith(".py")}
    assert told(losses(files, copies)) == [("a.json", "app/a.json", True)]


def test_a_constant_decides_about_the_search_path() -> None:
    files = {
        "main.py": "import sys\nfrom paths import LIB\nsys.path.insert(0, str(LIB))\nimport inside\n",
        "paths.py": "from pathlib import Path\nLIB = Path(__file__).parent / 'lib'\n",
        "lib/inside.py": "open('a.json')\n",
        "a.json": "{}",
    }
    copies = {f"app/{path}": path for path in files if path.endswith(".py")}
    assert told(losses(files, copies)) == [("a.json", "app/a.json", True)]
