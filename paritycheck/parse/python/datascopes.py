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
    b"__file__ open Jinja2Templates StaticFiles FileSystemLoader PackageLoader get_data resource_filename"
    b" resource_string resource_stream read_text read_bytes read_binary read_csv read_json read_excel"
    b" read_parquet read_table fileConfig FileResponse listdir scandir copy( copy2( copyfile copytree move("
    b" run_path exists is_file is_dir isfile isdir access( iterdir glob( mkdir makedirs touch( write_text"
    b" write_bytes unlink rename( remove( rmtree symlink_to connect( FileHandler ZipFile load( loadtxt"
    b" genfromtxt parse( sys.path addsitedir".split()
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
        pending.extend(_inner(statement))


def _inner(statement: ast.stmt) -> Iterator[ast.stmt]:
    for block in _BLOCKS:
        yield from getattr(statement, block, ())
    for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield from inner.body


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


def bindings(body: Iterable[ast.stmt], walrus: bool = True) -> Counter[str]:
    """Return how often each name is bound in a scope, the scopes inside it left out.

    ``walrus``: expressions may bind names, too (``:=``).
    """
    return Counter(_stores(body, walrus))


def _stores(body: Iterable[ast.stmt], walrus: bool) -> Iterator[str]:
    pending = list(body)
    while pending:
        statement = pending.pop()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (each.asname or each.name.partition(".")[0] for each in statement.names)
            continue
        for handler in getattr(statement, "handlers", ()):
            if handler.name:
                yield handler.name
        for target in targets(statement):
            yield from bound_names(target)
        if walrus:
            yield from assigned_within(statement)
        pending.extend(_inner(statement))


def assigned_within(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that the statement's own expressions bind (``:=``)."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield from (node.target.id for node in ast.walk(child) if isinstance(node, ast.NamedExpr))


def bound_inside(statement: ast.stmt) -> frozenset[str]:
    """Return what a statement's own expressions bind for themselves: in lambdas and comprehensions."""
    found: set[str] = set()
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr | ast.withitem):
            for node in ast.walk(child):
                if isinstance(node, ast.Lambda):
                    found.update(each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg))
                elif isinstance(node, ast.comprehension):
                    found.update(bound_names(node.target))
    return frozenset(found)


def targets(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield what a statement binds, imports and definitions left out."""
    match statement:
        case ast.Assign():
            yield from statement.targets
        case ast.AnnAssign():
            if statement.value is not None:
                yield statement.target
        case ast.AugAssign() | ast.For() | ast.AsyncFor():
            yield statement.target
        case ast.With() | ast.AsyncWith():
            yield from (item.optional_vars for item in statement.items if item.optional_vars is not None)
        case ast.Match():
            yield from (case.pattern for case in statement.cases)
        case _:
            alias = getattr(statement, "name", None)  # ast.TypeAlias, which older versions do not have
            if isinstance(alias, ast.Name):
                yield alias


def bound_names(target: ast.AST) -> Iterator[str]:
    """Yield the names in what is bound: those of a list, of a pattern."""
    pending = [target]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name():
                yield node.id
            case ast.Tuple() | ast.List():
                pending.extend(node.elts)
            case ast.Starred():
                pending.append(node.value)
            case ast.MatchAs() | ast.MatchStar():
                if node.name:
                    yield node.name
            case ast.MatchMapping():
                if node.rest:
                    yield node.rest
        if isinstance(node, ast.pattern):
            pending.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.pattern))
