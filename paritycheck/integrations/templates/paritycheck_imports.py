"""Tell, inside an image and before it ships, whether what its start command imports is there.

    python3 paritycheck_imports.py [--path DIRECTORY] [--execute] MODULE|FILE.py ...

Needs the standard library only, of Python 3.6 or newer. From the modules or scripts that are started, the
import statements of the project's own files are read and every module is looked for as this interpreter
would. No code of the project is run: the parents of a module are found, not imported (which
importlib.util.find_spec would do, and with them every __init__.py). Only --execute imports what is named.

What fails: a module that is missing and is imported while a file is loaded, or that is missing from a package
of the project wherever it is imported. What is only told: other imports inside of functions and conditions.
Imports that catch ImportError and those for type checkers are passed over, as is the code of distributions.

--path: where the interpreter looks first, instead of the working directory (or a script's own directory).
Exit code: 0 all is there, 1 something is missing, 2 nothing could be checked.
"""

import ast
import os
import sys
import tokenize
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
OF_OTHERS = {"site-packages", "dist-packages"}
STANDARD = os.path.dirname(os.path.realpath(os.__file__))


class Found:
    """A module: its source file ("" if there is none), where its submodules are (None: it is no package).

    ``own``: it is the project's, neither a distribution's nor of the standard library.
    """

    def __init__(self, file: str, places: "list[str] | None") -> None:
        self.source = file if file.endswith(".py") else ""
        self.places = places
        self.own = any(_is_own(os.path.realpath(path)) for path in ([file] if file else places or []))


def _is_own(path: str) -> bool:
    parts = set(path.split(os.sep))
    return not parts & OF_OTHERS and not path.startswith(STANDARD + os.sep) and ".zip" not in path


class Interpreter:
    """What this interpreter would find, without importing anything."""

    def __init__(self) -> None:
        self.known = {}  # type: dict[str, Found | None]

    def find(self, name: str) -> "Found | None":
        """Return what an import of ``name`` finds, or None."""
        if name not in self.known:
            self.known[name] = self._look(name)
        return self.known[name]

    def _look(self, name: str) -> "Found | None":
        parent, _, tail = name.rpartition(".")
        above = self.find(parent) if parent else None
        if parent and (above is None or above.places is None):
            return None
        places = above.places if above else None
        for finder in sys.meta_path:
            try:
                spec = finder.find_spec(name, places)
            except KeyError:  # a namespace inside of one asks for its parent in sys.modules
                joined = [os.path.join(place, tail) for place in places or ()]
                return Found("", [place for place in joined if os.path.isdir(place)])
            except AttributeError:  # a finder of old
                continue
            if spec is not None:
                inside = spec.submodule_search_locations
                file = str(spec.origin) if spec.has_location else ""
                return Found(file, None if inside is None else list(inside))
        return None


def statements(
    nodes: "Iterable[ast.AST]", main: bool, certain: bool = True
) -> "Iterator[tuple[ast.Import | ast.ImportFrom, bool]]":
    """Yield (node, certain) of every import that may fail; ``main``: the file runs as __main__."""
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, certain
        elif isinstance(node, ast.Try) and any(_catches(handler.type) for handler in node.handlers):
            yield from statements(node.orelse + node.finalbody, main, certain)
        elif isinstance(node, ast.With) and any(_suppresses(item.context_expr) for item in node.items):
            continue
        elif isinstance(node, ast.If):
            test = ast.dump(node.test)
            if "TYPE_CHECKING" not in test and (main or "'__name__'" not in test):
                yield from statements(node.body, main, False)
            yield from statements(node.orelse, main, certain and "TYPE_CHECKING" in test)
        else:
            inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from statements(ast.iter_child_nodes(node), main, certain and not inside)


def _catches(kind: "ast.expr | None") -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(getattr(one, "id", getattr(one, "attr", "")) in CATCHING for one in kinds)


def _suppresses(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call):
        return False
    is_it = getattr(call.func, "id", getattr(call.func, "attr", "")) == "suppress"
    return is_it and any(_catches(argument) for argument in call.args)


def names_of(tree: ast.Module, asking: ast.AST) -> "set[str] | None":
    """Return the names that a file may bind, or None if they cannot be told by reading.

    The statement that asks binds none: in a package that imports from itself, it comes too late.
    """
    names = set()  # type: set[str]
    for node in ast.walk(tree):
        if node is asking:
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return (
        None if names & {"__getattr__", "*", "globals", "locals", "exec", "setattr", "vars", "sys"} else names
    )


