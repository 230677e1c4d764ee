"""Installing the project itself: which of its files end up on a second road, and what the build lacks."""

from __future__ import annotations

import pytest

from paritycheck.model.tree import FileTree
from paritycheck.predict.building.request import Prediction
from paritycheck.predict.running.installsites import predicted_environment
from tests.predict.test_running import run

SITE = "usr/local/lib/python3.12/site-packages/"
HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
POETRY = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
FLIT = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
PDM = '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
UV = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
ODD = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
NAMED = '[project]\nname = "my-app"\nversion = "1"\n'
FLAT = "my_app/__init__.py my_app/core.py my_app/data/x.json my_app/sub/__init__.py"
SRC = " ".join(f"src/{path}" for path in FLAT.split())


def install(paths: str, texts: dict[str, str], *steps: str, base: str = "python:3.12") -> Prediction:
    """Predict ``pip install .`` (or ``steps``) of a project with these empty files and these texts."""
    return run(*(steps or ("pip install .",)), files={**dict.fromkeys(paths.split(), ""), **texts}, base=base)


def installed(prediction: Prediction, below: str = SITE) -> str:
    """Return the files in the site directory, without the metadata of distributions."""
    found = (
        e.path.removeprefix(below)
        for e in prediction.tree
        if e.kind == "file" and e.path.startswith(below) and ".dist-info/" not in e.path
    )
    return " ".join(sorted(found))


def search_path(prediction: Prediction) -> list[str]:
    """Return the predicted search path."""
    tree: FileTree = prediction.tree

    def read(path: str) -> bytes | None:
        entry = tree.find(path)
        return prediction.inline.get(entry.digest) if entry is not None else None

    environment = predicted_environment(tree, read, prediction.config)
    return [entry.path for entry in environment.sys_path] + [
        f"{e.name}={e.path}" for e in environment.editables
    ]


@pytest.mark.parametrize(
    ("paths", "pyproject", "expected"),
    [
        # setuptools
        (FLAT, NAMED, "my_app/__init__.py my_app/core.py my_app/sub/__init__.py"),
        (SRC, NAMED, "my_app/__init__.py my_app/core.py my_app/sub/__init__.py"),
        (f"{FLAT} tests/t.py docs/conf.py setup.py", NAMED, ""),
        (
            f"{FLAT} tests/t.py docs/conf.py",
            NAMED,
            "my_app/__init__.py my_app/core.py my_app/sub/__init__.py",
        ),
        (f"{FLAT} other/x.py", NAMED, ""),
        ("tool.py conftest.py", NAMED, "tool.py"),
        (FLAT, NAMED + '[tool.setuptools]\npackages = ["my_app"]\n', "my_app/__init__.py my_app/core.py"),
        (
            FLAT,
            NAMED + '[tool.setuptools]\npackages = ["my_app"]\npackage-data = {"*" = ["**/*.json"]}\n',
            "my_app/__init__.py my_app/core.py my_app/data/x.json",
        ),
        (
            "lib/a/__init__.py lib/b/__init__.py",
            NAMED + '[tool.setuptools.packages.find]\nwhere = ["lib"]\nexclude = ["b*"]\n',
            "a/__init__.py",
        ),
        (
            "code/x.py one.py",
            NAMED + '[tool.setuptools]\npackages = ["p"]\npy-modules = ["one"]\npackage-dir = {p = "code"}\n',
            "one.py p/x.py",
        ),
        # hatchling
        (FLAT, HATCH + NAMED, FLAT),
        (SRC, HATCH + NAMED, FLAT),
        ("my_app.py", HATCH + NAMED, "my_app.py"),
        (
            "backend/app/m.py backend/x.py",
            HATCH + NAMED + '[tool.hatch.build.targets.wheel]\npackages = ["backend/app"]\n',
            "app/m.py",
        ),
        (
            "a/m.py b/n.py c.py",
            HATCH + NAMED + '[tool.hatch.build]\ninclude = ["a/*.py", "/c.py"]\n',
            "a/m.py c.py",
        ),
        (
            "a/m.py a/t/n.py",
            HATCH + NAMED + '[tool.hatch.build.targets.wheel]\nonly-include = ["a"]\nexclude = ["a/t"]\n',
            "a/m.py",
        ),
        (
            f"{FLAT} conf/x.toml",
            HATCH + NAMED + '[tool.hatch.build.targets.wheel.force-include]\n"conf" = "my_app/conf"\n',
            "my_app/conf/x.toml",
        ),
        # the others
        (FLAT, POETRY + '[tool.poetry]\nname = "my-app"\n', FLAT),
        (SRC, POETRY + '[tool.poetry]\nname = "my-app"\n', FLAT),
        (
            "lib/a/m.py b/n.py",
            POETRY
            + '[tool.poetry]\nname = "z"\npackages = [{include="a", from="lib"}, {include="b", to="c"}]\n',
            "a/m.py c/b/n.py",
        ),
        (SRC, FLIT + NAMED, FLAT),
        (FLAT + " tests/__init__.py", PDM + NAMED, FLAT),
        (SRC, UV + NAMED, FLAT),
        (
            "code/x/__init__.py",
            UV + NAMED + '[tool.uv.build-backend]\nmodule-root = "code"\nmodule-name = "x"\n',
            "x/__init__.py",
        ),
    ],
)
def test_what_backends_install(paths: str, pyproject: str, expected: str) -> None:
    assert installed(install(paths, {"pyproject.toml": pyproject})) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("setup(name='x', packages=find_packages())", "a/__init__.py a/b/__init__.py"),
        ("setup(name='x', packages=find_packages(exclude=['a.*']))", "a/__init__.py"),
        ("setup(name='x', packages=find_packages('lib'), package_dir={'': 'lib'})", "c/__init__.py"),
        ("P = ['a']\nsetup(name='x', packages=P + ['a.b'])", "a/__init__.py a/b/__init__.py"),
        ("setup(name='x', py_modules=['m'])", "m.py"),
    ],
)
def test_literal_setup_scripts(script: str, expected: str) -> None:
    paths = "a/__init__.py a/b/__init__.py lib/c/__init__.py m.py"
    found = install(paths, {"setup.py": f"from setuptools import *\n{script}\n"})
    assert installed(found) == expected


