"""Why a distribution is missing, and which line comes first: the one to change."""

from __future__ import annotations

import msgspec
import pytest

from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration
from paritycheck.model.snapshot import Origin, Snapshot
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.judging.absence import explain_absence
from paritycheck.predict.judging.declarations import Declarations, read_declarations
from paritycheck.predict.judging.supply import Supply
from paritycheck.predict.selecting.selection import Installation, Selected, Selection, Skipped

SITE = "usr/local/lib/python3.12/site-packages"
RUN = Location("Containerfile", 4, "RUN install")
PROJECT = """\
[project]
name = "shop"
dependencies = [
    "flask",
]
[project.optional-dependencies]
api = ["fastapi", "httpx"]
worker = [
    "celery",
    "redis",
]
[dependency-groups]
dev = ["pytest"]
"""


def declarations(**files: str) -> Declarations:
    """Read the files of a checkout; ``_`` in a name stands for a dot, ``__`` for a slash."""
    texts = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    tree = FileTree(FileEntry(path, "file") for path in texts)
    return read_declarations(Snapshot(Origin("checkout", "."), tree, {}, texts, {}))


def install(
    command: str,
    *files: str,
    selected: tuple[str, ...] = (),
    skipped: tuple[Skipped, ...] = (),
    site: str = SITE,
    forgiven: bool = False,
) -> Installation:
    """Return an installer command as the build ran it."""
    chosen = tuple(Selected(name) for name in selected)
    return Installation(
        RUN, command, site, "usr/local", Selection(chosen, skipped), forgiven=forgiven, files=files
    )


def left_out(declared: Declarations, name: str, remedy: str = "") -> tuple[Skipped, ...]:
    """Return what an installer says of every declaration of ``name``: not selected."""
    return tuple(
        Skipped(each, "extra" if each.section.startswith("extra") else "group", "not selected", remedy)
        for each in declared.of(name)
    )


def test_a_command_without_extras_is_the_line_to_change() -> None:
    declared = declarations(pyproject_toml=PROJECT)
    sync = install(
        "uv sync --frozen", "pyproject.toml", skipped=left_out(declared, "httpx", "add `--extra api`")
    )
    absence = explain_absence("httpx", Supply(declared, (sync,), (SITE,)))
    assert (absence.kind, absence.locations[0]) == ("not-selected", RUN)
    assert absence.hint == "add `--extra api` at Containerfile:4"


