"""The values that a shell script is made of: words with their parts, commands, and how they are joined."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """Literal text; what is ``quoted`` is neither split nor a file name pattern."""

    text: str
    quoted: bool = False


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """``$name`` or ``${name operator operand}`` with one of ``:- - := = :+ + :? ?``."""

    name: str
    operator: str = ""
    operand: Word | None = None
    quoted: bool = False


class Unclear(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part whose value only running it tells: a command substitution, arithmetic, a rarer expansion."""

    text: str
    quoted: bool = False


Part: TypeAlias = Text | Variable | Unclear


class Word(msgspec.Struct, frozen=True):
    """One word before expansion."""

    parts: tuple[Part, ...] = ()


class Redirect(msgspec.Struct, frozen=True):
    """``> target`` and its kind; for ``<<`` the target is the here-document's body."""

    operator: str
    target: Word
    descriptor: str = ""


class Simple(msgspec.Struct, frozen=True):
    """A command with its words; ``text`` is how it is written."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...] = ()
    text: str = ""


class Sequence(msgspec.Struct, frozen=True):
    """Commands one after the other (``;``, a line end or ``&`` between them; before ``&`` in a subshell)."""

    commands: tuple[Command, ...]


class Chain(msgspec.Struct, frozen=True):
    """``left && right`` or ``left || right``."""

    operator: Literal["&&", "||"]
    left: Command
    right: Command


class Pipeline(msgspec.Struct, frozen=True):
    """``a | b | c``."""

    commands: tuple[Command, ...]


class Group(msgspec.Struct, frozen=True):
    """``{ …; }``, or ``( … )`` in a ``subshell``."""

    body: Sequence
    subshell: bool = False


class Redirected(msgspec.Struct, frozen=True):
    """A command and where its input comes from and its output goes."""

    body: Command
    redirects: tuple[Redirect, ...]


class If(msgspec.Struct, frozen=True):
    """Conditions with their bodies, in order, and what is done if none holds."""

    arms: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None = None


class For(msgspec.Struct, frozen=True):
    """``for variable in values``."""

    variable: str
    values: tuple[Word, ...]
    body: Sequence


class While(msgspec.Struct, frozen=True):
    """``while`` or ``until``."""

    condition: Sequence
    body: Sequence


class Case(msgspec.Struct, frozen=True):
    """``case subject in``: patterns with their bodies."""

    subject: Word
    items: tuple[tuple[tuple[Word, ...], Sequence], ...]


class Function(msgspec.Struct, frozen=True):
    """The definition of a function."""

    name: str
    body: Command


class Not(msgspec.Struct, frozen=True):
    """``! command``."""

    body: Command


class Opaque(msgspec.Struct, frozen=True):
    """What the grammar does not tell, as it is written."""

    text: str


Command: TypeAlias = (
    Simple
    | Sequence
    | Chain
    | Pipeline
    | Group
    | Redirected
    | If
    | For
    | While
    | Case
    | Function
    | Not
    | Opaque
)
