"""Modules that frameworks import by strings: Celery's tasks, classes that log, pytest's plugins.

Sources: Celery ``app/base.py`` and ``loaders/base.py`` (``include``, ``imports``, ``config_from_object``,
which is read when a worker starts, ``autodiscover_tasks``: a package without a module of that name is passed
over), the library reference on ``logging.config.dictConfig`` (``class`` and ``()``), pytest
``config/__init__.py`` (``pytest_plugins``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from paritycheck.model.source import Import
from paritycheck.parse.python.importguards import Around

# A module that only a worker imports; whether one is started is a fact about the start.
CELERY = "celery.worker"
WORDS = (
    *(
        b"autodiscover_tasks",
        b"Celery(",
        b"CELERY_IMPORTS",
        b"CELERY_INCLUDE",
        b"conf.update(",
        b"conf.imports",
        b"config_from_object(",
    ),
    *(b"conf.include", b"dictConfig", b"LOGGING", b"pytest_plugins"),
)
_LOGGING = re.compile(r"LOGGING|LOG_?(?:CONF|SETTINGS)", re.IGNORECASE)
_LISTS = frozenset({"include", "imports", "CELERY_IMPORTS", "CELERY_INCLUDE"})
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def called_modules(found: Iterable[tuple[ast.Call, Around]]) -> Iterator[tuple[int, Import]]:
    """Yield what calls name, each with its column."""
    for call, around in found:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "autodiscover_tasks":
            for package in _texts(call.args[0] if call.args else _keyword(call, "packages")):
                related = _keyword(call, "related_name") or ast.Constant("tasks")
                for module in _texts(related):
                    yield _import(call, f"{package}.{module}", around._replace(guarded=True), CELERY)
        elif name == "Celery" or (name == "update" and _owner(call.func) == "conf"):
            for keyword in call.keywords:
                if keyword.arg in _LISTS:
                    yield from (_import(call, text, around, CELERY) for text in _texts(keyword.value))
        elif name == "config_from_object" and call.args:
            for text in _texts(call.args[0]):
                yield _import(call, text, around, CELERY)
        elif name == "dictConfig" and call.args:
            yield from _classes(call.args[0], around)


def assigned_modules(statement: ast.stmt, around: Around) -> Iterator[tuple[int, Import]]:
    """Yield what an assignment names."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) or statement.value is None:
        return
    for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name == "pytest_plugins":
            yield from (_import(statement, text, around) for text in _texts(statement.value))
        elif (name.startswith("CELERY_") and name in _LISTS) or (name in _LISTS and _owner(target) == "conf"):
            yield from (_import(statement, text, around, CELERY) for text in _texts(statement.value))
        elif _LOGGING.search(name):
            yield from _classes(statement.value, around)


def _classes(node: ast.expr, around: Around) -> Iterator[tuple[int, Import]]:
    """Yield the classes and factories of a logging configuration that is written down as it is."""
    for each in ast.walk(node):
        if not isinstance(each, ast.Dict):
            continue
        for key, value in zip(each.keys, each.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in ("class", "()"):
                for text in _texts(value):
                    module, _, name = text.removeprefix("ext://").rpartition(".")
                    if module:
                        yield _import(each, module, around, names=(name,))


def _import(
    node: ast.expr | ast.stmt, module: str, around: Around, fact: str = "", names: tuple[str, ...] = ()
) -> tuple[int, Import]:
    condition = f"({around.condition}) and {fact}" if around.condition and fact else around.condition or fact
    return node.col_offset, Import(
        node.lineno, module, 0, names, around.context, dynamic=True, condition=condition
    )


def _texts(node: ast.expr | None) -> Iterator[str]:
    """Yield the names of modules in a string or a list of strings."""
    elements = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    for each in elements:
        text = each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else ""
        if _DOTTED.fullmatch(text.removeprefix("ext://")):
            yield text


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _owner(node: ast.expr) -> str:
    """Return the last name before the attribute: ``conf`` in ``app.conf.update``."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    return owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
