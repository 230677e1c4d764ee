"""Questions put to uv, again without what stood in the way, until the rest resolves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from paritycheck.capture.resolving.answers import (
    Obstacle,
    find_obstacle,
    find_sources,
    first_words,
    read_resolution,
)
from paritycheck.capture.resolving.sourcerelease import SourceRelease
from paritycheck.capture.resolving.uvprogram import PREFERRED, UvProgram
from paritycheck.predict.selecting.selection import Question, Resolution, Resolved

ROUNDS = 20  # how often uv is asked for one question
_INDEX_OPTIONS = {
    "-i": "--default-index",
    "--index-url": "--default-index",
    "--default-index": "--default-index",
    "--extra-index-url": "--index",
    "--index": "--index",
    "-f": "--find-links",
    "--find-links": "--find-links",
}
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}


Release = tuple[str, str]  # a normalised name, and a specifier
Sources = Callable[[Iterable[Release]], tuple[SourceRelease, ...]]


class _Left(msgspec.Struct):
    """What one question still asks, what stands in for what would be built, and what was left out so far."""

    requirements: list[str]
    constraints: list[str]
    options: list[tuple[str, str]]
    excluded: dict[str, str] = {}  # name -> the version it was held to
    problems: list[str] = []
    looked_for: set[Release] = set()
    stand_ins: dict[str, bytes] = {}


def resolve_with(program: UvProgram, question: Question, sources: Sources) -> Resolution | None:
    """Return what an install of the question's requirements would bring now.

    Where the newest release that fits has no wheel, ``sources`` tells what its archive says of itself.
    What cannot be resolved without running foreign code (a git or path source), or at all, is
    named in ``problems``. It is still listed, with an empty version, or the one it is held to: an
    install either brings it or fails; what it requires is not known. ``None`` if uv cannot be asked
    so (no Python version). Raises SourceError if uv does not answer.
    """
    if not question.python:
        return None
    left = _prepare(question)
    pins = [(name, f"=={version}") for name, version in question.present.items()]
    _stand_in(left, sources, (*_direct(left), *pins))
    for _ in range(ROUNDS):
        files = {"constraints.txt": _lines(left.constraints), "excludes.txt": _lines(sorted(left.excluded))}
        files[PREFERRED] = _lines(name + pin for name, pin in pins)
        answer = program.compile(left.requirements, {**files, **left.stand_ins}, _options(question, left))
        if answer.success:
            return _finish(left, read_resolution(answer.output))
        if _stand_in(left, sources, find_sources(answer.errors)):
            continue
        obstacle = find_obstacle(answer.errors)
        if obstacle is None or not _leave_out(left, obstacle):
            left.problems.append(f"uv cannot resolve this: {first_words(answer.errors)}")
            return _finish(left, ())
    left.problems.append(f"after {ROUNDS} attempts there still were requirements that cannot be resolved")
    return _finish(left, ())


def _prepare(question: Question) -> _Left:
    left = _Left([], [], [])
    for text in dict.fromkeys(question.requirements):
        read = _read(text)
        if read is None:
            left.problems.append(f"{_shown(text)} is no requirement that can be resolved")
        elif read.url and not _is_wheel_url(read.url):
            left.excluded[canonicalize_name(read.name)] = ""
            left.problems.append(f"{read.name} comes from {_shown(read.url)}, which is not read")
        else:
            left.requirements.append(text)
    left.constraints = [text for text in question.constraints if _read(text) is not None]
    left.options = _index_options(question.options, left.problems)
    return left


def _direct(left: _Left) -> Iterator[Release]:
    """Yield the names that are asked for, with all that holds them."""
    for text in left.requirements:
        read = _read(text)
        if read is None or read.url:
            continue
        name = canonicalize_name(read.name)
        alike = (_read(each) for each in (*left.requirements, *left.constraints))
        held = {str(each.specifier) for each in alike if each and canonicalize_name(each.name) == name}
        yield name, ",".join(sorted(held - {""}))


def _stand_in(left: _Left, sources: Sources, wanted: Iterable[Release]) -> bool:
    """Let wheels of metadata stand in for what has no wheel; tell whether there are more than before.

    The index that is asked is that of this machine: nothing is known of what another one has.
    """
    if any(option == "--default-index" for option, _ in left.options):
        return False
    new = dict.fromkeys(each for each in wanted if each not in left.looked_for)
    left.looked_for |= new.keys()
    before = len(left.stand_ins)
    left.stand_ins |= (source.stand_in() for source in sources(new))
    return len(left.stand_ins) > before


def _lines(texts: Iterable[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _read(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _is_wheel_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.path.endswith(".whl")


def _index_options(words: Sequence[str], problems: list[str]) -> list[tuple[str, str]]:
    """Return the options about indexes, in uv's words; only what lies on the network.

    A URL with an ARG in it, or one of the container's own file system, is nothing to ask here.
    """
    found: list[tuple[str, str]] = []
    parts = [part for word in words for part in word.split()]
    waiting = [half for part in parts for half in (part.split("=", 1) if part.startswith("--") else [part])]
    for option, value in pairwise([*waiting, ""]):
        ours = _INDEX_OPTIONS.get(option)
        if ours and value.startswith(("http://", "https://")) and "$" not in value:
            found.append((ours, value))
        elif ours:
            problems.append(f"{option} {_shown(value)} is not asked: it is no address on the network")
        elif option == "--pre":
            found.append(("--prerelease", "allow"))
    return list(dict.fromkeys(found))


def _options(question: Question, left: _Left) -> list[str]:
    options = ["--python-version", question.python, "--python-platform", _platform(question)]
    options += ["--constraints", "constraints.txt"] if left.constraints else []
    options += ["--excludes", "excludes.txt"] if left.excluded else []
    options += ["--find-links", "."] if left.stand_ins else []
    for option, value in left.options:
        options += [option, value]
    # pip compares the releases of all indexes; uv's own default is the first index that has the name.
    return [*options, "--index-strategy", "unsafe-best-match"]


def _platform(question: Question) -> str:
    machine = target_machine(question)
    # Debian 12 has glibc 2.36; an image with an older one is a rare case of a rare case.
    return f"{machine}-unknown-linux-musl" if question.musl else f"{machine}-manylinux_2_36"


def target_machine(question: Question) -> str:
    """Return the machine that is asked about, as ``uname`` names it; x86_64 unless the container tells."""
    return _MACHINES.get(question.markers.get("platform_machine", ""), "x86_64")


def _leave_out(left: _Left, obstacle: Obstacle) -> bool:
    """Leave out what stood in the way; false if that was done before, or cannot be."""
    if obstacle.url:
        host = urlsplit(obstacle.url).hostname
        guilty = [pair for pair in left.options if urlsplit(pair[1]).hostname == host]
        left.options = [pair for pair in left.options if pair not in guilty]
        left.problems += [f"the index {_shown(url)} cannot be reached" for _, url in guilty]
        return bool(guilty)
    if obstacle.name in left.excluded:
        return False
    left.excluded[obstacle.name] = obstacle.version
    held = f"{obstacle.name} {obstacle.version}".strip()
    left.problems.append(f"{held} is left out of the resolution: {obstacle.why}")
    return True


def _finish(left: _Left, packages: tuple[Resolved, ...]) -> Resolution:
    known = {each.name for each in packages}
    open_names = dict(left.excluded)
    if not packages:
        asked = (_read(text) for text in left.requirements)
        open_names |= {canonicalize_name(each.name): "" for each in asked if each is not None}
    remaining = (Resolved(name, version) for name, version in open_names.items() if name not in known)
    return Resolution((*packages, *remaining), tuple(dict.fromkeys(left.problems)))


def _shown(text: str) -> str:
    """Return a text of the project's files as it may be repeated: without credentials, in one line."""
    return " ".join(re.sub(r"(?<=//)[^/@\s]*@", "", text).split())[:200]