def test_setup_config() -> None:
    text = "[options]\npackages = find:\npackage_dir =\n  = lib\n[options.packages.find]\nwhere = lib\n"
    found = install(
        "lib/c/__init__.py d/__init__.py",
        {"setup.cfg": text, "setup.py": "from setuptools import setup\nsetup()\n"},
    )
    assert installed(found) == "c/__init__.py"


@pytest.mark.parametrize(
    "texts",
    [
        {"setup.py": "from setuptools import setup\nsetup(packages=find())\n"},
        {"setup.py": "from setuptools import setup\nsetup(**read())\n"},
        {"setup.py": "this is no Python\n"},
        {"pyproject.toml": ODD},
    ],
)
def test_what_cannot_be_told_is_unknown_in_the_site_directory(texts: dict[str, str]) -> None:
    found = install(FLAT, texts)
    assert [part.path for part in found.unknown if part.brings == "anything"] == [SITE.rstrip("/")]


def test_a_backend_that_nobody_knows_packs_its_own_project_and_nothing_else() -> None:
    found = install("python/fast/__init__.py", {"pyproject.toml": ODD + NAMED})
    unknown = {part.path.removeprefix(SITE) for part in found.unknown if part.brings == "anything"}
    assert unknown == {"my_app", "fast", "python", "__init__"}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("pip install --no-cache-dir -e .[dev]",), [SITE[:-1], "my_app=/w/my_app"]),
        (("pip install --target /lib/x .",), []),
        (("pip install --prefix=/p .",), ["p/lib/python3.12/site-packages"]),
        (("pip install --user .",), ["root/.local/lib/python3.12/site-packages"]),
        (("python -m venv /v", "/v/bin/pip install ."), ["v/lib/python3.12/site-packages"]),
        (("python -Imvenv /v", "/v/bin/python -mpip install ."), ["v/lib/python3.12/site-packages"]),
        (("python -m venv /v", ". /v/bin/activate && pip install ."), ["v/lib/python3.12/site-packages"]),
        (("pip wheel . -w /wheels && pip install /wheels/*.whl",), [SITE[:-1]]),
        (("python -m build && pip install dist/*.whl",), [SITE[:-1]]),
        (("hatch build -t wheel && pip install dist/*-cp*",), [SITE[:-1]]),
        (("python setup.py sdist bdist_wheel", "pip install dist/*.tar.gz"), [SITE[:-1]]),
        (("python -m build", "pip install dist/my_app-1.0.tar.gz"), [SITE[:-1]]),
        (("uv build", "uv pip install --system 'my-app[web]@dist/my_app-1.0-py3-none-any.whl'"), [SITE[:-1]]),
        (("python -m build --wheel", "pip install dist/my_app-1.0-py3-none-any.whl"), [SITE[:-1]]),
        (("uv pip install --system .",), [SITE[:-1]]),
        (("uv venv && uv pip install .",), ["w/.venv/lib/python3.12/site-packages"]),
        (("uv sync --no-dev --no-editable",), ["w/.venv/lib/python3.12/site-packages"]),
        (("uv sync",), ["w/.venv/lib/python3.12/site-packages", "my_app=/w/my_app"]),
        (("uv sync --no-install-project",), []),
        (("UV_PROJECT_ENVIRONMENT=/v uv sync --no-editable",), ["v/lib/python3.12/site-packages"]),
        (("poetry config virtualenvs.create false", "poetry install"), [SITE[:-1], "my_app=/w/my_app"]),
        (
            ("poetry install --no-root",),
            ["root/.cache/pypoetry/virtualenvs/my-app-py3/lib/python3.12/site-packages"],
        ),
        (("pdm install --prod --no-editable",), ["w/.venv/lib/python3.12/site-packages"]),
        (("python setup.py develop",), [SITE[:-1], "my_app=/w/my_app"]),
        (("pip install requests",), [SITE[:-1]]),
        (("pip install git+https://example.org/x.git",), []),
    ],
)
def test_where_installs_go(steps: tuple[str, ...], expected: list[str]) -> None:
    pyproject = '[build-system]\nrequires = ["setuptools"]\n' + NAMED + "[tool.poetry]\n"
    found = install(
        FLAT, {"pyproject.toml": pyproject, "setup.py": "from setuptools import setup\nsetup()\n"}, *steps
    )
    assert search_path(found) == [e if "=" in e else f"/{e}" for e in expected]


