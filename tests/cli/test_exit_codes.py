"""The exit code of every format on every kind of outcome: one table.

0 parity, 1 findings, 2 could not check; of ``render`` 0 and 2 alone. No format may change the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paritycheck.output.formats import FORMATS
from tests.cli.commandline import CONFIG, FILES, Place, check_refusal, write_image
from tests.cli.test_check import drop_views
from tests.drawn import layer_tar, write_docker_archive

Words = tuple[str, ...]


def _parity(place: Place) -> Words:
    return ("check", "-i", place.image)


def _error(place: Place) -> Words:
    drop_views(place)
    return ("check", "-i", place.image)


def _warning(place: Place) -> Words:
    """The image holds another content of a file: a warning."""
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    write_image(place.root / "image.tar", {**built, "srv/app/views.py": b"import sys\n"})
    return ("check", "-i", place.image)


def _with(prepare: Callable[[Place], Words], *words: str) -> Callable[[Place], Words]:
    return lambda place: (*prepare(place), *words)


def _broken_archive(place: Place) -> Words:
    (place.root / "image.tar").write_bytes(b"no tar at all" * 100)
    return ("check", "-i", place.image)


def _refused_build(place: Place) -> Words:
    place.write({"Containerfile": "FROM scratch\nCOPPY app app\n"})
    return ("check",)


def _no_python(place: Place) -> Words:
    write_docker_archive(place.root / "image.tar", [layer_tar("srv/\n  x")], config=CONFIG)
    return ("check", "-i", place.image)


def _nothing_compared(place: Place) -> Words:
    write_image(place.root / "image.tar", {"srv/other.txt": b""})
    return ("check", "-i", place.image)


def _no_containerfile(place: Place) -> Words:
    (place.checkout / "Containerfile").unlink()
    return ("check",)


def _engine_away(place: Place) -> Words:
    return ("check", "-i", "docker-daemon:web")


def _unwritable(place: Place) -> Words:
    return ("check", "-i", place.image, "-o", "none/report")


def _full_disk(place: Place) -> Words:
    """A report that the disk cannot take: an error, whatever the format."""
    return ("check", "-i", place.image, "-o", "/dev/full")


def _stored(place: Place) -> Words:
    assert place.run(*_error(place), "-o", "json=report.json").code == 1
    return ("render", "report.json")


def _stored_badly(place: Place) -> Words:
    Path("report.json").write_text('{"schema_version": "1.0"}', encoding="utf-8")
    return ("render", "report.json")


def _configured(text: str, prepare: Callable[[Place], Words] = _error) -> Callable[[Place], Words]:
    def configured(place: Place) -> Words:
        words = prepare(place)
        place.write({"paritycheck.toml": text})
        return words

    return configured


def _known(place: Place) -> Words:
    words = _error(place)
    assert place.run(*words, "--write-baseline", "known.json").code == 0
    return (*words, "--baseline", "known.json")


def _merged(place: Place) -> Words:
    place.write({"paritycheck.toml": _TWO})
    assert place.run("check", "--name", "web", "-o", "json=web.json").code == 0
    assert place.run("check", "--name", "worker", "-o", "json=worker.json").code == 0
    return ("merge", "web.json", "worker.json")


_IGNORE = '[[ignore]]\nrule = "PC102"\nmatch = "app.*"\nreason = "known"\n'
_TWO = '[[image]]\nname = "web"\n[[image]]\nname = "worker"\n'
_NONE = '[[image]]\nname = "gone"\nimage = "oci:none"\n'

OUTCOMES: dict[str, tuple[Callable[[Place], Words], int]] = {
    "parity": (_parity, 0),
    "parity, predicted": (lambda place: ("check",), 0),
    "an error": (_error, 1),
    "an error, never to fail": (_with(_error, "--fail-on", "never"), 0),
    "an error of a rule that is ignored": (_with(_error, "--ignore", "PC102"), 0),
    "a warning": (_warning, 0),
    "a warning that is to fail": (_with(_warning, "--fail-on", "warning"), 1),
    "a flag that there is not": (_with(_parity, "--colour"), 2),
    "a rule that there is not": (_with(_parity, "--select", "PC999"), 2),
    "a context that is not there": (lambda place: ("check", "nowhere"), 2),
    "no Containerfile and no image": (_no_containerfile, 2),
    "a build that the engine refuses": (_refused_build, 2),
    "an image that is not there": (lambda place: ("check", "-i", "oci:none"), 2),
    "an archive that is none": (_broken_archive, 2),
    "an engine that does not answer": (_engine_away, 2),
    "an image without Python": (_no_python, 2),
    "an image of something else": (_nothing_compared, 2),
    "a file that cannot be written": (_unwritable, 2),
    "a disk that is full": (_full_disk, 2),
    "an error that is ignored with a reason": (_configured(_IGNORE), 0),
    "an ignore that has expired": (_configured(_IGNORE + "expires = 2026-01-01\n"), 1),
    "an error that is known": (_known, 0),
    "a configuration that is none": (_configured("engine ="), 2),
    "a key that there is not": (_configured("engin = 'docker'"), 2),
    "several images": (_configured(_TWO, lambda place: ("check",)), 0),
    "several images, none of them there": (_configured(_NONE, lambda place: ("check",)), 2),
    "a name that no image has": (_configured(_TWO, lambda place: ("check", "--name", "api")), 2),
    "parts that make a whole": (_merged, 0),
    "a part that is there twice": (lambda place: (*_merged(place), "web.json"), 2),
    "a stored report": (_stored, 0),
    "a stored report that is none": (_stored_badly, 2),
    "a stored report that is not there": (lambda place: ("render", "none.json"), 2),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_exit_codes(case: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place.root}/none.sock")
    prepare, expected = OUTCOMES[case]
    words = prepare(place)
    for name in FORMATS:
        ran = place.run(*words, "--format", name)
        assert ran.code == expected, name
        if expected == 2:
            check_refusal(ran)
        else:
            assert ran.err == ""
            assert ran.out


# Images that could be checked are reported although the run says 2.
INCOMPLETE: dict[str, Callable[[Place], Words]] = {
    "one of several images is not there": _configured(_TWO + _NONE, lambda place: ("check",)),
    "the same, never to fail": _configured(_TWO + _NONE, lambda place: ("check", "--fail-on", "never")),
    "a part is missing": lambda place: _merged(place)[:2],
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_what_is_incomplete_is_never_parity(case: str, place: Place) -> None:
    words = INCOMPLETE[case](place)
    for name in FORMATS:
        ran = place.run(*words, "--format", name)
        assert (ran.code, bool(ran.out)) == (2, True), name
        message, hint = ran.err.splitlines()
        assert message.startswith(("paritycheck: gone: ", "paritycheck: no report is of worker")), name
        assert hint.startswith("  ")
