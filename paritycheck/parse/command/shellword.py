"""The words of a shell script: quotes removed, variables and what cannot be told kept apart.

Source: POSIX.1-2024, Shell Command Language 2.2 (quoting), 2.6.2 (parameter expansion), 2.7.4
(here-documents).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter

from paritycheck.parse.command.shellscript import Part, Text, Unclear, Variable, Word

Node = tree_sitter.Node

# What the grammar has for one word.
WORDS = frozenset(
    {"word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "concatenation",
     "simple_expansion", "expansion", "command_substitution", "process_substitution",
     "arithmetic_expansion", "extglob_pattern", "regex", "test_operator", "variable_name",
     "special_variable_name", "brace_expression"}
)  # fmt: skip
_EXPANSION = re.compile(r"\$\{(\w+|[@*#?$!-])(?:(:?[-+=?])(.*))?\}", re.DOTALL)
_OPERAND = re.compile(r"\$(\w+)|\$\{(\w+)\}|([^$`\\\"']+)")
_IN_QUOTES = re.compile(r"\\([$`\"\\\n])")
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


def source_text(node: Node) -> str:
    """Return how a node is written."""
    return (node.text or b"").decode("utf-8", "surrogateescape")


def read_word(node: Node) -> Word:
    """Return the word that this node is."""
    return Word(tuple(_parts(node)))


def body_word(node: Node, quoted: bool, chomp: bool) -> Word:
    """Return a here-document's body as one word; ``chomp`` removes the tabs that begin its lines."""
    parts = [Text(source_text(node), quoted=True)] if quoted else list(_inside(node, 0, 0))
    if chomp:
        parts = [_chomped(part, index) for index, part in enumerate(parts)]
    return Word(tuple(parts))


def _chomped(part: Part, index: int) -> Part:
    if not isinstance(part, Text):
        return part
    text = re.sub(r"(?<=\n)\t+", "", part.text)
    return Text(text.lstrip("\t") if index == 0 else text, quoted=True)


def _parts(node: Node) -> Iterator[Part]:
    kind, text = node.type, source_text(node)
    if kind == "concatenation":
        for child in node.children:
            yield from _parts(child)
    elif kind == "string":
        yield from _inside(node, 1, 1)
    elif kind == "translated_string":
        for child in node.named_children:
            yield from _parts(child)
    elif kind == "raw_string":
        yield Text(text[1:-1], quoted=True)
    elif kind == "ansi_c_string":
        yield Text(re.sub(r"\\(.)", lambda m: _ANSI.get(m[1], m[1]), text[2:-1]), quoted=True)
    elif kind in ("simple_expansion", "expansion"):
        yield _variable(text, quoted=False)
    elif kind in ("command_substitution", "process_substitution", "arithmetic_expansion"):
        yield Unclear(text)
    else:
        yield from _bare(text)


def _inside(node: Node, left: int, right: int) -> Iterator[Part]:
    """Yield the parts of a double-quoted string or a here-document, without ``left`` and ``right`` bytes.

    The grammar does not list all literal text: it is what lies between the expansions.
    """
    data = node.text or b""
    start, position = node.start_byte, left
    empty = True
    for child in node.children:
        if child.type not in (
            "simple_expansion",
            "expansion",
            "command_substitution",
            "arithmetic_expansion",
        ):
            continue
        between = data[position : child.start_byte - start]
        if between:
            yield _quoted(between)
        expands = child.type in ("simple_expansion", "expansion")
        text = source_text(child)
        yield _variable(text, quoted=True) if expands else Unclear(text, quoted=True)
        position, empty = child.end_byte - start, False
    rest = data[position : len(data) - right]
    if rest or empty:
        yield _quoted(rest)


def _quoted(data: bytes) -> Text:
    text = data.decode("utf-8", "surrogateescape")
    return Text(_IN_QUOTES.sub(lambda m: "" if m[1] == "\n" else m[1], text), quoted=True)


def _bare(text: str) -> Iterator[Part]:
    """Yield unquoted text; what stands behind a backslash is quoted by it, ``~`` means HOME."""
    if text == "~" or text.startswith("~/"):
        yield Variable("HOME", quoted=True)
        text = text[1:]
    plain = ""
    pieces = re.split(r"\\(.)", text, flags=re.DOTALL)
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            plain = piece
            if plain:
                yield Text(plain)
        elif piece != "\n":
            yield Text(piece, quoted=True)


def _variable(text: str, quoted: bool) -> Part:
    if not text.startswith("${"):
        return Variable(text[1:], quoted=quoted)
    found = _EXPANSION.fullmatch(text)
    if found is None:
        return Unclear(text, quoted)
    name, operator, operand = found.groups()
    if operator is None:
        return Variable(name, quoted=quoted)
    parts: list[Part] = []
    position = 0
    while position < len(operand):
        piece = _OPERAND.match(operand, position)
        if piece is None:
            return Unclear(text, quoted)
        parts.append(
            Variable(piece[1] or piece[2], quoted=quoted) if piece[3] is None else Text(piece[3], quoted)
        )
        position = piece.end()
    return Variable(name, operator, Word(tuple(parts)), quoted)
