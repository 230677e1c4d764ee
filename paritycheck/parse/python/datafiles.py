"""Python source -> the files that it opens beside its imports, as far as their paths are literal.

Which calls raise for a missing file is in the library reference and in the documentation of the
frameworks: Starlette's StaticFiles looks for its directory when it is made, Jinja's loaders do not.
"""

import ast
from collections.abc import Iterator

import msgspec

from paritycheck.model.source import Constant, DataKind, DataReference, DataUse, Problem, SourceData
from paritycheck.parse.python.datacalls import METHODS, path_uses, writes
from paritycheck.parse.python.dataguards import (
    catches,
    demands,
    excused_functions,
    suppresses,
    tests_something,
)
from paritycheck.parse.python.dataplaces import Place, Places, argument, dotted, join
from paritycheck.parse.python.datascopes import Lines, bindings, bound_inside, origins, statements
from paritycheck.parse.python.datasettings import TRIGGER, Objects, default_of
from paritycheck.parse.python.dynamicimports import calls
from paritycheck.parse.python.importguards import Around, branches
from paritycheck.parse.python.namedtexts import may_name_texts, named_texts
from paritycheck.parse.python.reduction import reduce_source
from paritycheck.parse.python.sourcetext import parse_module, uncollected

# Without one of these a source opens nothing that is looked for here.
_TRIGGERS = (
    *b"__file__ open( read_text read_bytes read_binary read_csv read_json read_excel read_parquet".split(),
    *b"read_table Jinja2Templates StaticFiles FileSystemLoader PackageLoader pkgutil run_path".split(),
    *b"resource_filename resource_string resource_stream open_text open_binary fileConfig".split(),
    *b"FileResponse iterdir listdir scandir shutil glob( mkdir makedirs write_text write_bytes".split(),
    *(b"sys.path", b"addsitedir", b"Path(", b' / "', b" / '", TRIGGER),
)
_SEARCH_PATH = ("inserted", "appended")
_NAMED = ("file", "constant")  # what a name that is not used here is taken to be a path by
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_data(source: bytes) -> SourceData:
    """Return what a file opens. A file that cannot be parsed opens nothing."""
    opens = any(word in source for word in _TRIGGERS)
    if not opens and not may_name_texts(source):
        return SourceData()
    with uncollected():
        module = parse_module(source if opens else reduce_source(source) or source)
        if isinstance(module, Problem):
            return SourceData()
        try:
            found = _Reading(module, Lines(source), b":=" in source).results() if opens else SourceData()
        except RecursionError:
            return SourceData()
    return SourceData(found.references, {**named_texts(module), **found.constants})


class _Found(msgspec.Struct):
    place: Place
    use: DataUse
    kind: DataKind
    around: Around
    line: int
    function: str


class _Scope(msgspec.Struct, frozen=True):
    """``names`` so far, and those that are bound ``once``; functions inside see ``outer`` names."""

    names: dict[str, Place | None]
    once: frozenset[str]
    outer: dict[str, Place | None]
    function: str = ""


