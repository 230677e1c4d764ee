"""YAML as plain values that remember their line, with bounds on what a hostile file may cost.

Sources: YAML 1.2.2 core schema as go-yaml v3 reads it (``resolve.go``), since compose files are written
for that reader; the merge key ``<<`` (YAML 1.1 type repository). A number is turned into text the way
Go prints it: an unquoted ``3.10`` is ``3.1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import yaml

from paritycheck.errors import SourceError

MAX_TEXT = 256 << 10  # characters; real compose files stay below 100 KiB
MAX_VALUES = 100_000  # once every alias is written out
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|0b[01_]+|0o?[0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_STEP = "simplify the file, or name its settings by flags"


class Scalar(msgspec.Struct, frozen=True):
    """A single value as text; ``None`` is null. ``tag`` as written (``!reset``), else empty."""

    text: str | None
    line: int = 0
    tag: str = ""


class Sequence(msgspec.Struct, frozen=True):
    """A list; ``line`` from 1, as everywhere here."""

    items: tuple[Value, ...]
    line: int = 0
    tag: str = ""


class Map(msgspec.Struct, frozen=True):
    """A mapping, merge keys resolved; of equal keys the last counts."""

    items: dict[str, Value]
    line: int = 0
    tag: str = ""


Value = Scalar | Sequence | Map


def read_yaml(text: str, path: str) -> Value:
    """Return the only document in ``text``; ``path`` is its file, for messages.

    Raises SourceError for what is no YAML, and for what is too large, too deep, or grows beyond
    ``MAX_VALUES`` values by its aliases.
    """
    if len(text) > MAX_TEXT:
        raise SourceError(f"{path}: larger than {MAX_TEXT >> 10} KiB", _STEP)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return Scalar(None) if node is None else _Reader(path).read(node)[0]
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SourceError(f"{path}{line}: not YAML: {error.problem}", "correct the file") from error
    except yaml.YAMLError as error:
        raise SourceError(f"{path}: not YAML: {error}", "correct the file") from error
    except RecursionError as error:
        raise SourceError(f"{path}: nested too deeply", _STEP) from error


class _Reader:
    """Turns nodes into values, each node once: an alias is the same value again."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.known: dict[int, tuple[Value, int]] = {}
        self.open: set[int] = set()

    def read(self, node: yaml.Node) -> tuple[Value, int]:
        """Return the value, and how many values it is."""
        identity = id(node)
        if identity in self.known:
            return self.known[identity]
        line = node.start_mark.line + 1
        if identity in self.open:
            raise SourceError(f"{self.path}:{line}: an alias stands inside of what it names", _STEP)
        self.open.add(identity)
        value, count = self._read(node, line)
        self.open.discard(identity)
        if count > MAX_VALUES:
            raise SourceError(f"{self.path}:{line}: more than {MAX_VALUES:,} values by its aliases", _STEP)
        self.known[identity] = value, count
        return value, count

    def _read(self, node: yaml.Node, line: int) -> tuple[Value, int]:
        tag = node.tag if node.tag.startswith("!") else ""
        if isinstance(node, yaml.ScalarNode):
            return Scalar(_text(node), line, tag), 1
        if isinstance(node, yaml.SequenceNode):
            read = [self.read(item) for item in node.value]
            return Sequence(tuple(value for value, _ in read), line, tag), 1 + sum(n for _, n in read)
        count = 1
        own: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        for key, item in node.value:
            value, size = self.read(item)
            count += size
            if key.tag == "tag:yaml.org,2002:merge":
                for source in _merged(value):
                    merged = {**source.items, **merged}
            elif isinstance(key, yaml.ScalarNode):
                own[key.value] = value
        return Map({**merged, **own}, line, tag), count


def _merged(value: Value) -> Iterator[Map]:
    """Yield what a merge key takes from, the first to count most."""
    for each in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(each, Map):
            yield each


def _text(node: yaml.ScalarNode) -> str | None:
    text: str = node.value
    if node.style is not None or node.tag == "!":
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text.lower()
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return repr(float(text)).removesuffix(".0")
    return text


def _integer(digits: str) -> str:
    if len(digits) > 30:
        return digits
    try:
        octal = re.fullmatch(r"([-+]?)0([0-7]+)", digits)
        return str(int(octal[1] + octal[2], 8) if octal else int(digits, 0))
    except ValueError:  # 08: no octal number after all
        return str(int(digits))
