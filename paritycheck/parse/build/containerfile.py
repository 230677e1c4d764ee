"""A Containerfile as instructions that remember their lines.

Source: ``newNodeFromLine`` and the dispatch table in BuildKit's ``parser/parser.go`` and in
openshift/imagebuilder; what is refused while reading: :mod:`paritycheck.parse.build.checking`.
"""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.parse.build.arguments import (
    parse_declarations,
    parse_json,
    parse_pairs,
    split_blanks,
    split_first,
    split_flags,
    split_keyword,
)
from paritycheck.parse.build.checking import check_instruction, is_newer
from paritycheck.parse.build.dialect import Dialect, dialect_of
from paritycheck.parse.build.gotext import replace_halves
from paritycheck.parse.build.instruction import Containerfile, Flag, Heredoc, Instruction
from paritycheck.parse.build.lexing import Lines, LogicalLine

__all__ = ["Containerfile", "Flag", "Heredoc", "Instruction", "parse_containerfile", "parse_triggers"]

Form = tuple[str, tuple[str, ...]]


def parse_containerfile(text: str, path: str, engine: Engine) -> Containerfile:
    """Parse as ``engine`` does; :class:`~paritycheck.errors.BuildRefused` is what the engine would say.

    Buildah looks at an instruction's arguments only when it runs it: there, unknown instructions
    and wrong arguments are in the result and refused by prediction, if they are reached.
    """
    dialect = dialect_of(engine)
    if not text:
        raise BuildRefused(_EMPTY[dialect.family], path)
    parsed = _parse(text, path, dialect)
    if not parsed.instructions:
        raise BuildRefused(_NOTHING[dialect.family], path)
    if dialect.family != "imagebuilder":
        for instruction in parsed.instructions:
            check_instruction(instruction, engine, lenient=is_newer(engine, parsed.syntax))
    return parsed


_EMPTY = {
    "buildkit": "the Dockerfile cannot be empty",
    "classic": "the Dockerfile cannot be empty",
    "imagebuilder": "no contents in the file",
}
_NOTHING = {
    "buildkit": "file with no instructions",
    "classic": "file with no instructions",
    "imagebuilder": "building: no stages to build",
}


def parse_triggers(texts: tuple[str, ...], engine: Engine, location: Location) -> tuple[Instruction, ...]:
    """Parse the ONBUILD triggers of a base; each is located at the FROM line that runs it.

    The escape directive of the file does not hold in them.
    """
    dialect = dialect_of(engine)
    # Buildah joins the triggers to one file, the others read each on its own.
    texts = ("\n".join(texts),) if dialect.family == "imagebuilder" else texts
    found: list[Instruction] = []
    for text in texts:
        parsed = _parse(text, location.path, dialect, at=location.line).instructions
        if dialect.family != "imagebuilder" and len(parsed) != 1:
            raise BuildRefused("onbuild trigger should be a single expression", location.path, location.line)
        for instruction in parsed:
            if dialect.family != "imagebuilder":
                check_instruction(instruction, engine)
            found.append(instruction)
    return tuple(found)


def _parse(text: str, path: str, dialect: Dialect, at: int = 0) -> Containerfile:
    lines = Lines(replace_halves(text), path, dialect, lambda line: _takes_heredocs(line, dialect))
    instructions = []
    for line in lines.read():
        try:
            instructions.append(_instruction(line, path, dialect, at))
        except BuildRefused as error:
            raise BuildRefused(error.reason, path, at or line.start, error.hint) from None
        except RecursionError:
            raise BuildRefused("ONBUILD is nested too deeply", path, at or line.start) from None
    return Containerfile(path, lines.escape, tuple(instructions), lines.syntax)


def _takes_heredocs(line: str, dialect: Dialect) -> bool:
    keyword, rest = split_keyword(line)
    if keyword.upper() == "ONBUILD":
        keyword, rest = split_keyword(rest)
    if keyword.upper() not in ("ADD", "COPY", "RUN"):
        return False
    try:
        return parse_json(split_flags(rest, "\\")[1], dialect) is None
    except BuildRefused:
        return False


def _instruction(line: LogicalLine, path: str, dialect: Dialect, at: int) -> Instruction:
    keyword, rest = split_keyword(line.text)
    keyword = keyword.upper()
    flags, rest = split_flags(rest, line.escape if dialect.flag_escape else "\\")
    form: str = "words"
    words: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str | None], ...] = ()
    trigger: Instruction | None = None
    if keyword in ("ENV", "LABEL"):
        pairs = parse_pairs(rest, keyword, line.escape)
    elif keyword == "ARG":
        pairs = parse_declarations(rest, line.escape)
    elif keyword == "ONBUILD" and rest:
        inner = LogicalLine(rest, line.start, line.end, line.escape, line.heredocs)
        trigger = _instruction(inner, path, dialect, at)
    elif keyword in _FORMS:
        form, words = _FORMS[keyword](rest, dialect)
    return Instruction(
        keyword=keyword,
        words=words,
        form="exec" if form == "exec" else "shell" if form == "shell" else "words",
        flags=flags,
        pairs=pairs,
        heredocs=line.heredocs,
        location=Location(path, at or line.start, line.text),
        end_line=at or line.end,
        trigger=trigger,
    )


def _list(rest: str, dialect: Dialect) -> Form:
    elements = parse_json(rest, dialect)
    return ("words", split_blanks(rest)) if elements is None else ("exec", elements)


def _command(rest: str, dialect: Dialect) -> Form:
    elements = parse_json(rest, dialect) if rest else None
    return _single(rest, dialect) if elements is None else ("exec", elements)


def _healthcheck(rest: str, dialect: Dialect) -> Form:
    kind, command = split_first(rest)
    if not kind:
        return "shell", ()
    form, words = _command(command, dialect)
    return form, (kind, *words)


def _words(rest: str, _: Dialect) -> Form:
    return "words", split_blanks(rest)


def _single(rest: str, _: Dialect) -> Form:
    return "shell", (rest,) if rest else ()


_FORMS: dict[str, Callable[[str, Dialect], Form]] = {
    "ADD": _list,
    "CMD": _command,
    "COPY": _list,
    "ENTRYPOINT": _command,
    "EXPOSE": _words,
    "FROM": _words,
    "HEALTHCHECK": _healthcheck,
    "MAINTAINER": _single,
    "RUN": _command,
    "SHELL": _command,
    "STOPSIGNAL": _single,
    "USER": _single,
    "VOLUME": _list,
    "WORKDIR": _single,
}
