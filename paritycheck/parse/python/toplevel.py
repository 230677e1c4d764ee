"""Which import statements of a module run whenever it is imported, whatever the circumstances.

After the language reference, "Top-level components": what stands in the body of the module itself, in no
``if``, ``try``, loop or function.
"""

from __future__ import annotations

import ast
import warnings


def unconditional_imports(source: str | bytes) -> frozenset[int]:
    """Return the lines of the import statements in the body of a module; none if it cannot be read.

    What follows a statement that always leaves the module is listed all the same.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the text of others: invalid escapes and the like
            module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(each.lineno for each in module.body if isinstance(each, ast.Import | ast.ImportFrom))