def test_requirements_files_name_projects() -> None:
    texts = {
        "requirements/all.txt": "requests==2  # x\n-r more.txt\n-e ./libs/pay\n",
        "requirements/more.txt": "--index-url https://example.org\n.\n",
        "pyproject.toml": NAMED,
        "libs/pay/setup.py": "from setuptools import setup\nsetup(name='pay', py_modules=['pay'])\n",
    }
    found = install(SRC + " libs/pay/pay.py", texts, "pip install -qr requirements/all.txt")
    assert "my_app/core.py" in installed(found)
    assert search_path(found) == ["/" + SITE[:-1], "pay=/w/libs/pay/pay"]


def test_members_of_a_uv_workspace() -> None:
    build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    texts = {
        "pyproject.toml": NAMED + 'dependencies = ["one"]\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        "[tool.uv.sources]\none = { workspace = true }\n",
        "packages/one/pyproject.toml": build + '[project]\nname = "one"\ndependencies = ["two"]\n'
        '[tool.uv.sources]\ntwo = { path = "../../two" }\n',
        "packages/other/pyproject.toml": build + '[project]\nname = "other"\n',
        "two/pyproject.toml": build + '[project]\nname = "two"\n',
    }
    paths = "packages/one/one/__init__.py packages/other/other/__init__.py two/two/__init__.py"
    found = install(paths, texts, "uv sync --frozen")
    assert search_path(found) == ["/w/.venv/lib/python3.12/site-packages", "/w/packages/one"]
    assert installed(found, "w/.venv/lib/python3.12/site-packages/two/") == "__init__.py"


@pytest.mark.parametrize(("setting", "expected"), [("", ["one=/w/one/one"]), ("false", [])])
def test_uv_packs_what_another_requires_without_a_build_system(setting: str, expected: list[str]) -> None:
    texts = {
        "pyproject.toml": NAMED + 'dependencies = ["one"]\n[tool.uv.workspace]\nmembers = ["one", "two"]\n'
        "[tool.uv.sources]\none = { workspace = true }\n",
        "one/pyproject.toml": '[project]\nname = "one"\n'
        + (f"[tool.uv]\npackage = {setting}\n" if setting else ""),
        "two/pyproject.toml": '[project]\nname = "two"\n',
    }
    found = install("one/one/__init__.py two/two/__init__.py", texts, "uv sync")
    assert [entry for entry in search_path(found) if "=" in entry] == expected


