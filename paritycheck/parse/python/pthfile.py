"""The lines of a ``.pth`` file, and what the ones that run code import.

Source: CPython, Lib/site.py, ``addpackage``: a line that begins with ``import`` and white space is
run, a line that begins with ``#`` or is blank is skipped, any other line names a path relative to
the directory of the file.
"""

import ast

import msgspec

from paritycheck.parse.python.editable import parse_quietly


class PthLine(msgspec.Struct, frozen=True):
    """One effective line: ``number`` from 1; ``runs`` tells code from a path."""

    number: int
    text: str
    runs: bool


def parse_pth(content: bytes) -> tuple[PthLine, ...]:
    """Return the effective lines of a ``.pth`` file, in order."""
    text = content.decode("utf-8-sig", "surrogateescape")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(
        PthLine(number, line.rstrip(), line.startswith(("import ", "import\t")))
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    )


def imported_modules(code: str) -> tuple[str, ...]:
    """Return the modules that a line of code imports, in order; empty if it is no Python."""
    tree = parse_quietly(code)
    if tree is None:
        return ()
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found[node.module] = None
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "__import__"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            found[node.args[0].value] = None
    return tuple(found)
