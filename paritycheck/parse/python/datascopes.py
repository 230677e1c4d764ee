"""Which names a scope of Python source binds, and which lines can be about files at all.

The rules of binding are the language reference's ("Naming and binding"); comprehensions and
assignment expressions are read where they stand.
"""

import ast
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

# Searched for one by one: ten times faster than a pattern of alternatives.
_WORDS = tuple(
    b"__file__ open read_ Jinja2Templates StaticFiles FileSystemLoader PackageLoader get_data resource_"
    b" fileConfig FileResponse listdir scandir copy move run_path exists is_file is_dir isfile isdir access"
    b" iterdir glob mkdir makedirs touch write_ unlink rename remove rmtree symlink_to connect FileHandler"
    b" ZipFile load genfromtxt parse sys.path addsitedir".split()
)
_BLOCKS = ("body", "orelse", "finalbody")


class Lines:
    """The lines of a source on which a file may be named, opened, tested or made."""

    def __init__(self, source: bytes) -> None:
        text = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in source else source
        ends = [match.start() for match in re.finditer(b"\n", text)]
        self._numbers = sorted({bisect_left(ends, at) + 1 for word in _WORDS for at in _places(text, word)})

    def within(self, node: ast.stmt) -> bool:
        """Tell whether there is one within the statement."""
        at = bisect_left(self._numbers, node.lineno)
        return at < len(self._numbers) and self._numbers[at] <= (node.end_lineno or node.lineno)


def _places(text: bytes, word: bytes) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield every statement at any depth, without looking into expressions."""
    pending = list(body)
    while pending:
        statement = pending.pop()
        yield statement
        for block in _BLOCKS:
            pending.extend(getattr(statement, block, ()))
        for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            pending.extend(inner.body)


def origins(every: Iterable[ast.stmt]) -> dict[str, str]:
    """Return what every imported name stands for, wherever it is imported."""
    found: dict[str, str] = {}
    for statement in every:
        if isinstance(statement, ast.Import):
            found.update({each.asname: each.name for each in statement.names if each.asname})
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for each in statement.names:
                found[each.asname or each.name] = f"{statement.module}.{each.name}"
    return found


def bindings(body: Iterable[ast.AST]) -> Counter[str]:
    """Return how often each name is bound in a scope, the scopes inside it left out."""
    return Counter(_stores(body))


def _stores(body: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every binding of a scope's own names, those of the scopes inside it left out."""
    pending = list(body)
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from (each.asname or each.name.partition(".")[0] for each in aliases)
        pending.extend(ast.iter_child_nodes(node))
