"""The last line of a traceback, and other sentences that tell of an exception -> what it misses.

Sources: CPython ``Python/import.c`` and ``Lib/importlib/_bootstrap.py`` (the words of import errors),
``Objects/exceptions.c`` (OSError), ``Lib/runpy.py``, ``Modules/main.c``; glibc ``elf/dl-load.c``; the words
of uvicorn, gunicorn, Celery, Flask, dash, bash, crun and runc when they cannot start a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from paritycheck.model.smoke import Raised
from paritycheck.parse.logs.redaction import redact

LONGEST = 600  # characters of a message that is kept
EXCEPTION = re.compile(r"((?:[A-Za-z_]\w*|<locals>)(?:\.(?:[A-Za-z_]\w*|<locals>))*)(?:: (.*)|:?)\Z")
# What loggers write in the same place and in the same way as an exception's name.
_LEVELS = (
    "trace",
    "debug",
    "info",
    "notice",
    "warn",
    "warning",
    "error",
    "critical",
    "fatal",
    "success",
    "alert",
)
LEVELS = frozenset(spelt for each in _LEVELS for spelt in (each, each.upper(), each.title()))
IMPORTS = frozenset({"ImportError", "ModuleNotFoundError"})
_NO_PROGRAM = "[Errno 2] No such program"
_MODULE = re.compile(r"No module named ['\"]?([\w.]+)")
_NAME = re.compile(r"cannot import name '?(\w+)'?(?: from (?:partially initialized module )?'([\w.]+)')?")
_FILE = re.compile(r"\[(?:Errno|WinError) -?\d+\] [^:\n]*: (?:b?'([^'\n]*)'|b?\"([^\"\n]*)\")")
_LIBRARY = re.compile(r"([^\s:'\"]+\.so(?:\.[\w.]+)?): cannot open shared object file")


def raised_by(name: str, message: str) -> Raised:
    """Return the exception ``name`` with what its message says is missing; the message is as it was."""
    message = message[: LONGEST * 4]
    imports = name.rpartition(".")[2] in IMPORTS
    module = wanted = ""
    if imports:
        missing, lacking = _MODULE.search(message), _NAME.search(message)
        if missing:
            module = missing[1].strip(".")
        elif lacking:
            module, wanted = lacking[2] or "", lacking[1]
    opened = None if imports else _FILE.search(message)
    file = (opened[1] or opened[2] or "") if opened else ""
    return Raised(name, message, imports, module, wanted, file)


def withhold(raised: Raised) -> Raised:
    """Return the exception without what looks like a secret in its message and its lines."""
    frames = tuple(msgspec.structs.replace(frame, text=redact(frame.text)) for frame in raised.frames)
    return msgspec.structs.replace(raised, message=redact(raised.message)[:LONGEST], frames=frames)


def missing_library(raised: Raised) -> str:
    """Return the shared library that an exception could not load, as it names it; else ``""``."""
    found = _LIBRARY.search(raised.message)
    return found[1] if found else ""


def missing_program(raised: Raised) -> str:
    """Return the program that could not be started, by its name; else ``""``."""
    return raised.file if raised.message.startswith(_NO_PROGRAM) and "/" not in raised.file else ""


def is_circular(raised: Raised) -> bool:
    """Tell whether an import failed because the module imports itself by way of others."""
    return "partially initialized module" in raised.message


def is_exception_name(name: str) -> bool:
    """Tell whether the first word of a line may be an exception's name."""
    return name not in LEVELS


def _no_module(found: re.Match[str]) -> Raised:
    return raised_by("ModuleNotFoundError", f"No module named '{found[1].strip(chr(39))}'")


def _no_file(found: re.Match[str]) -> Raised:
    return raised_by("FileNotFoundError", f"[Errno 2] No such file or directory: '{found[1]}'")


def _no_program(found: re.Match[str]) -> Raised:
    return raised_by("FileNotFoundError", f"{_NO_PROGRAM}: '{found[1]}'")


def _no_library(found: re.Match[str]) -> Raised:
    return raised_by("ImportError", f"{found[1]}: cannot open shared object file: No such file or directory")


# What has to stand in a line for the sentence to be looked for, the sentence, what it tells of.
SENTENCES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], Raised]], ...] = (
    (": No module named ", re.compile(r"python[\d.]*: No module named '?([\w.]+)"), _no_module),
    (
        "finding module spec",
        re.compile(r"Error while finding module specification for '[^']*' \(\w+: No module named '([\w.]+)'"),
        _no_module,
    ),
    ("can't open file", re.compile(r"can't open file '([^'\n]+)'"), _no_file),
    ("Could not import module", re.compile(r"Could not import module \"([\w.]+)\""), _no_module),
    ("Could not import '", re.compile(r"Error: Could not import '([\w.]+)'"), _no_module),
    ("The module ", re.compile(r"The module ([\w.]+) was not found"), _no_module),
    (
        "loading shared libraries",
        re.compile(r"error while loading shared libraries: ([^\s:]+):"),
        _no_library,
    ),
    ("executable file", re.compile(r"executable file `?\"?([^\s\"`]+)[`\"]? not found"), _no_program),
    ("executable file not", re.compile(r"exec: \"([^\"]+)\": executable file not found"), _no_program),
    (": not found", re.compile(r"\bsh: (?:line )?\d+: (?:exec: )?([^\s:]+): not found\s*\Z"), _no_program),
    (
        ": command not found",
        re.compile(r"(?:line \d+|bash|sh): ([^\s:]+): command not found\s*\Z"),
        _no_program,
    ),
    ("no such file or", re.compile(r"exec:? \"?(/[^\s:\"]+)\"?: no such file or directory"), _no_program),
)


def read_sentence(line: str) -> Raised | None:
    """Return the exception that a single line tells of without a traceback, if it does."""
    for word, sentence, tell in SENTENCES:
        if word in line:
            found = sentence.search(line)
            if found:
                return tell(found)
    return None
