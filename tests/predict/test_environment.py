"""Images drawn by hand, each with the search path and the problems that their interpreter would have."""

from dataclasses import dataclass, field

import pytest

from paritycheck.model.environment import Environment, Interpreter
from paritycheck.model.snapshot import ImageConfig
from paritycheck.predict.environment.inferring import infer_environment
from tests.drawn import draw, tree

OFFICIAL = """
usr/local/
  bin/
    python -> python3
    python3 -> python3.12
    python3.12 (755) | ELF
  include/python3.12/patchlevel.h | #define PY_VERSION      "3.12.4"\\n
  lib/python3.12/
    os.py
    site.py
    lib-dynload/_x.cpython-312-x86_64-linux-gnu.so
    site-packages/pip-24.0.dist-info/METADATA | Name: pip\\nVersion: 24.0\\n
"""
DEBIAN = """
etc/passwd | root:x:0:0::/root:/bin/sh\\napp:x:1000:1000::/srv/app:/bin/sh\\n
bin -> usr/bin
lib -> usr/lib
usr/
  bin/
    python3 -> python3.11
    python3.11 (755) | ELF
  lib/
    python3/dist-packages/six-1.egg-info | Name: six\\nVersion: 1\\n
    python3.11/
      os.py
      site.py | "dist-packages"
      lib-dynload/
  local/lib/python3.11/dist-packages/
var/lib/dpkg/status | Package: a\\n\\nPackage: python3.11-minimal\\nVersion: 3.11.2-6+deb12u5\\n
"""
VENV = """
opt/venv/
  pyvenv.cfg | home = /usr/local/bin\\ninclude-system-site-packages = {system}\\nversion = 3.12.0\\n
  bin/
    python -> python3
    python3 -> /usr/local/bin/python3
  lib/python{version}/site-packages/
"""
BASE = ["/usr/local/lib/python312.zip", "/usr/local/lib/python3.12", "/usr/local/lib/python3.12/lib-dynload"]
SITE = "/usr/local/lib/python3.12/site-packages"
VENV_SITE = "/opt/venv/lib/python3.12/site-packages"
DEBIAN_BASE = ["/usr/lib/python311.zip", "/usr/lib/python3.11", "/usr/lib/python3.11/lib-dynload"]
DEBIAN_SITE = ["/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"]
IN_VENV: dict[str, str | None] = {"PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin"}


def infer(drawing: str, executable: str = "python", **config: object) -> Environment:
    contents = {item.path: item.content for item in draw(drawing) if item.kind == "file"}
    settings = ImageConfig(**{"os": "linux", "architecture": "amd64", **config})  # type: ignore[arg-type]
    return infer_environment(tree(drawing), contents.get, settings, executable)


def search_path(environment: Environment) -> list[str]:
    return [entry.path for entry in environment.sys_path]


@dataclass(frozen=True)
class Case:
    drawing: str
    path: list[str]
    env: dict[str, str | None] = field(default_factory=dict)
    workdir: str = ""
    user: str = ""
    problems: tuple[str, ...] = ()
    executable: str = "python"