@pytest.mark.parametrize(
    "command", ["uv sync --extra worker", "poetry install -E worker", "pip install .[worker]"]
)
def test_a_command_that_names_an_extra_leaves_the_extra_to_be_changed(command: str) -> None:
    declared = declarations(pyproject_toml=PROJECT)
    sync = install(command, "pyproject.toml", skipped=left_out(declared, "httpx", "add `--extra api`"))
    absence = explain_absence("httpx", Supply(declared, (sync,), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("not-selected", "pyproject.toml:10")
    assert absence.hint == "add `httpx` to the extra worker at pyproject.toml:10"


def test_a_marker() -> None:
    text = 'tomli; python_version < "3.11"\n'
    declared = declarations(requirements_txt=text)
    skipped = Skipped(declared.of("tomli")[0], "marker", "python_version is 3.12")
    pip = install("pip install -r requirements.txt", "requirements.txt", skipped=(skipped,))
    absence = explain_absence("tomli", Supply(declared, (pip,), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("marker", "requirements.txt:1")


def test_a_file_that_nobody_installs() -> None:
    declared = declarations(requirements_txt="flask\nredis\n", requirements__dev_txt="httpx\n")
    pip = install("pip install -r requirements.txt", "requirements.txt", selected=("flask", "redis"))
    absence = explain_absence("httpx", Supply(declared, (pip,), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("not-selected", "requirements.txt:2")
    assert absence.hint == "add `httpx` to requirements.txt"


def test_what_only_developers_get_is_declared_in_the_wrong_place() -> None:
    declared = declarations(pyproject_toml=PROJECT)
    sync = install("uv sync --no-dev", skipped=left_out(declared, "pytest", "drop `--no-dev`"))
    absence = explain_absence("pytest", Supply(declared, (sync,), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("not-selected", "pyproject.toml:13")
    assert absence.locations[1] == RUN
    assert absence.hint == "move `pytest` from group dev of pyproject.toml to what is always installed"


def test_what_the_lock_lacks() -> None:
    declared = declarations(Pipfile='[packages]\nhttpx = "*"\n')
    skipped = Skipped(declared.of("httpx")[0], "unlocked", "Pipfile.lock lacks it", "lock the project anew")
    sync = install("pipenv sync", "Pipfile", skipped=(skipped,))
    absence = explain_absence("httpx", Supply(declared, (sync,), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("not-selected", "Pipfile:2")
    assert absence.reason == "Pipfile declares it, and Pipfile.lock lacks it"
    assert absence.hint == "lock the project anew"


def test_a_list_on_the_command_line() -> None:
    declared = declarations(requirements_txt="flask\nhttpx\n")
    pip = install("pip install flask", selected=("flask",))
    absence = explain_absence("httpx", Supply(declared, (pip,), (SITE,)))
    assert (absence.kind, absence.locations[0]) == ("not-selected", RUN)
    assert absence.hint == "add `httpx` to the command at Containerfile:4"


def test_undeclared_belongs_into_the_file_that_is_nearest_to_the_importer() -> None:
    declared = declarations(requirements_txt="flask\n", api__requirements_txt="fastapi\n")
    both = install(
        "pip install -r requirements.txt -r api/requirements.txt", "requirements.txt", "api/requirements.txt"
    )
    supply = Supply(declared, (both,), (SITE,))
    assert str(explain_absence("httpx", supply, "api/main.py").locations[0]) == "api/requirements.txt:1"
    assert str(explain_absence("httpx", supply, "main.py").locations[0]) == "requirements.txt:1"


def test_another_environment() -> None:
    declared = declarations(requirements_txt="flask\n")
    site = "app/.venv/lib/python3.12/site-packages"
    sync = install("uv sync", "requirements.txt", selected=("flask",), site=site)
    absence = explain_absence("flask", Supply(declared, (sync,), (SITE,)))
    assert (absence.kind, absence.locations[0]) == ("elsewhere", RUN)
    assert f"/{site}" in absence.reason


def test_a_failure_that_goes_unnoticed() -> None:
    declared = declarations(requirements_txt="flask\n")
    pip = install("pip install flask || true", selected=("flask",), forgiven=True)
    absence = explain_absence("flask", Supply(declared, (pip,), (SITE,)))
    assert (absence.kind, absence.locations[0]) == ("missing", RUN)
    assert "unnoticed" in absence.reason


def test_a_context_below_the_root() -> None:
    declared = declarations(shop__requirements_txt="flask\n")
    line = Location("requirements.txt", 1)
    skipped = Skipped(Declaration("httpx", line, marker="x"), "marker", "no")
    pip = install("pip install -r requirements.txt", "requirements.txt", skipped=(skipped,))
    supply = Supply(declared, (pip,), (SITE,), "shop")
    assert explain_absence("httpx", supply).locations[0].path == "shop/requirements.txt"
    assert explain_absence("redis", supply).locations[0].path == "shop/requirements.txt"
    both = declarations(requirements_txt="django\nhttpx\n", shop__requirements_txt="flask\nhttpx\n")
    supply = Supply(both, (pip,), (SITE,), "shop")
    assert explain_absence("httpx", supply).locations[0].path == "shop/requirements.txt"
    assert [str(line) for line in supply.declared_at("httpx")] == ["shop/requirements.txt:2"]


def test_nothing_is_known_to_install() -> None:
    absence = explain_absence("httpx", Supply(declarations(), (), (SITE,)))
    assert (absence.kind, absence.locations) == ("missing", ())


@pytest.mark.parametrize(
    ("forgiven", "lasting", "actual", "words", "hint"),
    [
        (True, False, True, "failure goes unnoticed", "Let the build fail where this installation fails."),
        (False, True, True, "this image was built otherwise", "Build the image anew from this checkout."),
        (
            *(False, True, False, "interpreter that is started does not find it"),
            "Start the interpreter that Containerfile:4 installs for.",
        ),
        (False, False, True, "a later step takes it away", "Keep what Containerfile:4 installs."),
    ],
)
def test_selected_where_the_interpreter_looks_and_not_there(
    forgiven: bool, lasting: bool, actual: bool, words: str, hint: str
) -> None:
    command = install("pip install flask", selected=("flask",), forgiven=forgiven)
    there = (Distribution("Flask", "3.0.0", "/" + SITE),) if lasting else ()
    absence = explain_absence(
        "flask", Supply(Declarations(), (command,), (SITE,), lasting=there, actual=actual)
    )
    assert (absence.kind, absence.locations, absence.hint) == ("missing", (RUN,), hint)
    assert words in absence.reason


def test_declared_and_nothing_that_is_built_installs() -> None:
    absence = explain_absence("flask", Supply(declarations(pyproject_toml=PROJECT), (), (SITE,)))
    assert (absence.kind, str(absence.locations[0])) == ("not-selected", "pyproject.toml:4")
    assert absence.hint == "Install what pyproject.toml declares in the stage that is built."


def test_what_a_step_needs_may_be_installed_only_afterwards() -> None:
    command = install("pip install flask", selected=("flask",))
    there = (Distribution("Flask", "3.0.0", "/" + SITE),)
    supply = Supply(Declarations(), (command,), (SITE,), lasting=there, moment=Location("Containerfile", 3))
    absence = explain_absence("flask", supply)
    assert absence.reason == "Containerfile:4 installs it only later: `pip install flask`"
    assert absence.hint.startswith("Move Containerfile:3 behind Containerfile:4")
    after = msgspec.structs.replace(supply, moment=Location("Containerfile", 5))
    assert "only later" not in explain_absence("flask", after).reason


@pytest.mark.parametrize(
    ("path", "expected"),
    [("Containerfile", "Containerfile"), ("requirements.txt", "app/requirements.txt"), ("/etc/x", "/etc/x")],
)
def test_lines_of_the_containerfile_are_no_lines_of_the_context(path: str, expected: str) -> None:
    supply = Supply(declarations(), (install("pip install flask"),), (SITE,), "app")
    assert supply.rooted(Location(path, 1)).path == expected
