"""Leaves out of Python source the bodies that hold no import, so that less of it has to be parsed.

Rests on "Lexical analysis" of the language reference. ``def``, ``class`` and ``import`` are keywords:
outside strings and comments they cannot stand for anything else, nor inside brackets. So a line that
begins with ``def`` or ``class`` begins a definition, which ends before the next line that is indented
no deeper. Where such a line only continues a bracket, its closing half is left over without an
opening one, and the reduced source does not parse. Whatever cannot be decided by looking at strings
and line ends alone is not reduced.
"""

import re

_DEFINITION = re.compile(rb"\n( *)(async +def|def|class) +([A-Za-z_]\w*)")
# Blank lines, comments and closing brackets begin no statement.
_ENDS = tuple(re.compile(rb"\n {0,%d}[^\s#)\]}]" % indent) for indent in range(33))
_TOKEN = re.compile(
    rb"#[^\n]*|\\.|(?P<triple>\"\"\"|''')|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|(?P<odd>[\"'])|(?P<end>\n)",
    re.DOTALL,
)
_CLOSING = {
    b'"""': re.compile(rb'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""', re.DOTALL),
    b"'''": re.compile(rb"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''", re.DOTALL),
}
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"utf_8"})
_TABBED = re.compile(rb"\n *\t")
# Not "important" or "globals"; but import_module and __import__ are.
_KEPT = (re.compile(rb"import(?![a-zA-Z])"), re.compile(rb"global(?!s)"))
_FORMATTED = re.compile(rb"[fFtT][rR]?\Z|[rR][fFtT]\Z")


def reduce_source(data: bytes) -> bytes | None:
    """Return shorter source with the same imports and module-level names on the same lines.

    ``None`` if that cannot be had. Errors inside what is left out are not seen any more.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\0" in data or b"\r" in data or not _plainly_encoded(data):
        return None
    text = b"\n" + data
    masked = _mask_long_strings(text)
    if masked is None:
        return None
    if b"\f" in masked:
        masked = masked.replace(b"\f\n", b" \n")
    if b"\f" in masked or _TABBED.search(masked):
        return None
    return _drop_definitions(text, masked)


def _plainly_encoded(data: bytes) -> bool:
    for line in data[:400].split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].lower() not in _PLAIN_ENCODINGS:
            return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mask_long_strings(text: bytes) -> bytes | None:
    """Blank the content of triple-quoted strings: then every line end is one of the program's."""
    pieces: list[bytes] = []
    done = 0
    quotes = [text.find(b'"""'), text.find(b"'''")]
    while quotes[0] >= 0 or quotes[1] >= 0:
        at = min(each for each in quotes if each >= 0)
        start = text.rfind(b"\n", done, at) + 1 or done
        while start > done and text[start - 2 : start] == b"\\\n":
            start = text.rfind(b"\n", done, start - 1) + 1 or done
        token = _first_triple(text, start)
        if token is None:
            return None
        if token < 0:  # only in comments and other strings on this line
            position = -token
            if position <= at:
                return None
        else:
            delimiter = text[token : token + 3]
            closing = _CLOSING[delimiter].match(text, token + 3)
            if closing is None:
                return None
            position = closing.end()
            if (
                _FORMATTED.search(text, max(start, token - 2), token)
                and text.find(b"{", token, position) >= 0
            ):
                return None
            pieces += (text[done:token], b" " * (position - token))
            done = position
        for index, delimiter in enumerate((b'"""', b"'''")):
            if 0 <= quotes[index] < position:
                quotes[index] = text.find(delimiter, position)
    pieces.append(text[done:])
    return b"".join(pieces)


def _may_nest(content: bytes) -> bool:
    # From Python 3.12 on, an expression in an f-string may hold the very quotes that delimit it (PEP 701).
    field = content.find(b"{")
    quoted = content.find(b'"', field) >= 0 or content.find(b"'", field) >= 0
    return field >= 0 and (quoted or content.count(b"{") != content.count(b"}"))


def _first_triple(text: bytes, start: int) -> int | None:
    """Return where the first triple-quoted string of a line opens, or minus where the line ends."""
    position = start
    while (token := _TOKEN.search(text, position)) is not None:
        if token["triple"]:
            return token.start()
        if token["odd"]:
            return None
        if token["end"]:
            return -token.start()
        if _FORMATTED.search(text, max(start, token.start() - 2), token.start()):
            return None
        position = token.end()
    return -len(text)


def _drop_definitions(text: bytes, masked: bytes) -> bytes | None:
    pieces: list[bytes] = []
    done = position = 0
    while (found := _DEFINITION.search(masked, position)) is not None:
        if masked[found.start() - 1 : found.start()] == b"\\" or found.end(1) - found.start(1) >= len(_ENDS):
            return None
        end = _end_of(masked, found)
        if end < 0:
            return None
        # What a module's own __getattr__ answers are names of the module.
        if found[3] == b"__getattr__" or any(word.search(masked, found.start(), end) for word in _KEPT):
            position = found.end()
            continue
        pieces += (
            text[done : found.start()],
            b"\n",
            found[1],
            b"class " if found[2] == b"class" else b"def ",
            found[3],
            b": pass" if found[2] == b"class" else b"(): pass",
            b"\n" * text.count(b"\n", found.start() + 1, end),
        )
        done = position = end
    pieces.append(text[done:])
    return b"".join(pieces)[1:]


def _end_of(masked: bytes, found: re.Match[bytes]) -> int:
    """Return where the definition's last line ends, -1 if that line may go on."""
    following = _ENDS[len(found[1])].search(masked, found.end())
    if following is None:
        return len(masked)
    return -1 if masked[following.start() - 1 : following.start()] == b"\\" else following.start()
