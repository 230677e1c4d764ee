"""Python source -> its import statements, each with line and context, and the names it binds.

The statements are those of the language reference (simple and compound statements); names bound
are those of "Naming and binding". Only lists of statements are walked; expressions only where a
dynamic import or an assignment expression can hide.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator

from paritycheck.model.source import Import, PackagePath, Problem, SourceFile
from paritycheck.parse.inlineignores import python_ignores
from paritycheck.parse.python.datascopes import assigned_within, bound_names, targets
from paritycheck.parse.python.dynamicimports import (
    aliases_import,
    calls,
    deferred_imports,
    dynamic_imports,
    suspect_lines,
)
from paritycheck.parse.python.entrygroups import entry_groups
from paritycheck.parse.python.importguards import (
    Around,
    after,
    branches,
    replaces_import,
    suppresses,
)
from paritycheck.parse.python.literalnames import LiteralNames
from paritycheck.parse.python.modulegetattr import answered_names
from paritycheck.parse.python.namedmodules import assigned_modules, called_modules
from paritycheck.parse.python.reduction import reduce_source
from paritycheck.parse.python.refusals import refusals
from paritycheck.parse.python.settingtests import may_test_settings
from paritycheck.parse.python.sourcetext import MAX_SOURCE, parse_module, uncollected
from paritycheck.parse.python.startedprograms import started_programs
from paritycheck.parse.python.syntaxneeds import newer_syntax, refused_syntax
from paritycheck.parse.python.tellingwords import Telling, telling_words

# Read from the text, not from the tree: the answer "there may be more names" need not be exact.
_UNSEEN_NAMES = (
    # Each begins with a literal, which is searched for ten times faster than a lookbehind.
    re.compile(rb"globals(?<![\w.]globals)\s{0,9}\("),
    re.compile(rb"locals(?<![\w.]locals)\s{0,9}\(\s{0,9}\)\s{0,9}[.\[]"),
    re.compile(rb"vars(?<![\w.]vars)\s{0,9}\(\s{0,9}\)\s{0,9}[.\[]"),
    re.compile(rb"exec(?<![\w.]exec)(?:file)?\s{0,9}\("),
    re.compile(rb"sys\.modules\s{0,9}\[(?:[^\]\n]{0,200}\]\s{0,9}=[^=]|\s{0,9}__name__)"),
)
# Bounded repeats: source is hostile input, and an unbounded one is quadratic in the length of a line.
_EXTENDS_PATH = re.compile(
    rb"^[^#\n]{0,200}?(?:\b__path__\s{0,9}=[^#\n]{0,200}?\bextend_path\s{0,9}\("
    rb"|(?<!def )\bdeclare_namespace\s{0,9}\()",
    re.MULTILINE,
)
_ALTERS_PATH = re.compile(
    rb"^[^#\n]{0,200}?\b__path__\s{0,9}(?:\+?=[^=]|\.\s{0,9}(?:append|extend|insert)\b|\[[^\]\n]{0,99}\]\s{0,9}=[^=])",
    re.MULTILINE,
)

# What ``sys.path`` is changed by, under whatever name.
_PATH_CHANGES = (b"sys.path", b"addsitedir", b"from sys ")

# Statements that neither import nor bind nor hold others; by far the most.
_SILENT = frozenset({ast.Expr, ast.Return, ast.Pass, ast.Raise, ast.Assert, ast.Delete, ast.Nonlocal})
# Where the names that are bound are not the module's.
_LOCAL = _SILENT | {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Break, ast.Continue}
# What decides about the statements behind it, where settings are asked for.
_STEERING = frozenset({ast.If, ast.Assign, ast.AnnAssign})
_COMPOUND = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.Try, ast.TryStar, ast.With),
    *(ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Match),
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def parse_source(data: bytes, thorough: bool = False) -> SourceFile:
    """Return what a source file imports and binds; whatever is wrong with it is its ``problem``.

    Bodies without an import are skipped, and a syntax error in them is only seen if ``thorough``.
    """
    with uncollected():
        telling = telling_words(data)
        reduced = None if thorough or len(data) > MAX_SOURCE else _reduced(data, telling)
        module = parse_module(data) if reduced is None else parse_module(reduced)
        if reduced is not None and isinstance(module, Problem):
            module = parse_module(data)
        if isinstance(module, Problem):
            return SourceFile(problem=module, raises=refused_syntax(module))
        try:
            return _Reading(data, module, telling).result()
        except RecursionError:
            return SourceFile(problem=Problem("nested too deeply to be read"))


def _reduced(data: bytes, telling: Telling) -> bytes | None:
    # An alias can be called where no word tells of an import, and so can what a framework imports.
    untold = telling.named or telling.loads or telling.starts or (telling.dynamic and aliases_import(data))
    return None if untold else reduce_source(data)


class _Reading:
    """One walk over a module. Iterative: source can be nested deeper than our own stack."""

    def __init__(self, data: bytes, module: ast.Module, telling: Telling) -> None:
        self.data = data
        self.imports: list[tuple[int, int, Import]] = []
        self.calls: list[tuple[ast.Call, Around]] = []
        self.bound: dict[str, str] = {}
        self.literal = LiteralNames(module)
        self.defines: set[str] = set()
        self.open_ended = any(unseen.search(data) for unseen in _UNSEEN_NAMES)
        self.suspects = suspect_lines(data, telling)
        self.named, self.loads, self.starts = telling.named, telling.loads, telling.starts
        self.walrus = b":=" in data
        self.finds = b"find_spec" in data
        self.raises = refusals(module) if b"raise" in data or b"exit" in data else ()
        configured = may_test_settings(data)
        pending: list[tuple[list[ast.stmt], Around]] = [(module.body, Around())]
        curious = bool(self.suspects or self.walrus or self.named)
        while pending:
            statements, around = pending.pop()
            skipped = frozenset() if curious else _SILENT if around.binds else _LOCAL
            for statement in statements:
                if type(statement) not in skipped:
                    pending.extend(self._read(statement, around))
                if type(statement) is ast.Try or (configured and type(statement) in _STEERING):
                    around = after(statement, around)

    def result(self) -> SourceFile:
        found = [
            *self.imports,
            *((each.line, col, each) for col, each in dynamic_imports(self.calls, self.bound, self.literal)),
            *((each.line, col, each) for col, each in called_modules(self.calls if self.named else ())),
            *((each.line, col, each) for col, each in self._started()),
        ]
        found.sort(key=lambda each: each[:2])
        return SourceFile(
            imports=tuple(each for _, _, each in found),
            defines=tuple(sorted(self.defines)),
            open_ended=self.open_ended,
            package_path=_package_path(self.data),
            changes_path=any(word in self.data for word in _PATH_CHANGES),
            groups=tuple(entry_groups(self.calls, self.literal, self.data)) if self.loads else (),
            deferred=tuple(deferred_imports(self.calls, self.bound, self.literal)),
            ignores=python_ignores(self.data),
            raises=(*newer_syntax(self.data), *self.raises),
        )

    def _started(self) -> Iterator[tuple[int, Import]]:
        return started_programs(self.calls if self.starts else (), self.bound)

    def _read(self, statement: ast.stmt, around: Around) -> Iterator[tuple[list[ast.stmt], Around]]:
        if isinstance(statement, ast.Import):
            self._plain_import(statement, around)
        elif isinstance(statement, ast.ImportFrom):
            self._from_import(statement, around)
        elif isinstance(statement, ast.Global):
            self.defines.update(statement.names)
        else:
            if self.suspects and self._suspect(statement):
                self.calls.extend(calls(statement, around))
            if self.named and isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                found = assigned_modules(statement, around)
                self.imports.extend((each.line, col, each) for col, each in found)
            if around.binds and not around.typing:
                self._bind(statement)
            if isinstance(statement, _COMPOUND):
                yield from _blocks(statement, around, self.finds)

    def _suspect(self, statement: ast.stmt) -> bool:
        at = bisect_left(self.suspects, statement.lineno)
        return at < len(self.suspects) and self.suspects[at] <= (statement.end_lineno or statement.lineno)

    def _plain_import(self, statement: ast.Import, around: Around) -> None:
        for alias in statement.names:
            self._add(
                statement,
                Import(
                    statement.lineno,
                    alias.name,
                    context=around.context,
                    condition=around.condition,
                    caught=around.caught,
                ),
            )
            top = alias.name.partition(".")[0]
            self._bind_import(alias.asname or top, alias.name if alias.asname else top, around)

    def _from_import(self, statement: ast.ImportFrom, around: Around) -> None:
        names = tuple(alias.name for alias in statement.names)
        module = statement.module or ""
        self._add(
            statement,
            Import(
                statement.lineno,
                module,
                statement.level,
                names,
                around.context,
                condition=around.condition,
                caught=around.caught,
            ),
        )
        for alias in statement.names:
            if alias.name != "*":
                self._bind_import(alias.asname or alias.name, f"{module}.{alias.name}", around)
            elif around.binds and not around.typing:
                self.open_ended = True

    def _add(self, statement: ast.stmt, found: Import) -> None:
        self.imports.append((statement.lineno, statement.col_offset, found))

    def _bind_import(self, name: str, meaning: str, around: Around) -> None:
        self.bound[name] = meaning
        if around.binds and not around.typing:
            self.defines.add(name)
            self.open_ended |= name == "__getattr__"

    def _bind(self, statement: ast.stmt) -> None:
        if isinstance(statement, _Function | ast.ClassDef):
            self.defines.add(statement.name)
            if statement.name == "__getattr__" and isinstance(statement, _Function):
                answered = answered_names(statement)
                self.defines.update(answered or ())
                self.open_ended |= answered is None
            return
        for target in targets(statement):
            bound = frozenset(bound_names(target))
            self.defines.update(bound)
            self.open_ended |= "__getattr__" in bound
        if self.walrus:
            self.defines.update(assigned_within(statement))


def _blocks(statement: ast.stmt, around: Around, finds: bool) -> Iterator[tuple[list[ast.stmt], Around]]:
    """Yield the statement lists directly below a statement, with what holds inside each."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield statement.body, around.inside_function(statement.name)
        case ast.ClassDef():
            yield statement.body, around.inside_class()
        case ast.If():
            body, orelse = branches(statement, around, finds)
            yield statement.body, body
            yield statement.orelse, orelse
        case ast.Try() | ast.TryStar():
            yield statement.body, around.guarded_by(statement.handlers)
            instead = around.guarded_anyhow()
            for handler in statement.handlers:
                yield handler.body, instead if replaces_import(statement, handler) else around
            yield statement.orelse, around
            yield statement.finalbody, around
        case ast.With() | ast.AsyncWith():
            yield statement.body, around.guarded_anyhow() if suppresses(statement) else around
        case ast.For() | ast.AsyncFor() | ast.While():
            yield statement.body, around
            yield statement.orelse, around
        case ast.Match():
            yield from ((case.body, around) for case in statement.cases)


def _package_path(data: bytes) -> PackagePath:
    if b"__path__" not in data and b"declare_namespace" not in data:
        return "own"
    if _EXTENDS_PATH.search(data):
        return "extended"
    return "altered" if _ALTERS_PATH.search(data) else "own"
