"""Commands by name: Makefile, justfile, tasks of pyproject.toml."""

import pytest

from paritycheck.parse.command.taskfiles import MARK, read_justfile, read_makefile, read_project_task

MAKEFILE = """\
PYTHON ?= python
PORT := 80  # of the server
NAME = app.$(KIND)
KIND = web
.PHONY: run all
all: build run
build:
\t@echo building
run: build  ## Run it
\t$(PYTHON) -m $(NAME) \\
\t  --port ${PORT}
\t-echo $$HOME $(shell date)
one two: ; echo both
"""


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("build", ["echo building"]),
        ("run", ["echo building", "python -m app.web  --port 80", f"echo $HOME {MARK}"]),
        ("", ["echo building", "echo building", "python -m app.web  --port 80", f"echo $HOME {MARK}"]),
        ("two", ["echo both"]),
        ("none", None),
    ],
)
def test_makefile(goal: str, expected: list[str] | None) -> None:
    found = read_makefile(MAKEFILE, goal, {}, {})
    lines = None if found is None else [line[2:] for line in found.splitlines() if line != ")"]
    assert lines == (None if expected is None else expected)


def test_which_variable_wins() -> None:
    found = read_makefile(MAKEFILE, "run", {"PYTHON": "pypy3", "PORT": "1"}, {"KIND": "x"})
    assert found is not None
    assert "pypy3 -m app.x  --port 80" in found


def test_rules_that_need_each_other_end() -> None:
    assert read_makefile("a: b\n\techo a\nb: a\n\techo b\n", "a", {}, {}) is not None
    assert read_makefile("A = $(B)\nB = $(A)\nx:\n\techo $(A)\n", "x", {}, {}) is not None


JUSTFILE = """\
set dotenv-load
port := "80"
other := env("X")

# the server
run host="0": build
    @python -m app --port {{port}} --host {{ host }}
build:
    echo build {{other}}
"""


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("run", f"( echo build {MARK}\n)\n( python -m app --port 80 --host {MARK}\n)"),
        ("build", f"( echo build {MARK}\n)"),
        ("none", None),
    ],
)
def test_justfile(goal: str, expected: str | None) -> None:
    assert read_justfile(JUSTFILE, goal) == expected


TASKS = """
[tool.poe.tasks]
plain = "python -m app"
cmd = { cmd = "python app.py" }
shell.shell = "cd x && python y.py"
script.script = "pkg.mod:run(debug=True)"
all = ["plain", { cmd = "echo done" }]
many.sequence = ["cmd", "plain"]
odd = { expr = "1 + 1" }
[tool.pdm.scripts]
start = { call = "pkg.mod:run" }
both = { composite = ["start", "echo x"] }
[tool.hatch.envs.default.scripts]
serve = ["echo one", "python app.py"]
"""


@pytest.mark.parametrize(
    ("tool", "name", "expected"),
    [
        ("poe", "plain", "python -m app"),
        ("poe", "cmd", "python app.py"),
        ("poe", "shell", "cd x && python y.py"),
        ("poe", "script", "python -c 'from pkg.mod import run'"),
        ("poe", "all", "( python -m app\n)\n( echo done\n)"),
        ("poe", "many", "( python app.py\n)\n( python -m app\n)"),
        ("poe", "odd", None),
        ("poe", "none", None),
        ("pdm", "start", "python -c 'from pkg.mod import run'"),
        ("pdm", "both", "( python -c 'from pkg.mod import run'\n)\n( echo x\n)"),
        ("hatch", "serve", "( echo one\n)\n( python app.py\n)"),
        ("rye", "serve", None),
    ],
)
def test_tasks_of_a_project(tool: str, name: str, expected: str | None) -> None:
    assert read_project_task(TASKS, tool, name) == expected


@pytest.mark.parametrize("text", ["[tool", "tool = 1", "[tool]\npoe = 2", '[tool.poe.tasks]\na = ["a"]'])
def test_odd_projects_end(text: str) -> None:
    assert MARK not in (read_project_task(text, "poe", "a") or "")
