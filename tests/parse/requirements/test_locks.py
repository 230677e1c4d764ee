import pytest

from paritycheck.parse.requirements.files import read_dependency_file, read_lock
from tests.parse.requirements.shown import edges, lock

UV = """\
version = 1
revision = 3
requires-python = ">=3.11"

[manifest]
members = ["app", "core"]

[[package]]
name = "app"
version = "0.1"
source = { virtual = "." }
dependencies = [
    { name = "core" },
    { name = "numpy", version = "1.26", source = { git = "x" }, marker = "python_full_version < '3.12'" },
    { name = "uvicorn", extra = ["standard"] },
]

[package.optional-dependencies]
db = [{ name = "psycopg", extra = ["binary"] }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[package.metadata]
requires-dist = [{ name = "core", editable = "core" }]

[[package]]
name = "core"
source = { editable = "core" }

[[package]]
name = "numpy"
version = "1.26"
source = { registry = "https://pypi.org/simple" }
resolution-markers = [
    "python_full_version < '3.12'",
    "sys_platform == 'win32'",
]
sdist = { url = "https://files/numpy-1.26.tar.gz" }
wheels = [
    { url = "https://files/numpy-1.26%2Bcpu-cp311-cp311-linux_x86_64.whl", hash = "sha256:00" },
]

[[package]]
name = "tool"
version = "1"
source = { directory = "../tool" }

[[package]]
name = "far"
version = "1"
source = { git = "https://host/far?rev=1#abc" }
"""


def test_uv() -> None:
    file = lock("uv.lock", UV)
    app, core, numpy, tool, far = file.packages
    assert [each.location.line for each in file.packages] == [8, 27, 31, 44, 49]
    assert edges(app) == {
        "": ["core", 'numpy==1.26; python_full_version < "3.12"', "uvicorn[standard]"],
        "extra:db": ["psycopg[binary]"],
        "group:dev": ["pytest"],
    }
    assert (app.source, app.path, core.source, core.path, core.version) == (
        "project",
        ".",
        "project",
        "core",
        "",
    )
    assert numpy.marker == '(python_full_version < "3.12") or (sys_platform == "win32")'
    assert numpy.wheels == ("numpy-1.26+cpu-cp311-cp311-linux_x86_64.whl",)
    assert (tool.source, tool.path, far.source) == ("path", "../tool", "git")
    assert (file.members, file.python) == (("app", "core"), ">=3.11")


def test_the_only_project_of_a_uv_lock_is_its_member() -> None:
    text = '[[package]]\nname = "A"\nversion = "1"\nsource = { editable = "." }\n'
    assert lock("uv.lock", text).members == ("a",)


def test_the_groups_of_a_workspace_root_that_is_no_project() -> None:
    text = '[manifest.dependency-groups]\ndev = [{ name = "ruff", specifier = ">=0.5" }]\n'
    (root,) = lock("uv.lock", text).packages
    assert (root.name, root.source, edges(root)) == ("", "project", {"group:dev": ["ruff"]})


def test_pdm() -> None:
    file = lock(
        "pdm.lock",
        """\
[metadata]
groups = ["default", "test"]
lock_version = "4.5.0"
content_hash = "sha256:aa"

[[metadata.targets]]
requires_python = ">=3.9"

[[package]]
name = "uvicorn"
version = "0.30"
groups = ["default"]
marker = "python_version >= '3.9'"
dependencies = [
    "click>=7.0",
    "typing-extensions>=4.0; python_version < \\"3.11\\"",
]
files = [{file = "uvicorn-0.30-py3-none-any.whl"}, {file = "uvicorn-0.30.tar.gz"}]

[[package]]
name = "uvicorn"
version = "0.30"
extras = ["standard"]
groups = ["test"]
dependencies = ["httptools>=0.5", "uvicorn==0.30"]

[[package]]
name = "sub"
version = "1"
path = "./sub"
editable = true
groups = ["default"]
""",
    )
    uvicorn, sub = file.packages
    assert edges(uvicorn) == {
        "": ["click", 'typing-extensions; python_version < "3.11"'],
        "extra:standard": ["httptools"],
    }
    assert (uvicorn.groups, uvicorn.marker, uvicorn.location.line) == (("default", "test"), "", 9)
    assert uvicorn.wheels == ("uvicorn-0.30-py3-none-any.whl",)
    assert (sub.source, sub.path) == ("path", "./sub")
    assert (file.python, file.content_hash) == (">=3.9", "sha256:aa")


