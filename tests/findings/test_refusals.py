"""Modules and names that are there in another release: what raises when it is imported, what has gone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.environment import Environment
from paritycheck.model.report import Finding
from tests.findings.sides import SITE, checkout, distribution, environment, image

STUB = "raise ModuleNotFoundError('renamed', name=__name__)\n"
URLS = "from urllib.parse import quote\n__all__ = ['iri_to_uri']\ndef iri_to_uri(iri): return quote(iri)\n"
ANSWERING = "def __getattr__(name):\n    if name == 'y':\n        return 1\n    raise AttributeError(name)\n"
FULL = "def f(): ...\n" * 3 + "".join(f"name{number} = {number}\n" for number in range(9))


def judge(
    main: str,
    installed: Mapping[str, str],
    local: Environment | None = None,
    python: str = "3.12.4",
    **own: str,
) -> list[Finding]:
    """Return errors and warnings for a program and the modules of the distribution ``lib`` 2 beside it."""
    files = {"app/__init__.py": "", "app/main.py": main, **{f"app/{name}.py": own[name] for name in own}}
    site = {f"{SITE}/{path}": text for path, text in installed.items()}
    described = environment([distribution("lib", "2", ["lib"])], python)
    report = compare(checkout(files, local), image(files, described, site), None, Config())
    return [each for each in report.findings if each.severity != "note" and each.code != "PC301"]


def told(found: list[Finding]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return code, severity and the places that are named."""
    return [(each.code, each.severity, tuple(str(place) for place in each.locations)) for each in found]


LIB = {"lib/__init__.py": "", "lib/old.py": "\n" + STUB}
AT = (f"{SITE}/lib/old.py:2",)


@pytest.mark.parametrize(
    ("main", "stub", "severity"),
    [
        pytest.param("from lib.old import thing\n", STUB, "error", id="unguarded"),
        pytest.param("import lib.old\n", STUB, "error", id="a plain import"),
        pytest.param("from lib import old\n", STUB, "error", id="as a name"),
        pytest.param("def f():\n    import lib.old\n", STUB, "error", id="in a function"),
        pytest.param("from .late import f\n", STUB, "error", id="through another module"),
        pytest.param("try: import lib.old\nexcept ImportError: pass\n", STUB, "", id="guarded"),
        pytest.param(
            "try: import lib.old\nexcept ModuleNotFoundError: pass\n", STUB, "", id="narrowly guarded"
        ),
        pytest.param(
            "try: import lib.old\nexcept ModuleNotFoundError: pass\n",
            "raise ImportError('renamed')\n",
            "error",
            id="the guard catches something narrower",
        ),
        pytest.param(
            "try: import lib.old\nexcept ImportError: pass\n",
            "raise RuntimeError('renamed')\n",
            "error",
            id="the guard catches something else",
        ),
        pytest.param(
            "try: import lib.old\nexcept Exception: pass\n", "raise RuntimeError\n", "", id="a wide guard"
        ),
        pytest.param(
            "try: import lib.old\nexcept ImportError: pass\n",
            "raise exceptions.Renamed\n",
            "",
            id="nobody knows what kind of error it is",
        ),
        pytest.param("import lib.old\n", "if broken: raise ImportError\n", "", id="it may raise"),
        pytest.param(
            "import lib.old\n",
            "import sys\nif sys.version_info >= (3, 12): raise RuntimeError('too new')\n",
            "error",
            id="it refuses this Python",
        ),
        pytest.param(
            "import lib.old\n",
            "import sys\nif sys.version_info < (3, 9): raise RuntimeError('too old')\n",
            "",
            id="it refuses an older Python",
        ),
        pytest.param("import lib\n", STUB, "", id="nothing imports it"),
        pytest.param(
            "import lib\nif lib.OLD:\n    import lib.old\n", STUB, "warning", id="the release is asked for"
        ),
    ],
)
def test_a_module_of_a_distribution_that_raises(main: str, stub: str, severity: str) -> None:
    late = "def f():\n    import lib.old\n" if ".late" in main else ""
    found = judge(main, {"lib/__init__.py": "", "lib/old.py": stub}, late=late)
    assert [(each.code, each.severity) for each in found] == ([("PC202", severity)] if severity else [])


def test_what_is_said_of_a_module_that_raises() -> None:
    (found,) = judge("from lib.old import thing\n", LIB)
    assert found.message == (
        "lib 2 in the container has a lib.old that raises ModuleNotFoundError when it is imported"
    )
    assert [str(place) for place in found.locations] == ["app/main.py:1", *AT]
    assert [item.name for item in found.items] == ["lib", "lib.old"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param("2", [], id="the same release raises there, too"),
        pytest.param("1", [("PC202", "error")], id="another release"),
    ],
)
def test_parity_with_the_local_release(version: str, expected: list[tuple[str, str]]) -> None:
    local = environment([distribution("lib", version, ["lib"])])
    found = judge("import lib.old\n", LIB, local)
    shown = [(each.code, each.severity) for each in found if "raises" in each.message]
    assert shown == expected


GATE = "import sys\nif sys.version_info < (3, 12):\n    raise RuntimeError('needs 3.12')\n"
EXIT = "import sys\nif sys.version_info < (3, 12):\n    print('old')\n    sys.exit('needs 3.12')\n"


MATCH = "def f(x):\n    match x:\n        case 1: pass\n"


