from tests.parse.requirements.shown import declared, included, read


def test_project_table() -> None:
    file = read(
        "api/pyproject.toml",
        """\
[project]
name = "My_App"
version = "1.2"
requires-python = ">=3.11"
dependencies = [
    "flask>=3",  # web
    "tomli; python_version < '3.11'",
    "local @ file:///srv/local", "far @ git+https://host/far",
    "not a requirement",
]

[project.optional-dependencies]
Cloud_Storage = ["boto3[crt]"]
all = ["my-app[cloud-storage]"]
""",
    )
    assert declared(file) == [
        "6 flask>=3",
        '7 tomli; python_version < "3.11"',
        "8 local @ path /srv/local",
        "8 far @ git git+https://host/far",
        "13 extra:cloud-storage boto3[crt]",
    ]
    assert included(file) == ["14 extra:all < extra:cloud-storage"]
    assert (file.name, file.version, file.python) == ("my-app", "1.2", ">=3.11")
    assert file.python_location is not None
    assert (file.python_location.line, file.python_location.text) == (4, 'requires-python = ">=3.11"')
    assert [location.line for _, location in file.problems] == [9]
    assert file.sections == ("", "extra:cloud-storage", "extra:all")


def test_groups() -> None:
    file = read(
        "pyproject.toml",
        """\
[dependency-groups]
Test = ["pytest"]
dev = [
  {include-group = "test"},
  "ruff",
]
""",
    )
    assert declared(file) == ["2 group:test pytest", "5 group:dev ruff"]
    assert included(file) == ["4 group:dev < group:test"]
    assert file.defaults == ("dev",)


def test_dynamic_dependencies_from_files() -> None:
    setuptools = read(
        "pyproject.toml",
        """\
[project]
dynamic = ["dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
dependencies = {file = ["requirements.txt", "more.txt"]}
optional-dependencies.dev = {file = "dev.txt"}
""",
    )
    assert included(setuptools) == ["4  < requirements.txt", "4  < more.txt", "5 extra:dev < dev.txt"]
    assert setuptools.dynamic == ()
    hatch = read(
        "pyproject.toml",
        """\
[project]
dynamic = ["dependencies", "optional-dependencies"]
[tool.hatch.metadata.hooks.requirements_txt]
files = ["requirements.txt"]
""",
    )
    assert included(hatch) == ["4  < requirements.txt"]
    assert hatch.dynamic == ("extra:*",)
    assert read("pyproject.toml", "project.dynamic = ['version', 'dependencies']").dynamic == ("",)


def test_uv() -> None:
    file = read(
        "pyproject.toml",
        """\
[project]
name = "app"
dependencies = ["core", "fork", "wheel-of", "tool", "plain"]
[dependency-groups]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["pytest"]
default-groups = ["lint"]
constraint-dependencies = ["urllib3<2"]
[tool.uv.sources]
core = { workspace = true }
fork = { git = "https://host/fork", rev = "abc" }
"wheel_of" = { url = "https://host/w.whl" }
tool = { path = "../tool", editable = true }
plain = { index = "internal" }
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
[[tool.uv.index]]
url = "https://host/simple"
[[tool.uv.index]]
url = "https://host/torch"
explicit = true
""",
    )
    assert declared(file) == [
        "3 core @ project",
        "3 fork @ git git+https://host/fork",
        "3 wheel-of @ url https://host/w.whl",
        "3 -e tool @ path ../tool",
        "3 plain",
        "5 group:lint ruff",
        "7 group:dev pytest",
        "9 constraint urllib3<2",
    ]
    assert file.defaults == ("lint",)
    assert file.members == ("packages/*", "!packages/old")
    assert file.index_options == ("--extra-index-url https://host/simple",)


def test_uv_may_install_every_group_by_default() -> None:
    text = "[dependency-groups]\na = []\nb = ['x']\n[tool.uv]\ndefault-groups = 'all'\n"
    assert read("pyproject.toml", text).defaults == ("a", "b")


def test_pdm_installs_every_group_by_default() -> None:
    file = read(
        "pyproject.toml",
        "[dependency-groups]\ndocs = ['sphinx']\n[tool.pdm.dev-dependencies]\ntest = ['pytest', '-e file:///${PROJECT_ROOT}/sub#egg=sub']\n",
    )
    assert declared(file) == [
        "2 group:docs sphinx",
        "4 group:test pytest",
        "4 group:test -e sub @ path /${PROJECT_ROOT}/sub",
    ]
    assert file.defaults == ("docs", "test")


def test_a_broken_file_says_its_line() -> None:
    file = read("pyproject.toml", "[project]\nname = \n")
    assert [location.line for _, location in file.problems] == [2]
    assert not file.declarations


def test_values_of_the_wrong_type_are_passed_over() -> None:
    text = """\
[project]
name = 1
dependencies = {a = 1}
optional-dependencies = ["x"]
dynamic = "dependencies"
[dependency-groups]
a = 3
b = [{include-group = 1}, 4]
[tool]
poetry = "x"
pdm = []
uv = {sources = {a = []}, workspace = 1, dev-dependencies = "x", index = [1]}
"""
    file = read("pyproject.toml", text)
    assert not file.declarations
    assert not file.problems