def test_pipfile_lock() -> None:
    file = lock(
        "Pipfile.lock",
        """\
{
    "_meta": {
        "hash": {"sha256": "abc"},
        "requires": {"python_version": "3.12"},
        "sources": [{"name": "pypi"}]
    },
    "default": {
        "Flask": {
            "hashes": ["sha256:00"],
            "markers": "python_version >= '3.8'",
            "version": "==3.0.0"
        },
        "far": {"git": "https://host/far", "ref": "abc"},
        "sub": {"editable": true, "path": "./sub"}
    },
    "develop": {
        "flask": {"markers": "python_version >= '3.8'", "version": "==3.0.0"},
        "pytest": {"version": "==8"}
    }
}
""",
    )
    shown = [
        (each.name, each.version, each.location.line, each.groups, each.source) for each in file.packages
    ]
    assert shown == [
        ("flask", "3.0.0", 8, ("default", "develop"), "index"),
        ("far", "", 13, ("default",), "git"),
        ("sub", "", 14, ("default",), "path"),
        ("pytest", "8", 18, ("develop",), "index"),
    ]
    assert file.packages[0].marker == 'python_version >= "3.8"'
    assert (file.python, file.content_hash) == ("==3.12.*", "abc")


def test_pylock() -> None:
    file = lock(
        "pylock.prod.toml",
        """\
lock-version = "1.0"
requires-python = ">=3.12"
extras = ["db"]
dependency-groups = ["dev"]
default-groups = ["dev"]

[[packages]]
name = "attrs"
version = "25.1.0"
marker = "'db' in extras and sys_platform == 'linux'"
dependencies = [{name = "cattrs", version = "1"}]
wheels = [{name = "attrs-25.1.0-py3-none-any.whl", url = "https://host/x"}, {url = "https://host/y-1.whl"}]

[[packages]]
name = "sub"
directory = {path = "sub", editable = true}
""",
    )
    attrs, sub = file.packages
    assert (attrs.version, attrs.location.line, edges(attrs)) == ("25.1.0", 7, {"": ["cattrs==1"]})
    assert attrs.marker.replace('"', "'") == "'db' in extras and sys_platform == 'linux'"
    assert attrs.wheels == ("attrs-25.1.0-py3-none-any.whl", "y-1.whl")
    assert (sub.source, sub.path) == ("path", "sub")
    assert (file.defaults, file.extras, file.python) == (("dev",), {"db": ()}, ">=3.12")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("uv.lock", "[[package]]\nname = \n", 2),
        ("poetry.lock", "=", 1),
        ("pdm.lock", "<<<<<<< HEAD\n", 1),
        ("Pipfile.lock", '{\n"default": {,}}', 2),
        ("Pipfile.lock", "[]", 1),
        ("pylock.toml", "\n\nx", 3),
    ],
)
def test_a_broken_lock_says_its_line(name: str, text: str, line: int) -> None:
    file = lock(name, text)
    assert [location.line for _, location in file.problems] == [line]
    assert not file.packages


@pytest.mark.parametrize(
    ("path", "dependencies", "locked"),
    [
        ("pyproject.toml", True, False),
        ("a/requirements-dev.txt", True, False),
        ("dev_requirements.in", True, False),
        ("requirements/base.txt", True, False),
        ("constraints.txt", True, False),
        ("requirements.lock", True, False),
        ("setup.py", True, False),
        ("env/environment.prod.yml", True, False),
        ("notes.txt", False, False),
        ("base.txt", False, False),
        ("x/uv.lock", False, True),
        ("pylock.toml", False, True),
        ("pylock.dev.toml", False, True),
        ("yarn.lock", False, False),
        ("Cargo.lock", False, False),
    ],
)
def test_kinds_by_name(path: str, dependencies: bool, locked: bool) -> None:
    assert (read_dependency_file(path, "") is not None) is dependencies
    assert (read_lock(path, "{}") is not None) is locked
