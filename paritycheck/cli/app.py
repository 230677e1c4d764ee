"""The command line as a whole: its commands, and what an error looks like."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from paritycheck import __version__
from paritycheck.cli.auditing import audit
from paritycheck.cli.checking import check
from paritycheck.cli.examples import show_examples
from paritycheck.cli.installing import init
from paritycheck.cli.judging import why
from paritycheck.cli.rendering import render
from paritycheck.cli.showing import context, diff, rule, snapshot
from paritycheck.cli.smoking import smoke
from paritycheck.cli.spreading import matrix, merge
from paritycheck.cli.terminal import COULD_NOT_CHECK, PARITY, complain
from paritycheck.errors import ParityError

TYPER_INTERRUPTED = 130  # what typer makes of Ctrl-C inside a command

app = typer.Typer(
    name="paritycheck",
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode="markdown",  # the other mode would take [tool.paritycheck] for markup
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, why, audit, context, diff, snapshot, smoke, render, merge, matrix, rule, init):
    app.command(epilog=show_examples(command.__name__))(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"paritycheck {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Will what works in this checkout work in the container built from it?

    If not: what is missing, who needs it, and which line of which file lost it.
    Begin with: paritycheck check
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error becomes a message and 2."""
    command = typer.main.get_command(app)
    try:
        result = command.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except ParityError as error:
        return complain(error.message, error.hint)
    except typer.BadParameter as error:
        return complain(error.format_message(), "paritycheck COMMAND --help explains the flags")
    except typer.TyperException as error:
        return complain(str(error) or "no command", "paritycheck --help lists the commands")
    except (typer.Abort, KeyboardInterrupt):
        return complain("interrupted", "")
    except (BrokenPipeError, SystemExit) as leaving:
        # typer catches what a reader that went away (head, less) causes, and exits with 1: not our 1.
        if isinstance(leaving, SystemExit) and not isinstance(leaving.__context__, BrokenPipeError):
            raise
        # Point stdout elsewhere so that Python's own exit stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_CHECK
    except Exception as error:  # the outermost edge: a bug must not look like a finding
        if os.environ.get("PARITYCHECK_DEBUG"):
            raise
        return complain(
            f"a bug in paritycheck: {type(error).__name__}: {error}",
            "run again with PARITYCHECK_DEBUG=1 and report what it prints",
        )
    if result == TYPER_INTERRUPTED:
        return complain("interrupted", "")
    return result if isinstance(result, int) else PARITY


def main() -> None:
    """Run as a program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # typer's help has signs that ASCII lacks
    sys.exit(run())
