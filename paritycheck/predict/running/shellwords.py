"""What the words of a command become: variables replaced, split into fields, file names matched.

Source: POSIX.1-2024, Shell Command Language 2.6 (word expansions) and 2.14 (pattern matching).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.model.tree import join
from paritycheck.parse.command.shellscript import Text, Unclear, Variable, Word
from paritycheck.predict.copying.stagetree import StageTree


class Unsure(msgspec.Struct, frozen=True):
    """A field of which only the beginning is certain."""

    start: str


Field = str | Unsure
Lookup = Callable[[str], Field | None]  # None: the variable is not set

_MAGIC = re.compile(r"[*?\[]")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


class _Draft:
    """One field in the making: its text, and the same text as a pattern in which what was quoted is plain."""

    def __init__(self) -> None:
        self.text = ""
        self.pattern = ""
        self.begun = False
        self.unsure = False

    def add(self, text: str, quoted: bool) -> None:
        self.begun = self.begun or quoted or text != ""
        if not self.unsure:
            self.text += text
            self.pattern += re.sub(r"([*?\[])", r"[\1]", text) if quoted else text

    def doubt(self) -> None:
        self.begun = self.unsure = True


def expand_fields(
    words: tuple[Word, ...], lookup: Lookup, tree: StageTree, cwd: str, braces: bool = False
) -> list[Field]:
    """Return the fields of ``words``; file name patterns are matched in ``tree`` from ``cwd``.

    A pattern that matches nothing stays as it is written. ``braces``: the shell knows ``{a,b}``.
    """
    fields: list[Field] = []
    for draft in (draft for word in words for draft in _split(word, lookup)):
        if draft.unsure:
            fields.append(Unsure(draft.text))
            continue
        texts = _unbrace(draft.pattern) if braces else [draft.pattern]
        for text in texts:
            plain = re.sub(r"\[([*?\[])\]", r"\1", text)
            matches = match_files(text, tree, cwd) if _MAGIC.search(text) else []
            fields.extend(matches or [plain])
    return fields


def expand_text(word: Word, lookup: Lookup) -> Field:
    """Return a word that is neither split nor matched with files: an assignment's or a redirection's."""
    text = ""
    for part in word.parts:
        value = _value(part, lookup)
        if isinstance(value, Unsure):
            return Unsure(text + value.start)
        text += value
    return text


def _value(part: Text | Variable | Unclear, lookup: Lookup) -> Field:
    match part:
        case Text(text=text):
            return text
        case Unclear():
            return Unsure("")
        case Variable(name=name, operator=operator, operand=operand):
            value = lookup(name)
            other = expand_text(operand, lookup) if operand is not None else ""
            if isinstance(value, Unsure):
                return Unsure("")
            absent = value is None or (operator.startswith(":") and value == "")
            kind = operator[-1:]
            if kind == "+":
                return "" if absent else other
            return other if absent and kind in ("-", "=") else value or ""


def _split(word: Word, lookup: Lookup) -> list[_Draft]:
    drafts = [_Draft()]
    for part in word.parts:
        value = _value(part, lookup)
        if isinstance(value, Unsure):
            drafts[-1].add(value.start, quoted=True)
            drafts[-1].doubt()
        elif isinstance(part, Text) or part.quoted:
            drafts[-1].add(value, part.quoted)
        else:
            for index, piece in enumerate(re.split(r"[ \t\n]+", value)):
                if index:
                    drafts.append(_Draft())
                drafts[-1].add(piece, quoted=False)
    return [draft for draft in drafts if draft.begun]


def _unbrace(text: str) -> list[str]:
    found = _BRACES.search(text)
    if found is None:
        return [text]
    return [
        result
        for choice in found[1].split(",")
        for result in _unbrace(text[: found.start()] + choice + text[found.end() :])
    ]


def match_files(pattern: str, tree: StageTree, cwd: str) -> list[str]:
    """Return the known paths that a file name pattern matches, written as the pattern is, sorted."""
    head = "/" if pattern.startswith("/") else ""
    found = [head]
    for part in filter(None, pattern.split("/")):
        found = [result for path in found for result in _match_part(part, path, tree, cwd)]
    return [] if found == [head] else found


def _match_part(part: str, path: str, tree: StageTree, cwd: str) -> Iterator[str]:
    def extend(name: str) -> str:
        return f"{path}{name}" if path in ("", "/") else f"{path}/{name}"

    place = tree.locate(join(cwd, path))
    if not _MAGIC.search(part) or part in (".", ".."):
        if (
            part in (".", "..")
            or tree.locate(join(cwd, extend(part)), follow_last=False).certainty == "present"
        ):
            yield extend(part)
        return
    regex = re.compile(fnmatch.translate(re.sub(r"\[!?", lambda m: m[0], part)))
    for name in tree.children(place.path):
        if regex.match(name) and (not name.startswith(".") or part.startswith(".")):
            yield extend(name)