@pytest.mark.parametrize(
    ("main", "python", "local", "expected"),
    [
        pytest.param("from app import gate\n", "3.11.9", "3.12.1", ["PC108"], id="an older Python there"),
        pytest.param("from app import gate\n", "3.11.9", "", ["PC108"], id="no local environment"),
        pytest.param("from app import gate\n", "3.11.9", "3.10.2", [], id="it raises on both sides"),
        pytest.param("from app import gate\n", "3.12.0", "3.12.1", [], id="both are new enough"),
        pytest.param(GATE, "3.11.9", "3.12.1", ["PC108"], id="the start module itself"),
        pytest.param(EXIT, "3.11.9", "3.12.1", ["PC108"], id="it leaves"),
        pytest.param(
            "import sys\nif __name__ == '__main__':\n    sys.exit(1)\n", "3.11.9", "3.12.1", [], id="its end"
        ),
        pytest.param("raise ImportError\n", "3.11.9", "", [], id="it raises anywhere"),
        pytest.param(MATCH, "3.9.2", "3.12.1", ["PC108"], id="syntax that an older Python refuses"),
        pytest.param(MATCH, "3.9.2", "3.8.1", [], id="syntax that both refuse"),
        pytest.param(MATCH, "3.10.0", "", [], id="syntax that is known there"),
    ],
)
def test_a_module_of_the_project_that_raises(main: str, python: str, local: str, expected: list[str]) -> None:
    found = judge(main, {}, environment([], local) if local else None, python, gate=GATE)
    assert [each.code for each in found if each.severity == "error"] == expected


@pytest.mark.parametrize(
    ("imported", "modules", "missing"),
    [
        pytest.param("lib.urls import url_quote", {"lib/urls.py": URLS}, True, id="it has gone"),
        pytest.param("lib.urls import iri_to_uri", {"lib/urls.py": URLS}, False, id="it is there"),
        pytest.param("lib.urls import __doc__", {"lib/urls.py": URLS}, False, id="every module has it"),
        pytest.param("lib.urls import x", {"lib/urls.py": URLS + "from os import *\n"}, False, id="a star"),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": URLS + "def __getattr__(name): return find(name)\n"},
            False,
            id="a module's __getattr__",
        ),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": URLS + ANSWERING},
            True,
            id="its __getattr__ names all that it answers",
        ),
        pytest.param(
            "lib.urls import y",
            {"lib/urls.py": URLS + ANSWERING},
            False,
            id="what its __getattr__ answers",
        ),
        pytest.param(
            "lib.urls import x", {"lib/urls.py": URLS + "NAMES = ['x']\n"}, False, id="it is spoken of"
        ),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": URLS, "lib/more.py": "from . import urls\nurls.x = 1\n"},
            False,
            id="another module sets it",
        ),
        pytest.param(
            "lib.urls import x",
            {
                "lib/urls.py": URLS,
                "lib/more.py": "from . import urls\nfor n in 'x', 'y': setattr(urls, n, 1)\n",
            },
            False,
            id="another module sets it by name",
        ),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": URLS + "register('lib.x')\n", "lib/more.py": "self.x = obj.x = 'x'\n"},
            True,
            id="attributes of other things",
        ),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": URLS, "lib/_fast.cpython-312-x86_64-linux-gnu.so": ""},
            False,
            id="compiled code may fill it",
        ),
        pytest.param(
            "lib.urls import x",
            {"lib/urls.py": FULL, "lib/_fast.cpython-312-x86_64-linux-gnu.so": ""},
            True,
            id="compiled code beside a module with names of its own",
        ),
        pytest.param("lib import urls", {"lib/urls.py": URLS}, False, id="a submodule"),
    ],
)
def test_a_name_of_a_distribution(imported: str, modules: Mapping[str, str], missing: bool) -> None:
    found = judge(f"from {imported}\n", {"lib/__init__.py": "", **modules})
    assert [(each.code, each.severity) for each in found] == ([("PC202", "error")] if missing else [])


@pytest.mark.parametrize(
    ("guard", "severity"),
    [("ImportError", "warning"), ("Exception", "warning"), ("ModuleNotFoundError", "error")],
)
def test_a_guard_that_does_not_catch_a_missing_name(guard: str, severity: str) -> None:
    main = f"try:\n    from lib.urls import url_quote\nexcept {guard}:\n    pass\n"
    found = judge(main, {"lib/__init__.py": "", "lib/urls.py": URLS})
    assert [(each.code, each.severity) for each in found] == [("PC202", severity)]


@pytest.mark.parametrize(
    ("main", "python", "expected"),
    [
        (
            "try:\n from collections import Set\nexcept ModuleNotFoundError: pass\n",
            "3.12.4",
            ["collections.Set"],
        ),
        ("from collections import Mapping\n", "3.12.4", ["collections.Mapping"]),
        ("from collections import Mapping\n", "3.9.4", []),
        ("from collections import OrderedDict\n", "3.12.4", []),
        (
            "try: from collections.abc import Set\nexcept ImportError: from collections import Set\n",
            "3.12.4",
            [],
        ),
        ("from typing import Self, Any\n", "3.10.4", ["typing.Self"]),
        ("from typing import Self, Any\n", "3.11.0", []),
        ("import sys\nif sys.version_info >= (3, 11): from typing import Self\n", "3.10.4", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING: from typing import Self\n", "3.10.4", []),
        ("from .typing import Self\n", "3.10.4", []),
    ],
)
def test_names_of_the_standard_library(main: str, python: str, expected: list[str]) -> None:
    found = judge(main, {}, python=python, typing="Self = 1\n")
    assert [item.name for each in found for item in each.items] == expected
    assert {each.code for each in found} <= {"PC304"}
    assert all(each.severity == "error" for each in found)


def test_names_under_a_condition_that_is_open() -> None:
    main = (
        "import lib\nif lib.OLD:\n    from lib.urls import url_quote\n    from collections import Mapping\n"
    )
    found = judge(main, {"lib/__init__.py": "", "lib/urls.py": URLS})
    assert [(each.code, each.severity) for each in found] == [("PC202", "warning"), ("PC304", "warning")]
