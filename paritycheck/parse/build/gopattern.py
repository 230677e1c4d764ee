"""Go's path patterns: ``filepath.Match``, ``path.Clean`` and ``strings.TrimSpace``, fault for fault.

Source: the Go standard library, path/filepath/match.go, path/path.go and strings/strings.go. Go
compares bytes, so names are compared as UTF-8 here too: ``*`` may stop inside a character.
"""

from __future__ import annotations

from paritycheck.parse.build.gotext import SPACE

_REPLACEMENT = 0xFFFD


class BadPattern(ValueError):
    """The pattern is malformed; the message is Go's."""

    def __init__(self) -> None:
        super().__init__("syntax error in pattern")


def trim_space(text: str) -> str:
    """Return ``text`` without the white space around it, as ``strings.TrimSpace`` sees it."""
    return text.strip(SPACE)


def clean(path: str) -> str:
    """Return the shortest equivalent of ``path``, as ``path.Clean``: never empty, leading ``..`` kept."""
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not rooted:
            parts.append(part)
    joined = "/".join(parts)
    return f"/{joined}" if rooted else joined or "."


def filepath_match(pattern: str, name: str) -> bool:
    """Tell whether ``name`` matches the whole of ``pattern``; ``*`` and ``?`` do not match ``/``.

    Raises :class:`BadPattern` exactly where Go does: a fault after a ``*`` stays unnoticed when the
    part before it already fails to match.
    """
    rest = pattern.encode("utf-8", "surrogateescape")
    text = name.encode("utf-8", "surrogateescape")
    while rest:
        star, chunk, rest = _next_chunk(rest)
        if star and not chunk:
            return b"/" not in text
        found = _match_chunk(chunk, text)
        if found is not None and (not found or rest):
            text = found
            continue
        found = _skip_and_match(chunk, text, last=not rest) if star else None
        if found is None:
            return False
        text = found
    return not text


def _next_chunk(pattern: bytes) -> tuple[bool, bytes, bytes]:
    """Split off the leading stars and what follows up to the next star outside brackets."""
    bare = pattern.lstrip(b"*")
    in_class = False
    index = 0
    while index < len(bare):
        char = bare[index : index + 1]
        if char == b"\\":
            index += 1
        elif char == b"[":
            in_class = True
        elif char == b"]":
            in_class = False
        elif char == b"*" and not in_class:
            break
        index += 1
    index = min(index, len(bare))
    return len(bare) < len(pattern), bare[:index], bare[index:]


def _skip_and_match(chunk: bytes, text: bytes, *, last: bool) -> bytes | None:
    """Let a star swallow one byte more at a time, never a ``/``; return what follows the chunk."""
    for index in range(len(text)):
        if text[index : index + 1] == b"/":
            return None
        found = _match_chunk(chunk, text[index + 1 :])
        if found is not None and not (last and found):
            return found
    return None


def _match_chunk(chunk: bytes, text: bytes) -> bytes | None:
    """Match a chunk without stars at the start of ``text``; return the rest of it, ``None`` if it fails.

    The chunk is read to its end even after a failure, so that its faults are found.
    """
    failed = False
    while chunk:
        failed = failed or not text
        head = chunk[:1]
        if head == b"[":
            char, width = (0, 0) if failed else _decode(text)
            text = text[width:]
            matched, chunk = _match_class(chunk[1:], char)
            failed = failed or not matched
            continue
        if head == b"?":
            if not failed:
                failed = text[:1] == b"/"
                text = text[_decode(text)[1] :]
        else:
            if head == b"\\":
                chunk = chunk[1:]
                if not chunk:
                    raise BadPattern
            if not failed:
                failed = chunk[:1] != text[:1]
                text = text[1:]
        chunk = chunk[1:]
    return None if failed else text


def _match_class(chunk: bytes, char: int) -> tuple[bool, bytes]:
    """Read a bracket expression after its ``[``; tell whether it takes ``char``, and return what follows."""
    negated = chunk[:1] == b"^"
    if negated:
        chunk = chunk[1:]
    matched = False
    ranges = 0
    while not (chunk[:1] == b"]" and ranges):
        low, chunk = _class_char(chunk)
        high = low
        if chunk[:1] == b"-":
            high, chunk = _class_char(chunk[1:])
        matched = matched or low <= char <= high
        ranges += 1
    return matched != negated, chunk[1:]


def _class_char(chunk: bytes) -> tuple[int, bytes]:
    if chunk[:1] in (b"", b"-", b"]"):
        raise BadPattern
    if chunk[:1] == b"\\":
        chunk = chunk[1:]
        if not chunk:
            raise BadPattern
    char, width = _decode(chunk)
    rest = chunk[width:]
    if not rest or (char == _REPLACEMENT and width == 1):
        raise BadPattern
    return char, rest


def _decode(text: bytes) -> tuple[int, int]:
    """Return the first character of non-empty UTF-8 and its width; a bad byte is U+FFFD of width 1."""
    lead = text[0]
    width = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    try:
        return ord(text[:width].decode()), width
    except (UnicodeDecodeError, TypeError):
        return _REPLACEMENT, 1
