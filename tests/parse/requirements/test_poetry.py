import pytest
from packaging.specifiers import SpecifierSet

from paritycheck.parse.requirements.poetryversions import to_specifier
from tests.parse.requirements.shown import declared, edges, included, lock, read


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        # the tables of Poetry's documentation
        ("^1.2.3", ">=1.2.3,<2.0.0"),
        ("^1.2", ">=1.2,<2.0"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3.0"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3.0"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("*", ""),
        ("1.*", "==1.*"),
        ("1.2.*", "==1.2.*"),
        (">= 1.2, < 1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        ("1.2.3", "==1.2.3"),
        ("=1.2.3", "==1.2.3"),
        ("!= 1.2.3", "!=1.2.3"),
        ("~=1.4.2", "~=1.4.2"),
        ("^2.7 || ^3.4", ">=2.7,<4.0"),
        (">=1 || ==0.5", ">=0.5"),
        ("* || ^1", ""),
        ("^1.0.0a1", ">=1.0.0a1,<2.0.0"),
        ("nonsense ^", ""),
    ],
)
def test_constraints(constraint: str, specifier: str) -> None:
    assert SpecifierSet(to_specifier(constraint)) == SpecifierSet(specifier)


PROJECT = """\
[tool.poetry]
name = "app"
version = "0.1"

[tool.poetry.dependencies]
python = "^3.11"
flask = {version = "^3.0", extras = ["async"]}
Psycopg = {version = "*", optional = true}
ldap3 = {version = "^2", optional = true}
lib = {path = "../lib", develop = true}
fork = {git = "https://host/fork.git", tag = "v1"}
win = {version = "*", markers = "sys_platform == 'win32'"}
multi = [
  {version = "<2", python = "<3.12"},
  {version = ">=2", python = ">=3.12"},
]

[tool.poetry.extras]
db = ["psycopg"]

[tool.poetry.group.test.dependencies]
pytest = "^8"

[tool.poetry.group.docs]
optional = true
include-groups = ["test"]

[tool.poetry.group.docs.dependencies]
sphinx = "7.*"

[tool.poetry.dev-dependencies]
black = "24.1"
"""


def test_project() -> None:
    file = read("pyproject.toml", PROJECT)
    assert declared(file) == [
        "7 flask[async]<4.0,>=3.0",
        "8 extra:db psycopg",
        "9 extra: ldap3<3,>=2",
        "10 -e lib @ path ../lib",
        "11 fork @ git git+https://host/fork.git",
        '12 win; sys_platform == "win32"',
        '14 multi<2; python_version < "3.12"',
        '15 multi>=2; python_version >= "3.12"',
        "22 group:test pytest<9,>=8",
        "29 group:docs sphinx==7.*",
        "32 group:dev black==24.1",
    ]
    assert included(file) == ["26 group:docs < group:test"]
    assert (file.name, file.python) == ("app", "<4.0,>=3.11")
    assert file.defaults == ("test", "dev")
    assert file.optional == ("docs",)


def test_the_project_table_counts_before_poetrys_own() -> None:
    file = read(
        "pyproject.toml",
        """\
[project]
name = "app"
dynamic = ["version"]
dependencies = ["lib", "flask"]
[tool.poetry.dependencies]
lib = {path = "../lib"}
""",
    )
    assert declared(file) == ["4 lib @ path ../lib", "4 flask"]


def test_poetrys_table_counts_where_the_project_leaves_it_dynamic() -> None:
    file = read(
        "pyproject.toml",
        "[project]\nname='a'\ndynamic=['dependencies']\n[tool.poetry.dependencies]\nflask='*'\n",
    )
    assert declared(file) == ["5 flask"]
    assert file.dynamic == ()


def test_lock_of_the_first_format() -> None:
    file = lock(
        "poetry.lock",
        """\
[[package]]
name = "Requests"
version = "2.0"
category = "main"
optional = true

[package.dependencies]
urllib3 = ">=1.21"
PySocks = {version = ">=1.5", optional = true, markers = "extra == \\"socks\\""}
multi = [
    {version = "<2", markers = "python_version < \\"3.8\\""},
    {version = ">=2", markers = "python_version >= \\"3.8\\""},
]

[package.extras]
socks = ["PySocks (>=1.5)"]

[[package]]
name = "local"
version = "0"
category = "dev"
optional = false

[package.source]
type = "directory"
url = "../local"

[extras]
Web = ["requests"]

[metadata]
lock-version = "1.1"
python-versions = "^3.8"
content-hash = "abc"

[metadata.files]
Requests = [
    {file = "requests-2.0-py3-none-any.whl", hash = "sha256:00"},
    {file = "requests-2.0.tar.gz", hash = "sha256:00"},
]
""",
    )
    requests, local = file.packages
    assert (requests.name, requests.version, requests.location.line) == ("requests", "2.0", 1)
    assert (requests.groups, requests.optional) == ((), True)
    assert requests.wheels == ("requests-2.0-py3-none-any.whl",)
    assert edges(requests) == {
        "": ["urllib3", 'multi; python_version < "3.8"', 'multi; python_version >= "3.8"'],
        "extra:socks": ["pysocks"],
    }
    assert (local.groups, local.source, local.path, local.location.line) == ((), "path", "../local", 18)
    assert file.extras == {"web": ("requests",)}
    assert (file.python, file.content_hash) == ("<4.0,>=3.8", "abc")


def test_lock_with_groups_and_markers() -> None:
    file = lock(
        "poetry.lock",
        """\
[[package]]
name = "a"
version = "1"
optional = false
groups = ["main", "dev"]
markers = {main = "sys_platform == 'win32'"}
files = [{file = "a-1-py3-none-any.whl", hash = "x"}]

[[package]]
name = "b"
version = "1"
groups = ["dev"]
markers = "python_version < '3.12'"
""",
    )
    a, b = file.packages
    assert a.groups == ("dev", "main")
    assert (a.marker, a.group_markers) == ("", {"main": 'sys_platform == "win32"'})
    assert a.wheels == ("a-1-py3-none-any.whl",)
    assert b.marker == 'python_version < "3.12"'
