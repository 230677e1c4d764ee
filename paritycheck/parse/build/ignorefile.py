"""An ignore file (``.dockerignore``, ``.containerignore``) as patterns that remember their lines.

Sources: moby/patternmatcher ignorefile/ignorefile.go ``ReadAll`` and patternmatcher.go ``New``
(BuildKit and the classic builder); openshift/imagebuilder builder.go ``ParseIgnoreReader`` and
containers/storage pkg/fileutils ``NewPatternMatcher`` (Buildah).
"""

from __future__ import annotations

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.parse.build.gopattern import clean, filepath_match, trim_space

_FIRST_LINT = (0, 15)  # BuildKit compares the patterns with COPY before it runs anything
_FIRST_STRICT = (23, 0)  # the docker command itself refuses to send control characters
_LONGEST_LINE = 64 * 1024  # bufio.MaxScanTokenSize, bytes


class IgnorePattern(msgspec.Struct, frozen=True):
    """One line that counts: ``text`` as written, ``pattern`` cleaned and without the ``!``."""

    text: str
    pattern: str
    negated: bool
    line: int


class Fault(msgspec.Struct, frozen=True):
    """What an engine says about a line once it uses the patterns."""

    message: str
    line: int


class IgnoreFile(msgspec.Struct, frozen=True):
    """The patterns in order.

    ``fault`` is what the engine will say at the first COPY or ADD from the context.
    """

    path: str
    patterns: tuple[IgnorePattern, ...]
    fault: Fault | None = None

    def locate(self, pattern: IgnorePattern) -> Location:
        """Return where ``pattern`` stands."""
        return Location(self.path, pattern.line, pattern.text)


def parse_ignorefile(data: bytes, path: str, engine: Engine) -> IgnoreFile:
    """Read the bytes of an ignore file as ``engine`` does.

    Bytes that are no UTF-8 become lone surrogates, which no path contains: such a pattern matches
    only through its wildcards. Raises :class:`~paritycheck.errors.BuildRefused` with path and line
    where the engine gives up before the first instruction.
    """
    lines = _split_buildah(data) if engine.name == "podman" else _split_docker(data, path)
    patterns: list[IgnorePattern] = []
    for number, text, raw in lines:
        try:
            pattern = parse_pattern(number, text, raw, engine)
        except ValueError as error:
            if engine.name == "podman" or (engine.name == "buildkit" and engine.version < _FIRST_LINT):
                return IgnoreFile(path, tuple(patterns), Fault(str(error), number))
            raise BuildRefused(str(error), path, number, f"repair or remove the line: {text}") from None
        if pattern is not None:
            patterns.append(pattern)
    fault = _transport_fault(patterns, engine) if engine.name == "buildkit" else None
    return IgnoreFile(path, tuple(patterns), fault)


def _split_docker(data: bytes, path: str) -> list[tuple[int, str, str]]:
    """Return number, text and normalised pattern of the lines that are no comment."""
    rows: list[tuple[int, str, str]] = []
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, raw in enumerate(lines, 1):
        if len(raw) >= _LONGEST_LINE:
            raise BuildRefused("bufio.Scanner: token too long", path, number, "split or shorten the line")
        content = raw.removesuffix(b"\r")
        if number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
        text = _decode(content)
        if text.startswith("#"):
            continue
        pattern = trim_space(text)
        if not pattern:
            continue
        bang = "!" if pattern[0] == "!" else ""
        pattern = trim_space(pattern[1:]) if bang else pattern
        if pattern:
            pattern = clean(pattern)
            if len(pattern) > 1:
                pattern = pattern.removeprefix("/")
        rows.append((number, text, bang + pattern))
    return rows


def _split_buildah(data: bytes) -> list[tuple[int, str, str]]:
    """As :func:`_split_docker`: the BOM and the blanks around stay, every outer slash goes."""
    rows = []
    for number, raw in enumerate(data.split(b"\n"), 1):
        text = _decode(raw)
        stripped = text.strip("/")
        if stripped and not text.startswith("#"):
            rows.append((number, text.removesuffix("\r"), stripped))
    return rows


def parse_pattern(number: int, text: str, raw: str, engine: Engine) -> IgnorePattern | None:
    """Do what building the list of patterns does to one of them; ``ValueError`` says why it fails."""
    pattern = trim_space(raw)
    if not pattern:
        return None
    pattern = clean(pattern)
    # Cleaning comes first, so that `!a/../b` loses its bang in Buildah, which has not cleaned it before.
    negated = pattern[0] == "!"
    if negated:
        pattern = pattern[1:]
        if not pattern:
            raise ValueError('illegal exclusion pattern: "!"')
        if engine.name == "podman":
            pattern = clean(pattern).removeprefix("/")
    filepath_match(pattern, ".")  # for its faults only
    return IgnorePattern(text, pattern, negated, number)


def _transport_fault(patterns: list[IgnorePattern], engine: Engine) -> Fault | None:
    """BuildKit sends the patterns as headers: control characters pass only where all is encoded.

    Source: moby/buildkit session/filesync ``encodeStringForHeader``; grpc-go validates headers. The
    early client encodes nothing, and HTTP/2 refuses what is no tab.
    """
    early = engine.client < _FIRST_STRICT
    if not early and any(not pattern.pattern.isascii() for pattern in patterns):
        return None
    message = 'header key "exclude-patterns" contains value with non-printable ASCII characters'
    if early:
        message = "stream terminated by RST_STREAM with error code: PROTOCOL_ERROR"
    for pattern in patterns:
        if any(
            not " " <= char <= "~" and not (early and (char == "\t" or char > "\x7f"))
            for char in pattern.pattern
        ):
            return Fault(message, pattern.line)
    return None


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
