"""``--format`` and ``--output``: which report goes where, and ``render``, which writes a stored one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from paritycheck.output.formats import FORMATS
from tests.cli.commandline import Place, environment, run_program
from tests.cli.test_check import drop_views
from tests.output import reading
from tests.scenario import git


@pytest.fixture
def lacking(place: Place) -> Place:
    """A checkout whose image lacks a module that it needs."""
    drop_views(place)
    return place


def check(place: Place, *words: str) -> tuple[int, str]:
    ran = place.run("check", "-i", place.image, *words)
    assert ran.err == ""
    return ran.code, ran.out


def test_several_at_once(lacking: Place) -> None:
    shown = check(lacking)
    outputs = [f"--output={name}=out.{name}" for name in FORMATS]
    assert check(lacking, *outputs) == shown, "the report of --format stays on stdout"
    for name in FORMATS:
        assert check(lacking, "--format", name)[1] == Path(f"out.{name}").read_text(encoding="utf-8")
    reading.read_sarif(Path("out.sarif").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "on_stdout", "files"),
    [
        ((), "text", {}),
        (("-o", "a"), None, {"a": "text"}),
        (("--format", "sarif", "-o", "a"), None, {"a": "sarif"}),
        (("-o", "sarif=a"), "text", {"a": "sarif"}),
        (("--format", "concise", "-o", "sarif=a", "-o", "junit=b"), "concise", {"a": "sarif", "b": "junit"}),
        (("-o", "a", "-o", "json=b"), None, {"a": "text", "b": "json"}),
        (("-o", "json=-"), "json", {}),
        (("-o", "-"), "text", {}),
        (("-o", "json=-", "-o", "a"), "json", {"a": "text"}),
        (("-o", "./json=a"), None, {"json=a": "text"}),
        (("-o", "html=a=b"), "text", {"a=b": "html"}),
    ],
)
def test_which_report_goes_where(
    words: tuple[str, ...], on_stdout: str | None, files: dict[str, str], lacking: Place
) -> None:
    expected = {name: check(lacking, "--format", name)[1] for name in {*files.values(), on_stdout or "text"}}
    before = set(Path().iterdir())
    code, out = check(lacking, *words)
    assert code == 1
    assert out == (expected[on_stdout] if on_stdout else "")
    assert {path.name for path in set(Path().iterdir()) - before} == set(files)
    for path, name in files.items():
        assert Path(path).read_text(encoding="utf-8") == expected[name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "yaml=a"), "yaml"),
        (("-o", "a", "-o", "a"), "a"),
        (("-o", "sarif=a", "-o", "json=./a"), "a"),
        (("-o", "json=-", "-o", "-"), "stdout"),
        (("-o", "sarif=none/a"), "none/a"),
        (("--format", "pdf"), "pdf"),
        (("--color", "sometimes"), "sometimes"),
    ],
)
def test_what_cannot_be_written(words: tuple[str, ...], said: str, place: Place) -> None:
    before = set(Path().iterdir())
    assert said in place.refused("check", "-i", place.image, *words)
    assert set(Path().iterdir()) == before


def test_the_summary_of_a_step_is_shared(lacking: Place) -> None:
    Path("summary.md").write_text("# Of another command\n", encoding="utf-8")
    check(lacking, "-o", "github-summary=summary.md")
    check(lacking, "-o", "github-summary=summary.md")
    text = Path("summary.md").read_text(encoding="utf-8")
    assert text.startswith("# Of another command\n")
    assert text.count("### paritycheck") == 2


def test_a_stored_report_is_rendered_as_it_was(lacking: Place) -> None:
    check(lacking, "-o", "json=report.json")
    for name in FORMATS:
        ran = lacking.run("render", "report.json", "--format", name)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == check(lacking, "--format", name)[1]
    ran = lacking.run("render", "report.json", "--explain", "-o", "html=report.html")
    assert "  rule " in ran.out
    assert check(lacking, "--explain")[1] == ran.out
    assert Path("report.html").exists()


def test_a_stored_report_comes_through_a_pipe(lacking: Place) -> None:
    check(lacking, "-o", "json=report.json")
    piped = subprocess.run(
        [sys.executable, "-m", "paritycheck", "render", "-", "--format", "concise"],
        cwd=lacking.checkout,
        env=environment(lacking.temporary),
        input=Path("report.json").read_bytes(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert piped.stdout.decode() == check(lacking, "--format", "concise")[1]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "truncated"),
        ("[]", "array"),
        ("{}", "schema_version"),
        ('{"schema_version": "9.0"}', "'9.0'"),
        ('{"schema_version": "1.0"}', "tool"),
        ('{"schema_version": 1}', "$.schema_version"),
        ("[" * 100_000, "not a report"),
        ("\x00", "not a report"),
    ],
)
def test_what_is_no_report(document: str, said: str, place: Place) -> None:
    Path("x.json").write_text(document, encoding="utf-8")
    assert said in place.refused("render", "x.json")
    place.refused("render", "none.json")
    place.refused("render", "app")


@pytest.mark.parametrize(
    ("variables", "flags", "coloured"),
    [
        ({}, ("--color", "always"), True),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({"FORCE_COLOR": "1"}, ("--color", "auto"), True),
        ({}, ("--color", "always", "--format", "json"), False),
        ({}, ("--color", "always", "-o", "/dev/stdout"), True),
    ],
)
def test_colours_as_asked(
    variables: dict[str, str], flags: tuple[str, ...], coloured: bool, place: Place
) -> None:
    ran = run_program("check", *flags, cwd=place.checkout, temporary=place.temporary, **variables)
    assert ran.code == 0
    assert ("\x1b[" in ran.out) is coloured


def test_the_last_line_says_what_was_looked_at(place: Place) -> None:
    image = check(place)[1].splitlines()[-1]
    assert (
        "looked at 3 modules, 3 files, 0 distributions, Containerfile, no ignore file, cpython 3.12" in image
    )
    assert "(/usr/local/bin/python" in image
    assert ", image sha256:" in image
    place.write({".dockerignore": "docs\n"})
    git(place.checkout, "add", ".dockerignore")
    git(place.checkout, "commit", "-qm", "ignore")
    predicted = place.run("check").out.splitlines()[-1]
    assert "Containerfile, .dockerignore, " in predicted
    assert ", predicted Containerfile; " in predicted