class _Reading:
    """What one module says so far: functions are read last, when the module's names are all bound."""

    def __init__(self, module: ast.Module, lines: Lines, walrus: bool) -> None:
        self.walrus = walrus
        self.module = module
        self.lines = lines
        self.every = list(statements(module.body))
        self.counts = bindings(module.body, walrus)
        self.places = Places(origins(self.every), _only_star(self.every), self.counts)
        self.objects = Objects()
        self.found: list[_Found] = []
        self.later: list[tuple[_Function, dict[str, Place | None], Around]] = []

    def results(self) -> SourceData:
        """Read everything and return what was found."""
        unsteady = {name for each in self.every if isinstance(each, ast.Global) for name in each.names}
        once = frozenset(name for name, count in self.counts.items() if count == 1) - unsteady
        names: dict[str, Place | None] = {}
        self._block(self.module.body, _Scope(names, once, names), Around())
        while self.later:
            self._function(*self.later.pop())
        known = (*names.items(), *self.objects.attributes())
        constants = {name: constant for name, place in known if (constant := _constant(place))}
        if not self.found:
            return SourceData(constants=constants)
        excused = set(excused_functions(self.every, self.places))
        tested = {_key(each.place) for each in self.found if each.use == "tested" and not each.place.partial}
        references = [_reference(each, tested, excused) for each in self.found if each.use != "tested"]
        every = sorted(dict.fromkeys(references), key=lambda each: (each.line, each.path))
        return SourceData(tuple(every), constants)

    def _function(self, function: _Function, outer: dict[str, Place | None], around: Around) -> None:
        taken = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
        counts = bindings(function.body, self.walrus)
        once = frozenset(name for name, count in counts.items() if count == 1) - taken
        names = {name: place for name, place in outer.items() if name not in taken and name not in counts}
        self._block(function.body, _Scope(names, once, names, function.name), around.inside_function())

    def _block(self, body: list[ast.stmt], scope: _Scope, around: Around) -> None:
        for statement in body:
            if self.lines.within(statement):
                self._expressions(statement, scope, around)
            self._bind(statement, scope, around)
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._defaults(statement, scope, around)
                    if self.lines.within(statement):
                        self.later.append((statement, scope.outer, around))
                case ast.ClassDef():
                    self._class(statement, scope, around)
                case ast.If(body=inside, orelse=otherwise):
                    cautious = tests_something(statement) and not demands(statement, self.places)
                    for block, within in zip((inside, otherwise), branches(statement, around), strict=True):
                        self._block(block, scope, within._replace(guarded=True) if cautious else within)
                case ast.Try() | ast.TryStar():
                    guard = around._replace(guarded=True) if catches(statement, self.places) else around
                    self._block(statement.body, scope, guard)
                    for block in (*(each.body for each in statement.handlers), statement.orelse):
                        self._block(block, scope, around)
                    self._block(statement.finalbody, scope, around)
                case ast.With() | ast.AsyncWith():
                    guard = around._replace(guarded=True) if suppresses(statement) else around
                    self._block(statement.body, scope, guard)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self._block([*statement.body, *statement.orelse], scope, around)
                case ast.Match(cases=cases):
                    for case in cases:
                        self._block(case.body, scope, around)

    def _class(self, statement: ast.ClassDef, scope: _Scope, around: Around) -> None:
        once = scope.once | frozenset(bindings(statement.body, self.walrus))
        members = _Scope(dict(scope.names), once, scope.outer, scope.function)
        self._block(statement.body, members, around)
        if statement.name in scope.once and not around.function:
            self.objects.define(statement, members.names)

    def _defaults(self, function: _Function, scope: _Scope, around: Around) -> None:
        """Note the defaults of parameters: only a call would tell whether they are used."""
        for default in (*function.args.defaults, *function.args.kw_defaults):
            place = None if isinstance(default, ast.Constant) else self.places.find(default, scope.names)
            if place is not None and place.base in _NAMED and place.parts:
                self._note(place, "named", "either", around, function.lineno, function.name)

    def _bind(self, statement: ast.stmt, scope: _Scope, around: Around) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found = ((name, place) for name, place in _imported(statement) if name in scope.once)
            scope.names.update(found)
            return
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                return
        place = self.places.find(default_of(value), scope.names) if name in scope.once else None
        if place is None and name in scope.once and not around.function:
            place = self.objects.make(name, value)
        scope.names[name] = place
        literal = isinstance(value, ast.Constant)
        if place is not None and place.base in _NAMED and place.parts and not literal and not around.function:
            self._note(place, "named", "either", around, statement.lineno, "")

    def _expressions(self, statement: ast.stmt, scope: _Scope, around: Around) -> None:
        if around.typing:
            return
        demanded = isinstance(statement, ast.If) and demands(statement, self.places)
        inside = bound_inside(statement)
        names = {**scope.names, **dict.fromkeys(inside)} if inside else scope.names
        for call, where in calls(statement, around):
            for place, use, kind in self._uses(call, names):
                known = "opened" if use == "tested" and demanded else use
                self._note_use(place, known, kind, where, call.lineno, scope.function)

    def _uses(
        self, call: ast.Call, names: dict[str, Place | None]
    ) -> Iterator[tuple[Place | None, DataUse, DataKind]]:
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
        self, place: Place | None, use: DataUse, kind: DataKind, around: Around, line: int, function: str
    ) -> None:
        if place is None:
            return
        if place.partial and use in ("opened", "tested"):
            use, kind = "searched", "directory"
        if place.parts or place.base == "constant" or (use in _SEARCH_PATH and not place.partial):
            self._note(place, use, kind, around, line, function)

    def _note(
        self, place: Place, use: DataUse, kind: DataKind, around: Around, line: int, function: str
    ) -> None:
        self.found.append(_Found(place, use, kind, around, line, function))


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Place]]:
    """Yield the names that a statement binds, each as a constant of the module that it names."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            origin = "." * statement.level + (statement.module or "")
            yield alias.asname or alias.name, Place("constant", package=f"{origin}:{alias.name}")
        else:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, Place("constant", package=f"{alias.name if alias.asname else top}:")


def _only_star(every: list[ast.stmt]) -> str:
    """Return the module of ``from x import *``, if it is the only one."""
    starred = [
        "." * each.level + (each.module or "")
        for each in every
        if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"
    ]
    return starred[0] if len(starred) == 1 else ""


def _constant(place: Place | None) -> Constant | None:
    if place is None or place.partial or (place.base == "constant" and not place.parts):
        return None
    return Constant(place.base, "/".join(place.parts), place.up, place.deepest, place.package)


def _key(place: Place) -> tuple[str, ...]:
    return (place.base, place.package, str(place.up), *place.parts)


def _reference(found: _Found, tested: set[tuple[str, ...]], excused: set[str]) -> DataReference:
    place, around = found.place, found.around
    key = _key(place)
    guarded = any(key[: len(each)] == each for each in tested)
    if found.use != "searched":  # a test of what is looked for in a directory is no test of the directory
        guarded = guarded or around.guarded or found.function in excused
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
        guarded,
        around.condition,
    )
