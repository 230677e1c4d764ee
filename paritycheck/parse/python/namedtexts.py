"""Python source -> the strings that its names in capitals stand for, where they may be paths or modules."""

import ast
import re

from paritycheck.model.source import Constant
from paritycheck.parse.python.datascopes import bindings

# No version, no word: a directory or a suffix is in it.
_PATH_OR_MODULE = re.compile(r"/?(?=[\w./-]{0,200}[A-Za-z])[\w-][\w-]{0,99}(?:[./][\w-]{1,99}){1,20}")
_NAMES_MODULE = re.compile(r"PKG|PACKAGE|MODULE|NAMESPACE|PLUGIN|PREFIX")
_BINDS_CAPITALS = re.compile(rb"^[A-Z_\x80-\xff][A-Z_0-9\x80-\xff]*[ \t\\]*=", re.MULTILINE)


def may_name_texts(source: bytes) -> bool:
    """Tell whether a line begins as if it bound a name in capitals."""
    return _BINDS_CAPITALS.search(source) is not None


def named_texts(module: ast.Module) -> dict[str, Constant]:
    """Return the strings of names in capitals that may be a path, or name a module below a package."""
    found: dict[str, Constant] = {}
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)):
                if name.isupper() and (
                    _PATH_OR_MODULE.fullmatch(text) or (text.isidentifier() and _NAMES_MODULE.search(name))
                ):
                    found[name] = Constant("absolute" if text[0] == "/" else "cwd", text.strip("/"))
    counts = bindings(module.body, walrus=False) if found else {}
    return {name: constant for name, constant in found.items() if counts[name] == 1}