@pytest.mark.parametrize(
    ("paths", "texts", "steps", "expected"),
    [
        (
            FLAT,
            {"pyproject.toml": HATCH + NAMED + 'readme = "README.md"\n'},
            (),
            "README.md pyproject.toml:7",
        ),
        (FLAT, {"pyproject.toml": NAMED + 'readme = "README.md"\n'}, (), ""),
        (
            FLAT,
            {"pyproject.toml": HATCH + NAMED + 'license = {file = "LICENSE"}\n'},
            (),
            "LICENSE pyproject.toml:7",
        ),
        ("", {"pyproject.toml": HATCH + NAMED}, (), "my_app/__init__.py pyproject.toml:5"),
        (
            FLAT,
            {"pyproject.toml": POETRY + '[tool.poetry]\nname = "my-app"\nreadme = "R"\n'},
            (),
            "R pyproject.toml:6",
        ),
        (
            FLAT,
            {"pyproject.toml": POETRY + '[tool.poetry]\nname = "my-app"\nreadme = "R"\n'},
            ("poetry install --no-root",),
            "",
        ),
        (
            FLAT,
            {"setup.py": "from setuptools import setup\nsetup(long_description=open('R').read())\n"},
            (),
            "R setup.py:2",
        ),
        (
            FLAT,
            {"setup.py": "from setuptools import *\nif path.exists('R'):\n  open('R')\nsetup()\n"},
            (),
            "",
        ),
        ("", {"setup.py": "from setuptools import setup\nsetup(packages=['q'])\n"}, (), "q setup.py:2"),
        ("x.py", {}, (), "pyproject.toml Containerfile:4"),
        ("x.py", {}, ("uv sync --frozen",), "pyproject.toml Containerfile:4"),
        (FLAT, {"pyproject.toml": NAMED}, ("uv sync --locked",), "uv.lock Containerfile:4"),
    ],
)
def test_what_an_install_fails_without(
    paths: str, texts: dict[str, str], steps: tuple[str, ...], expected: str
) -> None:
    found = install(paths, texts, *steps).missing_files[:1]
    assert (
        " ".join(f"{m.path.removeprefix('w/')} {m.needed_by.path}:{m.needed_by.line}" for m in found)
        == expected
    )


WHEEL_OF_PACKAGES = HATCH + NAMED + '[tool.hatch.build.targets.wheel]\npackages = ["my_app", "src/other"]\n'


def test_hatchling_passes_over_packages_that_are_not_there() -> None:
    found = install("my_app/m.py", {"pyproject.toml": WHEEL_OF_PACKAGES}, "pip install -e .")
    assert [(each.path, each.silent) for each in found.missing_files] == [("w/src/other", True)]
    assert search_path(found) == ["/" + SITE[:-1], "/w"]
    # An editable install that found nothing leads nowhere, also when the package comes later.
    assert "/w" not in search_path(install("x", {"pyproject.toml": WHEEL_OF_PACKAGES}, "pip install -e ."))


SCRIPT = "from setuptools import setup, find_packages\nsetup(name='my-app', packages=find_packages())\n"


@pytest.mark.parametrize(
    ("base", "texts", "leads"),
    [
        ("python:3.11", {"setup.py": SCRIPT}, True),
        ("python:3.12", {"setup.py": SCRIPT}, False),
        ("python:3.11", {"setup.py": SCRIPT, "pyproject.toml": ""}, False),
    ],
)
def test_an_editable_install_of_the_old_kind_leads_to_packages_that_come_later(
    base: str, texts: dict[str, str], leads: bool
) -> None:
    assert ("/w" in search_path(install("", texts, "pip install -e .", base=base))) is leads


@pytest.mark.parametrize(
    ("head", "silent"),
    [
        ("poetry install", False),
        ("pip install poetry==2.1.1 && poetry install", False),
        ("pip install poetry==1.8.3 && poetry install", True),
        ("export POETRY_VERSION=1.3.1 && poetry install", True),
    ],
)
def test_poetry_before_2_only_warns(head: str, silent: bool) -> None:
    found = install("x", {"pyproject.toml": POETRY + '[tool.poetry]\nname = "my-app"\n'}, head)
    assert [each.silent for each in found.missing_files] == [silent]


def test_setuptools_takes_modules_outside_its_packages_as_data_of_a_version_control() -> None:
    build = '[build-system]\nrequires = ["setuptools_scm"]\nbuild-backend = "setuptools.build_meta"\n'
    choice = '[tool.setuptools.packages.find]\ninclude = ["my_app"]\n'
    texts = {"pyproject.toml": build + NAMED + choice}
    assert "my_app/sub/__init__.py" in installed(install(FLAT, texts))
    assert "my_app/sub/__init__.py" not in installed(install(FLAT, {"pyproject.toml": NAMED + choice}))


def test_console_scripts_are_written() -> None:
    texts = {"pyproject.toml": NAMED + '[project.scripts]\nserve = "my_app.core:main"\n'}
    entry = install(FLAT, texts, "python -m venv /v", "/v/bin/pip install .").tree.find("v/bin/serve")
    assert entry is not None
    assert entry.mode & 0o111


def test_a_wheel_that_nobody_has_may_bring_anything() -> None:
    found = install("x", {}, "pip install dist/my_app-1-py3-none-any.whl")
    assert any(part.path == SITE[:-1] and part.brings == "anything" for part in found.unknown)
