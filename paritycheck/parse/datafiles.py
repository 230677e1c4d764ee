"""Python source -> the files that it opens beside its imports, as far as their paths are literal.

Which calls raise for a missing file is in the library reference and in the documentation of the
frameworks: Starlette's StaticFiles looks for its directory when it is made, Jinja's loaders do not.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from paritycheck.model.source import ImportContext, Problem
from paritycheck.parse.datacalls import METHODS, Kind, Use, path_uses, writes
from paritycheck.parse.dataplaces import Base, Place, Places, argument, dotted, join
from paritycheck.parse.dynamicimports import calls
from paritycheck.parse.importguards import Around, branches
from paritycheck.parse.sourcetext import parse_module, uncollected

_TRIGGER = re.compile(
    rb"__file__|\bopen\(|read_text|read_bytes|Jinja2Templates|StaticFiles|FileSystemLoader|PackageLoader"
    rb"|resources|get_data|fileConfig|FileResponse|\bPath\(|listdir|scandir|copytree|copy2?\(|run_path"
)
_CATCHING = frozenset(
    {"FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"}
)
_LEAVING = frozenset({"sys.exit", "exit", "quit", "os._exit"})
_TESTS = re.compile(r"\b(?:exists|is_file|is_dir|isfile|isdir|access|lexists)\b")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = _Function | ast.Lambda | ast.ClassDef


class DataReference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place that the code needs, or makes (``use`` ``written``).

    ``base``, ``up``, ``deepest`` and ``package`` as in :class:`Place`; ``path`` is what follows, ``""``
    for the place itself. ``use``: ``opened`` raises if it is missing, ``searched`` looks for something
    in it whose name is not known, ``named`` is a module's constant of which no more is known.
    ``guarded``: the code deals with its absence. ``condition`` as in :class:`Import`.
    """

    line: int
    context: ImportContext
    base: Base
    path: str
    up: int = 0
    deepest: int = 0
    package: str = ""
    kind: Kind = "either"
    use: Use = "opened"
    guarded: bool = False
    condition: str = ""


def data_references(source: bytes) -> tuple[DataReference, ...]:
    """Return what a file opens, in order of line. A file that cannot be parsed opens nothing."""
    if not _TRIGGER.search(source):
        return ()
    with uncollected():
        module = parse_module(source)
        if isinstance(module, Problem):
            return ()
        try:
            return _Reading(module).results()
        except RecursionError:
            return ()


class _Found(msgspec.Struct):
    place: Place
    use: Use
    kind: Kind
    around: Around
    line: int
    function: str