class Search:
    """Follows imports from the roots, and remembers what is missing."""

    def __init__(self) -> None:
        self.interpreter = Interpreter()
        self.trees = {}  # type: dict[str, ast.Module | str]
        self.waiting = deque()  # type: deque[tuple[str, str, str, bool]]
        self.chains = {}  # type: dict[str, list[str]]
        self.missing = {}  # type: dict[str, tuple[str, list[str]]]
        self.doubtful = {}  # type: dict[str, tuple[str, list[str]]]

    def begin(self, root: str) -> None:
        """Start with a module, or with a script."""
        if root.endswith(".py"):
            self.chains[root] = [root]
            self.waiting.append((root, os.path.abspath(root), "", True))
        else:
            self._need(root, "the start command", [], True)
            if self.interpreter.find(root + ".__main__"):
                self._need(root + ".__main__", "the start command", [], True)

    def follow(self) -> None:
        """Read every file that is reached."""
        while self.waiting:
            key, path, package, main = self.waiting.popleft()
            tree = self._tree(path)
            if isinstance(tree, str):
                self.missing[key] = (tree, self.chains[key])
                continue
            for node, certain in statements(tree.body, main):
                self._resolve(node, certain, "%s:%d" % (path, node.lineno), package, self.chains[key])

    def _resolve(
        self,
        node: "ast.Import | ast.ImportFrom",
        certain: bool,
        place: str,
        package: str,
        chain: "list[str]",
    ) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._need(alias.name, place, chain, certain)
            return
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            if not package or not above:
                return
            base = ".".join(above + ([base] if base else []))
        found = self._need(base, place, chain, certain)
        if found is None or found.places is None or not found.own:
            return
        tree = self._tree(found.source) if found.source else None
        bound = set() if tree is None else set() if isinstance(tree, str) else names_of(tree, node)
        for alias in node.names:
            name = base + "." + alias.name
            if self.interpreter.find(name) is not None:
                self._need(name, place, chain, certain)
            elif bound is not None and alias.name not in bound and not alias.name.startswith(("*", "__")):
                self._miss(name, place, chain, True)

    def _need(self, name: str, place: str, chain: "list[str]", certain: bool) -> "Found | None":
        """Look for a module and its parents, and follow those of the project; returns what was found."""
        parts = name.split(".")
        found = None  # type: Found | None
        for end in range(1, len(parts) + 1):
            part, above = ".".join(parts[:end]), found
            found = self.interpreter.find(part)
            if found is None:
                # A package of others may make submodules while it runs; one without a file cannot.
                if above is None or above.own or (above.places and not above.source):
                    self._miss(part, place, chain, certain or (above is not None and above.own))
                return None
            if found.own and found.source and part not in self.chains:
                self.chains[part] = [*chain, part]
                package = part if found.places is not None else part.rpartition(".")[0]
                self.waiting.append((part, found.source, package, not chain))
        return found

    def _miss(self, name: str, place: str, chain: "list[str]", certain: bool) -> None:
        (self.missing if certain else self.doubtful).setdefault(name, ("needed by " + place, chain))

    def _tree(self, path: str) -> "ast.Module | str":
        if path not in self.trees:
            try:
                with tokenize.open(path) as file:
                    self.trees[path] = ast.parse(file.read(), path)
            except (OSError, SyntaxError, ValueError) as error:
                self.trees[path] = "%s cannot be read: %s" % (path, error)
        return self.trees[path]


def tell(kind: str, found: "dict[str, tuple[str, list[str]]]") -> None:
    """Write what is missing, and on which way it is reached."""
    for name, (place, chain) in sorted(found.items()):
        print("paritycheck: %s%s is missing in this image\n  %s" % (kind, name, place), file=sys.stderr)
        if chain:
            print("  reached through %s" % " > ".join(chain), file=sys.stderr)


def read_arguments(words: "list[str]") -> "tuple[list[str], list[str], bool]":
    """Return the roots, the directories to search first, and whether to import the roots."""
    roots, paths, execute = [], [], False  # type: list[str], list[str], bool
    left = deque(words)
    while left:
        word = left.popleft()
        if word == "--path" and left:
            paths.append(left.popleft())
        elif word == "--execute":
            execute = True
        elif word.startswith("-"):
            return [], [], False
        else:
            roots.append(word)
    if roots and not paths:
        paths = [os.path.dirname(os.path.abspath(roots[0])) if roots[0].endswith(".py") else os.getcwd()]
    return roots, [os.path.abspath(path) for path in paths], execute


def main(words: "list[str]") -> int:
    """Check, tell, and return the exit code."""
    roots, paths, execute = read_arguments(words)
    if not roots:
        print(__doc__, file=sys.stderr)
        return 2
    # This file's own directory would be searched first, although it is no part of the project.
    mine = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0] or os.curdir) == mine:
        del sys.path[0]
    sys.path[:0] = paths
    search = Search()
    for root in roots:
        search.begin(root)
    search.follow()
    tell("", search.missing)
    tell("perhaps ", {name: told for name, told in search.doubtful.items() if name not in search.missing})
    print(
        "paritycheck: %d missing; looked at %d modules from %s with %s %d.%d.%d"
        % (
            (len(search.missing), len(search.chains), ", ".join(roots), sys.executable, *sys.version_info[:3])
        ),
        file=sys.stderr,
    )
    if not search.chains and not search.missing:
        return 2
    if execute and not search.missing:
        for root in roots:
            if not root.endswith(".py"):
                __import__(root)
    return 1 if search.missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