CASES = {
    "official image": Case(OFFICIAL, [*BASE, SITE]),
    "Debian": Case(DEBIAN, [*DEBIAN_BASE, *DEBIAN_SITE]),
    "Debian through a link to its directory": Case(DEBIAN, [*DEBIAN_BASE, *DEBIAN_SITE], {"PATH": "/bin"}),
    "pythonpath": Case(
        OFFICIAL, ["/app", "/work", *BASE, SITE], {"PYTHONPATH": "/app/::../app:"}, workdir="/work"
    ),
    "empty pythonpath": Case(OFFICIAL, [*BASE, SITE], {"PYTHONPATH": ""}),
    "withheld pythonpath": Case(OFFICIAL, [*BASE, SITE], {"PYTHONPATH": None}, problems=("PYTHONPATH",)),
    "site directory moved to the front": Case(OFFICIAL, [SITE, *BASE], {"PYTHONPATH": SITE}),
    "virtual environment": Case(
        OFFICIAL + VENV.format(system="false", version="3.12"), [*BASE, VENV_SITE], IN_VENV
    ),
    "virtual environment that sees the system": Case(
        OFFICIAL + VENV.format(system="true", version="3.12"), [*BASE, VENV_SITE, SITE], IN_VENV
    ),
    "virtual environment by its path": Case(
        OFFICIAL + VENV.format(system="no", version="3.12"),
        [*BASE, VENV_SITE],
        executable="venv/bin/python",
        workdir="/opt",
    ),
    "virtual environment of another version": Case(
        OFFICIAL + VENV.format(system="false", version="3.11"),
        BASE,
        IN_VENV,
        problems=("made for python3.11",),
    ),
    "dangling virtual environment": Case(
        DEBIAN + VENV.format(system="false", version="3.12"),
        [*DEBIAN_BASE, *DEBIAN_SITE],
        IN_VENV,
        problems=(
            "/opt/venv/bin/python is a link to /usr/local/bin/python3, which is not in the image",
            "/opt/venv/bin/python3 is a link to /usr/local/bin/python3, which is not in the image",
        ),
    ),
    "virtual environment of copies": Case(
        OFFICIAL
        + "opt/venv/pyvenv.cfg | home=/usr/local/bin\\ninclude-system-site-packages=false\\n\n"
        + "opt/venv/bin/python (755) | ELF\nopt/venv/lib/python3.12/site-packages/\n",
        [*BASE, VENV_SITE],
        IN_VENV,
    ),
    "Debian virtual environment that sees the system": Case(
        DEBIAN
        + "opt/venv/pyvenv.cfg | home = /usr/bin\\ninclude-system-site-packages = true\\n\n"
        + "opt/venv/bin/python -> /usr/bin/python3\n"
        + "opt/venv/lib/python3.11/site-packages/\nusr/lib/python3.11/site-packages/\n",
        [
            *DEBIAN_BASE,
            "/opt/venv/lib/python3.11/site-packages",
            "/usr/lib/python3.11/site-packages",
            *DEBIAN_SITE,
        ],
        IN_VENV,
    ),
    "user site": Case(
        DEBIAN + "srv/app/.local/lib/python3.11/site-packages/x.pth | ../sub\\n\n"
        "srv/app/.local/lib/python3.11/sub/\n",
        [
            *DEBIAN_BASE,
            "/srv/app/.local/lib/python3.11/site-packages",
            "/srv/app/.local/lib/python3.11/sub",
            *DEBIAN_SITE,
        ],
        user="1000:1000",
    ),
    "user site of HOME": Case(
        DEBIAN + "h/.local/lib/python3.11/site-packages/\n",
        [*DEBIAN_BASE, "/h/.local/lib/python3.11/site-packages", *DEBIAN_SITE],
        {"HOME": "/h"},
        user="app",
    ),
    "user site switched off": Case(
        DEBIAN + "root/.local/lib/python3.11/site-packages/\n",
        [*DEBIAN_BASE, *DEBIAN_SITE],
        {"PYTHONNOUSERSITE": "1"},
    ),
    "user site and virtual environment": Case(
        OFFICIAL
        + VENV.format(system="false", version="3.12")
        + "root/.local/lib/python3.12/site-packages/\n",
        [*BASE, VENV_SITE],
        IN_VENV,
    ),
    "lib64 and /usr/local, as Fedora has them": Case(
        "usr/bin/python3 -> python3.13\nusr/bin/python3.13 (755)\nusr/lib64/python3.13/os.py\n"
        "usr/lib64/python3.13/site.py | RPM_BUILD_ROOT\nusr/lib64/python3.13/site-packages/\n"
        "usr/lib/python3.13/site-packages/\nusr/local/lib/python3.13/site-packages/\n"
        "root/.local/lib/python3.13/\n",
        [
            "/usr/lib64/python313.zip",
            "/usr/lib64/python3.13",
            "/usr/lib64/python3.13/lib-dynload",
            "/usr/local/lib/python3.13/site-packages",
            "/usr/lib64/python3.13/site-packages",
            "/usr/lib/python3.13/site-packages",
        ],
    ),
    "Debian without the source of site": Case(
        DEBIAN.replace("      site.py |", "      site.pyc |"),
        [*DEBIAN_BASE, *DEBIAN_SITE],
        problems=("taken to be Debian's",),
    ),
    "PYTHONHOME": Case(
        OFFICIAL + "opt/py/lib/python3.12/os.py\n",
        ["/opt/py/lib/python312.zip", "/opt/py/lib/python3.12", "/opt/py/lib/python3.12/lib-dynload"],
        {"PYTHONHOME": "/opt/py"},
    ),
    "no permission to run": Case(
        OFFICIAL + "a/python (644) | ELF\n",
        [*BASE, SITE],
        {"PATH": "/a:/usr/local/bin"},
        problems=("/a/python is not executable",),
    ),
    "code in .pth files and sitecustomize": Case(
        OFFICIAL + "usr/local/lib/python3.12/site-packages/a.pth | import sys; sys.path.append('/x')\n"
        "usr/local/lib/python3.12/site-packages/sitecustomize.py | import sys; sys.path += ['/y']\n",
        [*BASE, SITE],
        problems=("a.pth:1", "sitecustomize.py"),
    ),
    "no interpreter": Case("app/main.py\n", [], problems=("no interpreter",)),
    "a script in front of it": Case(
        OFFICIAL + "shims/python (755) | #!/bin/sh\\n\n",
        [],
        {"PATH": "/shims:/usr/local/bin"},
        problems=("/shims/python is a script",),
    ),
    "a library of unknown version": Case(
        "usr/bin/python (755) | ELF\nusr/lib/python3.9/os.py\nusr/lib/python3.10/os.py\n",
        [],
        problems=("its version is not known, the image has python3.10, python3.9",),
    ),
    "no library": Case("usr/bin/python3 (755) | ELF\n", [], problems=("no standard library",)),
    "a home that is no path": Case(
        OFFICIAL + "opt/venv/pyvenv.cfg | home = usr\\n\nopt/venv/bin/python (755) | ELF\n",
        [],
        IN_VENV,
        problems=("no standard library",),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_search_path(case: Case) -> None:
    found = infer(case.drawing, case.executable, env=case.env, workdir=case.workdir, user=case.user)
    assert search_path(found) == case.path
    assert found.inferred
    assert (found.interpreter is None) is not bool(case.path)
    for said, expected in zip(found.problems, case.problems, strict=True):
        assert expected in said


def interpreter(drawing: str, executable: str = "python", **config: object) -> Interpreter:
    found = infer(drawing, executable, **config).interpreter
    assert found is not None
    return found


PLAIN = (
    "usr/local/bin/python3.12 (755) | {binary}\nusr/local/bin/python3 -> python3.12\n"
    "usr/local/bin/python -> python3\nusr/local/lib/python3.12/os.py\n"
)
SYSTEM = "usr/bin/python3.12 (755) | ELF\nusr/bin/python -> python3.12\nusr/lib/python3.12/os.py\n"
MUSL = SYSTEM + "lib/ld-musl-x86_64.so.1\n"
STATUS = "var/lib/dpkg/status | Package: python3.12-minimal"
VERSIONS = {
    "header": (OFFICIAL, {"PYTHON_VERSION": "3.12.9"}, "3.12.4"),
    "official image without headers": (PLAIN, {"PYTHON_VERSION": "3.12.9"}, "3.12.9"),
    "a variable of another version": (PLAIN, {"PYTHON_VERSION": "3.11.9"}, "3.12"),
    "a variable about another interpreter": (SYSTEM, {"PYTHON_VERSION": "3.12.9"}, "3.12"),
    "conda": (PLAIN + "usr/local/conda-meta/python-3.12.3-h99_0.json\n", {}, "3.12.3"),
    "dpkg": (SYSTEM + STATUS + "\\nX: y\\nVersion: 3.12.0~rc1-2\\n\n", {}, "3.12.0rc1"),
    "another package's version": (SYSTEM + STATUS + "\\nX: y\\n\\nVersion: 3.12.7-2\\n\n", {}, "3.12"),
    "distroless": (
        SYSTEM + STATUS.replace(" |", ".d/python3.12-minimal |") + "\\nVersion: 1:3.12.2-1\\n\n",
        {},
        "3.12.2",
    ),
    "apk": (
        SYSTEM + "lib/apk/db/installed | P:a\\nV:1\\n\\nC:Q\\nP:python3\\nV:3.12.8-r1\\n\n",
        {},
        "3.12.8",
    ),
    "binary": (PLAIN.format(binary="\\x003.12.1\\x00") + "usr/local/lib/libpython3.so\n", {}, "3.12.1"),
    "two strings in the binary": (PLAIN.format(binary="/3.12.1\\x003.12.2\\x00"), {}, "3.12"),
    "virtual environment": (PLAIN + VENV.format(system="x", version="3.12"), IN_VENV, "3.12.0"),
}


@pytest.mark.parametrize(("drawing", "env", "version"), VERSIONS.values(), ids=VERSIONS)
def test_version(drawing: str, env: dict[str, str | None], version: str) -> None:
    found = interpreter(drawing, env=env)
    assert found.version == version
    assert found.markers["python_version"] == "3.12"
    assert found.markers.get("python_full_version", "3.12") == version


@pytest.mark.parametrize(
    ("drawing", "architecture", "suffixes"),
    [
        (OFFICIAL, "amd64", (".cpython-312-x86_64-linux-gnu.so", ".abi3.so", ".so")),
        (SYSTEM, "arm64", (".cpython-312-aarch64-linux-gnu.so", ".abi3.so", ".so")),
        (MUSL, "amd64", (".cpython-312-x86_64-linux-musl.so", ".abi3.so", ".so")),
        (SYSTEM.replace("3.12", "3.7"), "amd64", (".cpython-37m-x86_64-linux-gnu.so", ".abi3.so", ".so")),
        (SYSTEM.replace("3.12", "3.13t"), "amd64", (".cpython-313t-x86_64-linux-gnu.so", ".so")),
        (SYSTEM, "", (".abi3.so", ".so")),
    ],
)
def test_suffixes(drawing: str, architecture: str, suffixes: tuple[str, ...]) -> None:
    assert interpreter(drawing, architecture=architecture).suffixes == suffixes


def test_interpreter_of_a_virtual_environment() -> None:
    found = interpreter(OFFICIAL + VENV.format(system="false", version="3.12"), env=IN_VENV)
    assert found.executable == "/opt/venv/bin/python"
    assert (found.prefix, found.base_prefix) == ("/opt/venv", "/usr/local")
    assert found.version == "3.12.4"
    assert found.platform == "linux-x86_64"
    assert found.markers == {
        "implementation_name": "cpython",
        "implementation_version": "3.12.4",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": "3.12.4",
        "python_version": "3.12",
        "sys_platform": "linux",
    }


def test_pypy() -> None:
    drawing = "opt/pypy/bin/pypy3 (755) | ELF\nusr/bin/python -> /opt/pypy/bin/pypy3\n"
    drawing += "opt/pypy/lib/pypy3.10/os.py\nopt/pypy/lib/pypy3.10/site-packages/\n"
    found = infer(drawing)
    assert found.interpreter is not None
    assert found.interpreter.implementation == "pypy"
    assert search_path(found) == ["/opt/pypy/lib/pypy3.10", "/opt/pypy/lib/pypy3.10/site-packages"]


def test_distributions_and_their_reasons() -> None:
    found = infer(DEBIAN, "python3")
    assert [(item.name, item.location) for item in found.distributions] == [("six", DEBIAN_SITE[1])]
    assert [entry.reason for entry in found.sys_path] == ["stdlib"] * 3 + ["site"] * 2
    assert [entry.exists for entry in found.sys_path] == [False, True, True, True, True]


def test_links_that_go_round() -> None:
    drawing = "usr/local/bin/python -> python3\nusr/local/bin/python3 -> python\n"
    drawing += "usr/bin/python3 (755)\nusr/lib -> lib\n"
    found = infer(drawing)
    assert found.interpreter is None
    assert any("no standard library" in problem for problem in found.problems)
