"""Which tests ask for the program's settings: an import under one may never run in this deployment.

Data differ from call to call, so that a test of them comes out either way sooner or later; settings are
the same for as long as the container runs. They are told by where they come from (``os.environ``,
``os.getenv``) and by what people call them (``settings``, ``config``, ``env``).
"""

import ast
import re
from collections.abc import Collection, Iterator

_WORDS = frozenset({"settings", "setting", "config", "configuration", "conf", "cfg", "environ", "env"})
_HINTS = (b"setting", b"conf", b"cfg", b"env")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


def may_test_settings(source: bytes) -> bool:
    """Tell whether a source can hold such a test at all."""
    lower = source.lower()
    return any(hint in lower for hint in _HINTS)


def reads_settings(expression: ast.expr, known: Collection[str] = ()) -> bool:
    """Tell whether the value of an expression depends on a setting; ``known`` are names that hold one.

    The settings as a whole are no setting: ``if config is None`` asks whether they were given.
    """
    pending: list[ast.AST] = [expression]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name) if name in known:
                return True
            case ast.Attribute(value=owner) | ast.Subscript(value=owner) if _holds_settings(owner):
                return True
            case ast.Call(func=function) if _last_word(function) == "getenv" or _holds_settings(function):
                return True
        if not isinstance(node, ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return False


def settings_bound(statement: ast.stmt, known: Collection[str]) -> Iterator[str]:
    """Yield the names that a statement binds to a setting."""
    match statement:
        case ast.Assign(targets=targets, value=value) if reads_settings(value, known):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            if reads_settings(value, known):
                yield name


def _holds_settings(node: ast.expr) -> bool:
    """Tell whether a name says that it stands for the settings: ``app.config``, ``db_settings``."""
    while isinstance(node, ast.Call | ast.Subscript):  # get_settings().debug
        node = node.func if isinstance(node, ast.Call) else node.value
    name = _last_word(node)
    return any(word.lower() in _WORDS for word in _HUMP.split(name))


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
