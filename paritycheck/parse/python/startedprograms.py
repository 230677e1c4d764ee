"""Modules that a program starts an interpreter for: ``subprocess.run([sys.executable, "-m", "x"])``.

Sources: the library reference on ``subprocess``, ``asyncio.create_subprocess_exec`` and ``os.exec*``, and
"Command line and environment": ``-m`` and a script without a directory are looked for in the working
directory first. Whoever starts a program may do without it; who becomes one (``exec``) does not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from paritycheck.model.source import Import
from paritycheck.parse.python.importguards import Around

# The new interpreter searches the working directory; whether the one that runs does is a fact about it.
CWD_SEARCHED = "sys.path.cwd"
WORDS = (b"sys.executable", b'"-m"', b"'-m'")
_STARTING = (b"subprocess", b"execv", b"execl")
# Where a module says one of these, nobody knows where the programs that it starts look for their modules.
_ELSEWHERE = (b"PYTHONPATH", b"chdir(")
_LISTED = {
    **{f"subprocess.{name}": 0 for name in ("run", "call", "check_call", "check_output", "Popen")},
    **{f"os.{name}": 1 for name in ("execv", "execvp")},
}
_SPREAD = {"asyncio.create_subprocess_exec": 0, "os.execl": 1, "os.execlp": 1}
_CHANGING = frozenset({"cwd", "env", "executable"})
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
_FLAGS = re.compile(r"-[bBdOquvx]+")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SCRIPT = re.compile(r"(?:\./)?([^\W\d]\w*)\.py")


def may_start_programs(data: bytes) -> bool:
    """Tell whether a source may start an interpreter that looks for its modules where this one does."""
    told = any(word in data for word in WORDS) and any(word in data for word in _STARTING)
    return told and not any(word in data for word in _ELSEWHERE)


def started_programs(
    found: Iterable[tuple[ast.Call, Around]], bound: Mapping[str, str]
) -> Iterator[tuple[int, Import]]:
    """Yield the modules that calls start, each with its column; ``bound`` as for ``dynamic_imports``."""
    for call, around in found:
        name = _dotted(call.func, bound)
        if any(each.arg in _CHANGING for each in call.keywords):
            continue
        program = _program(_words(call, name), bound)
        if program is not None:
            within = around if name.startswith("os.") else around._replace(guarded=True, caught=())
            test = f"({around.condition}) and {CWD_SEARCHED}" if around.condition else CWD_SEARCHED
            module, names = program
            yield (
                call.col_offset,
                Import(call.lineno, module, 0, names, within.context, dynamic=True, condition=test),
            )


def _words(call: ast.Call, name: str) -> list[ast.expr]:
    """Return the words of the command line that a call starts."""
    if name in _SPREAD:
        return call.args[_SPREAD[name] :]
    if name not in _LISTED:
        return []
    given = next((each.value for each in call.keywords if each.arg == "args"), None)
    place = _LISTED[name]
    node = call.args[place] if len(call.args) > place else given
    return node.elts if isinstance(node, ast.List | ast.Tuple) else []


def _program(words: list[ast.expr], bound: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the module that a command line runs, and what is taken of it if it is a package."""
    if not words or not (_dotted(words[0], bound) == "sys.executable" or _PYTHON.fullmatch(_text(words[0]))):
        return None
    rest = words[1:]
    while rest and _FLAGS.fullmatch(_text(rest[0])):
        rest = rest[1:]
    first = _text(rest[0]) if rest else ""
    if first == "-m" and len(rest) > 1:
        module = _text(rest[1])
        return (module, ("__main__",)) if _MODULE.fullmatch(module) else None
    script = _SCRIPT.fullmatch(first)
    return (script[1], ()) if script else None


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _dotted(node: ast.expr, bound: Mapping[str, str]) -> str:
    """Return what a name, or a name with one attribute, stands for in full."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, "")
    owner = node.value if isinstance(node, ast.Attribute) else None
    above = bound.get(owner.id, "") if isinstance(owner, ast.Name) else ""
    return f"{above}.{node.attr}" if above and isinstance(node, ast.Attribute) else ""
