"""What --help teaches: examples that are accepted, and completion that the shells understand."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from paritycheck.cli.app import app
from paritycheck.cli.examples import EXAMPLES
from tests.cli.commandline import run_program

TYPED = [(name, typed) for name, examples in EXAMPLES.items() for typed, _ in examples]


def test_every_command_has_examples_and_they_are_in_its_help(tmp_path: Path) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(EXAMPLES) == set(commands)
    for name, examples in EXAMPLES.items():
        told = run_program(name, "--help", cwd=tmp_path, temporary=tmp_path, COLUMNS="200").out
        for typed, what in examples:
            assert typed in told
            assert what in told


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_an_example_is_accepted_by_its_command(name: str, typed: str) -> None:
    program, command, *words = shlex.split(typed)
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert program == "paritycheck"
    with commands[command].make_context(command, words) as context:
        assert context.command.name == command


@pytest.mark.parametrize(
    ("words", "offered"),
    [(("paritycheck", "sn"), "snapshot"), (("paritycheck", "check", "--format", "sa"), "sarif")],
)
def test_bash_completes_commands_and_the_values_of_flags(words: tuple[str, ...], offered: str) -> None:
    script = f"""
        eval "$(paritycheck --show-completion bash)"
        COMP_WORDS=({shlex.join(words)}) COMP_CWORD={len(words) - 1}
        _paritycheck_completion paritycheck
        echo "${{COMPREPLY[@]}}"
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == [offered]


@pytest.mark.parametrize(
    ("shell", "variables"),
    [("zsh", {}), ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"})],
)
def test_other_shells_are_answered(shell: str, variables: dict[str, str]) -> None:
    asked = {"_PARITYCHECK_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "paritycheck sn"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("paritycheck"))],
        env={"PATH": os.environ["PATH"], **asked, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "snapshot" in done.stdout
