"""`paritycheck init`: writes what fits, never over anything, never elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commandline import Place, check_refusal
from tests.scenario import git


def files(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


def test_what_is_written_is_told_and_nothing_else_is_written(place: Place) -> None:
    before = files(place.checkout)
    ran = place.run("init", "--ci", "github", "--pre-commit", "--make", "--container")
    assert (ran.code, ran.err) == (0, "")
    after = files(place.checkout)
    assert {name: after[name] for name in before} == before
    told = {line.removeprefix("wrote ") for line in ran.out.splitlines() if line.startswith("wrote ")}
    assert told == set(after) - set(before)
    assert told == {
        ".github/workflows/paritycheck.yml",
        ".pre-commit-config.yaml",
        "paritycheck.mk",
        "Makefile",
        "paritycheck_imports.py",
    }
    # The container step names what the image starts.
    assert "python3 /tmp/paritycheck_imports.py app.main" in ran.out


def test_a_second_run_changes_nothing(place: Place) -> None:
    place.run("init", "--ci", "gitlab", "--pre-commit", "--make", "--container")
    for path in place.checkout.glob("*.mk"):
        path.write_text("changed by a person\n")
    before = files(place.checkout)
    ran = place.run("init", "--ci", "gitlab", "--pre-commit", "--make", "--container")
    assert ran.code == 0
    assert "wrote" not in ran.out
    assert files(place.checkout) == before


def test_without_flags_it_writes_what_the_repository_uses(place: Place) -> None:
    place.write({".gitlab-ci.yml": "test:\n  script: [true]\n", "Makefile": "all:\n"})
    ran = place.run("init")
    assert [line for line in ran.out.splitlines() if line.startswith(("wrote", "left"))] == [
        "wrote .gitlab/paritycheck.gitlab-ci.yml",
        "left .gitlab-ci.yml as it is; add it: the pipeline includes the job by this:",
        "wrote paritycheck.mk",
        "left Makefile as it is; add it: make reads the recipe by this:",
    ]


def test_a_dry_run_shows_and_writes_nothing(place: Place) -> None:
    before = files(place.checkout)
    ran = place.run("init", "--ci", "github", "--dry-run")
    assert ran.out.startswith("would write .github/workflows/paritycheck.yml:\n\n# Written by")
    assert files(place.checkout) == before


@pytest.mark.parametrize(
    ("prepare", "words", "message"),
    [
        ("", (), "uses neither a known CI service nor pre-commit nor make"),
        ("rm Containerfile", ("--make",), "has no Containerfile or Dockerfile"),
        ("", ("app", "--make"), "app is not the root of its repository"),
        ("", ("nowhere", "--make"), "nowhere is not there"),
    ],
)
def test_what_cannot_be_set_up_is_refused(
    prepare: str, words: tuple[str, ...], message: str, place: Place
) -> None:
    if prepare:
        git(place.checkout, "rm", "-q", prepare.split()[1])
    assert message in place.refused("init", *words)


def test_a_link_out_of_the_repository_is_not_followed(place: Place) -> None:
    outside = place.root / "outside"
    outside.mkdir()
    (place.checkout / ".github").symlink_to(outside)
    assert "would lie outside" in place.refused("init", "--ci", "github")
    (place.checkout / "paritycheck.mk").symlink_to(outside / "paritycheck.mk")
    ran = place.run("init", "--make")
    assert "left paritycheck.mk as it is" in ran.out
    assert list(outside.iterdir()) == []


def test_what_cannot_be_written_is_an_error(place: Place) -> None:
    place.write({".github": "a file\n"})
    ran = place.run("init", "--ci", "github")
    check_refusal(ran)
    assert ".github/workflows/paritycheck.yml: cannot be written" in ran.err
