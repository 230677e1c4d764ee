"""``find`` as it changes a stage: ``-delete`` and ``-exec`` over the paths that are known.

Source: POSIX.1-2024 find, GNU findutils. A test that cannot be told from a tree (age, size) makes
the match uncertain, and an uncertain removal is taken not to happen.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable

import msgspec

from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellsteps import remove_path
from paritycheck.predict.running.shellwords import Field, Unsure

_KINDS = {"f": "file", "d": "dir", "l": "link"}
_WITH_VALUE = frozenset(
    {"-amin", "-atime", "-cmin", "-ctime", "-fstype", "-gid", "-group",
     "-ilname", "-inum", "-iregex",
     "-links", "-lname", "-mmin", "-mtime", "-newer", "-perm", "-regex", "-regextype", "-samefile", "-size",
     "-uid", "-used", "-user", "-xtype"}
)  # fmt: skip
_SILENT = frozenset(
    {"-depth", "-d", "-follow", "-mount", "-xdev", "-noleaf", "-print", "-print0", "-ls", "-nowarn", "-warn",
     "-ignore_readdir_race", "-true", "-daystart"}
)  # fmt: skip


class _Match(msgspec.Struct):
    """One visited path: as find prints it, in the tree, and what kind it is."""

    shown: str
    path: str
    kind: str
    pruned: bool = False


_Test = Callable[[_Match], Status]


class _Expression:
    """A parsed expression; actions are collected while it is evaluated."""

    def __init__(self, words: list[Field]) -> None:
        self.words = words
        self.at = 0
        self.max_depth = 1 << 30
        self.refused = False
        self.min_depth = 0
        self.acts: list[tuple[str, list[Field]]] = []
        self.queue: list[tuple[int, _Match]] = []

    def parse(self) -> _Test:
        left = self._all()
        while self._take("-o", "-or"):
            left = _either(left, self._all())
        return left

    def _take(self, *words: str) -> bool:
        if self.at < len(self.words) and self.words[self.at] in words:
            self.at += 1
            return True
        return False

    def _all(self) -> _Test:
        left = self._one()
        while self.at < len(self.words) and self.words[self.at] not in ("-o", "-or", ")"):
            self._take("-a", "-and")
            left = _both(left, self._one())
        return left

    def _one(self) -> _Test:
        if self.at >= len(self.words):
            return lambda _: True
        word = self.words[self.at]
        self.at += 1
        if word in ("!", "-not"):
            inner = self._one()
            return lambda match: _negate(inner(match))
        if word == "(":
            inner = self.parse()
            self._take(")")
            return inner
        return self._primary(word)

    def _value(self) -> Field:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def _primary(self, word: Field) -> _Test:
        if word in ("-name", "-iname", "-path", "-wholename", "-ipath"):
            return _named(str(word), self._value())
        if word == "-type":
            kinds = {_KINDS.get(letter, "other") for letter in str(self._value()).split(",")}
            return lambda match: match.kind in kinds
        if word in ("-maxdepth", "-mindepth"):
            value = self._value()
            if isinstance(value, str) and value.isdecimal():
                if word == "-maxdepth":
                    self.max_depth = int(value)
                else:
                    self.min_depth = int(value)
            return lambda _: True
        if word == "-prune":
            return _prune
        if word in ("-delete", "-exec", "-execdir", "-ok"):
            return self._action(str(word))
        if word in _SILENT:
            return lambda _: True
        if word in _WITH_VALUE:
            self._value()
        return lambda _: None

    def _action(self, word: str) -> _Test:
        command: list[Field] = []
        if word != "-delete":
            while self.at < len(self.words) and self.words[self.at] not in (";", "+"):
                command.append(self._value())
            # GNU find refuses the whole expression unless {} is the last word before a +, and no other.
            if self._value() == "+" and [f for f in command if isinstance(f, str) and "{}" in f] != ["{}"]:
                self.refused = True
        index = len(self.acts)
        self.acts.append((word, command))

        def act(match: _Match) -> Status:
            self.queue.append((index, match))
            return True

        return act


def _named(word: str, pattern: Field) -> _Test:
    if isinstance(pattern, Unsure):
        return lambda _: None
    whole = word in ("-path", "-wholename", "-ipath")
    fold = word in ("-iname", "-ipath")
    wanted = pattern.lower() if fold else pattern

    def test(match: _Match) -> Status:
        text = match.shown if whole else posixpath.basename(match.shown.rstrip("/")) or "/"
        return fnmatch.fnmatchcase(text.lower() if fold else text, wanted)

    return test


def _prune(match: _Match) -> Status:
    match.pruned = True
    return True


def _negate(status: Status) -> Status:
    return None if status is None else not status


def _both(left: _Test, right: _Test) -> _Test:
    def test(match: _Match) -> Status:
        first = left(match)
        # What may not match is left alone: no action is taken on it.
        return right(match) if first else first

    return test


def _either(left: _Test, right: _Test) -> _Test:
    def test(match: _Match) -> Status:
        first = left(match)
        return first if first is not False else right(match)

    return test


def find(shell: Shell, fields: list[Field]) -> Status:
    """Follow ``find``; what it only prints changes nothing."""
    words = [field for field in fields if field not in ("-L", "-H", "-P")]
    starts: list[Field] = []
    while words and not (isinstance(words[0], str) and words[0].startswith(("-", "(", "!"))):
        starts.append(words.pop(0))
    expression = _Expression(words)
    test = expression.parse()
    if expression.refused:
        return False
    if not expression.acts:
        return None
    for start in starts or ["."]:
        if isinstance(start, str):
            _walk(shell, start, test, expression)
    _perform(shell, expression)
    return None


def _walk(shell: Shell, start: str, test: _Test, expression: _Expression) -> None:
    place = shell.place(start, follow_last=start.endswith("/"))
    if place.certainty != "present":
        return
    stack = [(start, place.path, 0)]
    while stack:
        shown, path, depth = stack.pop()
        entry = shell.tree.get(path)
        match = _Match(shown, path, entry.kind if entry is not None else "dir")
        if depth >= expression.min_depth:
            test(match)
        if match.kind == "dir" and not match.pruned and depth < expression.max_depth:
            for name in reversed(shell.tree.children(path)):
                below = f"{shown}{name}" if shown.endswith("/") else f"{shown}/{name}"
                stack.append((below, f"{path}/{name}" if path else name, depth + 1))


def _perform(shell: Shell, expression: _Expression) -> None:
    # Children before their parents, as -delete implies -depth.
    for index, match in reversed(expression.queue):
        word, command = expression.acts[index]
        if word == "-delete":
            if match.kind != "dir" or not shell.tree.children(match.path):
                remove_path(shell, match.path)
        elif command and command[0] in ("rm", "rmdir", "unlink"):
            recursive = any(isinstance(f, str) and f.startswith("-") and "r" in f.lower() for f in command)
            for field in command[1:]:
                path = match.path if field == "{}" else _below(field, match)
                if path and (shell.tree.get(path) is None or recursive or not shell.tree.children(path)):
                    remove_path(shell, path)
        elif command and word == "-exec":
            fields: list[Field] = [
                field.replace("{}", match.shown) if isinstance(field, str) else field for field in command
            ]
            shell.scene.perform(shell, fields, None)


def _below(field: Field, match: _Match) -> str:
    """Return what a word such as ``{}/tests`` means for a match, ``""`` if it names nothing below it."""
    if not isinstance(field, str) or not field.startswith("{}/"):
        return ""
    return f"{match.path}/{field[3:].strip('/')}".lstrip("/")