class _Reading:
    """What one module says so far: functions are read last, when the module's names are all bound."""

    def __init__(self, module: ast.Module) -> None:
        self.module = module
        nodes = list(ast.walk(module))
        self.places = Places(_origins(nodes))
        self.unsteady = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        self.found: list[_Found] = []
        self.excused: set[str] = set()  # functions whose callers catch
        self.later: list[tuple[_Function, dict[str, Place | None], Around]] = []

    def results(self) -> tuple[DataReference, ...]:
        """Read everything and return what was found."""
        names: dict[str, Place | None] = {}
        once = {name for name in _bound_once(self.module.body) if name not in self.unsteady}
        self._block(self.module.body, names, once, Around(), "")
        while self.later:
            function, outer, around = self.later.pop()
            taken = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
            once = _bound_once(function.body) - taken
            hidden = taken | _bound(function.body)
            inner = {name: place for name, place in outer.items() if name not in hidden}
            self._block(function.body, inner, once, around.inside_function(), function.name)
        tested = {_key(each.place) for each in self.found if each.use == "tested" and not each.place.partial}
        references = [self._reference(each, tested) for each in self.found if each.use != "tested"]
        return tuple(sorted(dict.fromkeys(references), key=lambda each: (each.line, each.path)))

    def _reference(self, found: _Found, tested: set[tuple[str, ...]]) -> DataReference:
        place, around = found.place, found.around
        key = _key(place)
        guarded = (
            around.guarded
            or found.function in self.excused
            or any(key[: len(each)] == each for each in tested)
        )
        return DataReference(
            found.line,
            "function" if around.function else "module",
            place.base,
            "/".join(place.parts),
            place.up,
            place.deepest,
            place.package,
            found.kind,
            found.use,
            # A test of what is looked for in a directory is no test of the directory.
            any(key[: len(each)] == each for each in tested) if found.use == "searched" else guarded,
            around.condition,
        )

    def _block(
        self,
        body: list[ast.stmt],
        names: dict[str, Place | None],
        once: set[str],
        around: Around,
        function: str,
    ) -> None:
        for statement in body:
            self._expressions(statement, names, around, function)
            self._bind(statement, names, once, around)
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.later.append((statement, names, around))
                case ast.ClassDef(body=inside):
                    self._block(inside, dict(names), once | _bound_once(inside), around, function)
                case ast.If(test=test, body=inside, orelse=otherwise):
                    for block, within in zip((inside, otherwise), branches(statement, around), strict=True):
                        cautious = _TESTS.search(ast.unparse(test)) and not _demands(statement, self.places)
                        guard = within._replace(guarded=True) if cautious else within
                        self._block(block, names, once, guard, function)
                case ast.Try() | ast.TryStar():
                    guard = around._replace(guarded=True) if _catches(statement, self.places) else around
                    self._block(statement.body, names, once, guard, function)
                    for block in (*(each.body for each in statement.handlers), statement.orelse):
                        self._block(block, names, once, around, function)
                    self._block(statement.finalbody, names, once, around, function)
                case ast.With(items=items) | ast.AsyncWith(items=items):
                    quiet = any("suppress(" in ast.unparse(item.context_expr) for item in items)
                    guard = around._replace(guarded=True) if quiet else around
                    self._block(statement.body, names, once, guard, function)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self._block([*statement.body, *statement.orelse], names, once, around, function)
                case ast.Match(cases=cases):
                    for case in cases:
                        self._block(case.body, names, once, around, function)

    def _bind(
        self, statement: ast.stmt, names: dict[str, Place | None], once: set[str], around: Around
    ) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                return
        names[name] = place = self.places.find(value, names) if name in once else None
        literal = isinstance(value, ast.Constant)
        if place is not None and place.base == "file" and place.parts and not literal and not around.function:
            self._note(place, "named", "either", around, statement.lineno, "")

    def _expressions(
        self, statement: ast.stmt, names: dict[str, Place | None], around: Around, function: str
    ) -> None:
        if around.typing:
            return
        demanded = isinstance(statement, ast.If) and _demands(statement, self.places)
        for call, where in calls(statement, around):
            if around.guarded:
                self.excused.add(dotted(call.func, {}).rpartition(".")[2])
            for place, use, kind in self._uses(call, names):
                known = "opened" if use == "tested" and demanded else use
                self._note_use(place, known, kind, where, call.lineno, function)

    def _uses(
        self, call: ast.Call, names: dict[str, Place | None]
    ) -> Iterator[tuple[Place | None, Use, Kind]]:
        name = dotted(call.func, self.places.origins)
        for taken in path_uses(name, call):
            place = self.places.find(taken.node, names)
            if taken.package:
                package = argument(call, 0, "package") or argument(call, 0, "package_name")
                start = self.places.package(package)
                place = start and join(start, place)
            yield place, taken.use, taken.kind
        if isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Constant):
            method = METHODS.get(call.func.attr)
            place = self.places.find(call.func.value, names) if method else None
            if method is not None and place is not None:
                mode = argument(call, 0, "mode") if call.func.attr == "open" else None
                yield place, "written" if writes(mode) else method[0], method[1]

    def _note_use(
        self, place: Place | None, use: Use, kind: Kind, around: Around, line: int, function: str
    ) -> None:
        if place is None:
            return
        if place.partial and use in ("opened", "tested"):
            use, kind = "searched", "directory"
        if place.parts:
            self._note(place, use, kind, around, line, function)

    def _note(self, place: Place, use: Use, kind: Kind, around: Around, line: int, function: str) -> None:
        self.found.append(_Found(place, use, kind, around, line, function))


def _key(place: Place) -> tuple[str, ...]:
    return (place.base, place.package, str(place.up), *place.parts)


def _origins(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return what every imported name stands for, wherever it is imported."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(
                {each.asname or each.name.partition(".")[0]: each.name for each in node.names if each.asname}
            )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update({each.asname or each.name: f"{node.module}.{each.name}" for each in node.names})
    return found


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


def _bound(body: list[ast.stmt]) -> set[str]:
    return set(_stores(body))


def _bound_once(body: list[ast.stmt]) -> set[str]:
    return {name for name, count in Counter(_stores(body)).items() if count == 1}


def _catches(statement: ast.Try | ast.TryStar, places: Places) -> bool:
    """Tell whether a missing file ends in a handler that does not raise again."""
    for handler in statement.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or dotted(kind, {}).rpartition(".")[2] in _CATCHING for kind in kinds):
            return not _leaves(handler.body, places)
    return False


def _demands(statement: ast.If, places: Places) -> bool:
    """Tell whether this is ``if not path.exists(): raise``."""
    test = statement.test
    negated = (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Call)
    )
    return negated and not statement.orelse and _leaves(statement.body, places)


def _leaves(body: list[ast.stmt], places: Places) -> bool:
    last = body[-1]
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(last, ast.Raise) or (
        isinstance(call, ast.Call) and dotted(call.func, places.origins) in _LEAVING
    )
