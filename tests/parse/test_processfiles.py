"""Lists of processes, and the commands in them."""

import pytest

from paritycheck.parse.command.processfiles import (
    Listed,
    included_files,
    read_ini,
    read_procfile,
    read_supervisor,
)
from paritycheck.parse.python.projectscripts import read_scripts

SUPERVISOR = """; comment
[supervisord]
nodaemon = true

[program:web]
command = gunicorn app:app --log %%h ; comment
directory=/srv
environment = A="x,y", B='z',C=plain,PYTHONPATH="/a:/b"
[eventlistener:listen]
command=python listen.py
[program:off]
command=python off.py
autostart=no
[program:empty]
[group:all]
programs=web
[include]
files = conf.d/*.conf more.conf
"""


def test_the_programs_of_supervisord() -> None:
    environment = {"A": "x,y", "B": "z", "C": "plain", "PYTHONPATH": "/a:/b"}
    assert read_supervisor(SUPERVISOR) == (
        Listed("web", "gunicorn app:app --log %h", "/srv", environment, 5),
        Listed("listen", "python listen.py", line=9),
    )
    assert included_files(SUPERVISOR) == ("conf.d/*.conf", "more.conf")


def test_the_processes_of_a_procfile() -> None:
    text = "web: gunicorn app:app\n# no: thing\n\nrelease-1:   ./manage.py migrate  \nbad line\nempty:\n"
    assert [(item.name, item.command, item.line) for item in read_procfile(text)] == [
        ("web", "gunicorn app:app", 1),
        ("release-1", "./manage.py migrate", 4),
    ]


@pytest.mark.parametrize("text", ["[", "no section\n", "[a\nb", "[a]\n  = x\n", "\0"])
def test_what_is_no_ini_file_has_no_sections(text: str) -> None:
    assert not any(read_ini(text).values())
    assert read_supervisor(text) == ()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", '[project.scripts]\na = "m:f"\n', {"a": "m:f"}),
        ("pyproject.toml", '[tool.poetry.scripts]\na = "m:f"\nb = { reference = "x" }\n', {"a": "m:f"}),
        ("pyproject.toml", "[project]\nscripts = 3\n", {}),
        ("pyproject.toml", "[broken", {}),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n  a = m.n:f\n  b=m:g.h\n",
            {"a": "m.n:f", "b": "m:g.h"},
        ),
        ("setup.cfg", "[metadata]\nname = x\n", {}),
        (
            "setup.py",
            "setup(entry_points={'console_scripts': ['a = m:f', \"b=m:g\"], 'x': ['c=m:h']})",
            {"a": "m:f", "b": "m:g"},
        ),
        ("setup.py", "setup()", {}),
    ],
)
def test_the_scripts_that_a_project_declares(name: str, text: str, expected: dict[str, str]) -> None:
    assert read_scripts(name, text) == expected
