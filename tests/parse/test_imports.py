"""Source text -> import statements with line and context, and the names that the module binds."""

import gc

import pytest

from paritycheck.model.source import Import, SourceFile
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.importing.conditions import holds


def read(text: str) -> SourceFile:
    source = parse_source(text.encode())
    assert source.problem is None
    assert parse_source(text.encode(), thorough=True) == source
    return source


def test_statements() -> None:
    assert read(
        "import os, a.b as c\nfrom x import (y,\n  z as w)\nfrom . import v\nfrom ..p.q import *\n"
    ).imports == (
        Import(1, "os"),
        Import(1, "a.b"),
        Import(2, "x", 0, ("y", "z")),
        Import(4, "", 1, ("v",)),
        Import(5, "p.q", 2, ("*",)),
    )


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("import x", "module"),
        ("class A:\n import x", "module"),
        ("def f():\n import x", "function"),
        ("class A:\n async def f(self):\n  import x", "function"),
        ("try:\n import x\nexcept ImportError:\n pass", "guarded"),
        ("try:\n import x\nexcept (KeyError, ModuleNotFoundError):\n pass", "guarded"),
        ("try:\n import x\nexcept builtins.Exception as e:\n print(e)", "guarded"),
        ("try:\n import x\nexcept:\n pass", "guarded"),
        ("try:\n import x\nexcept* ImportError:\n pass", "guarded"),
        ("try:\n import x\nexcept KeyError:\n pass", "module"),
        ("try:\n import x\nfinally:\n pass", "module"),
        ("try:\n import x\nexcept ImportError as e:\n print(e)\n raise", "module"),
        ("try:\n import x\nexcept ImportError:\n raise SystemExit('install x')", "module"),
        ("try:\n import x\nexcept ImportError:\n print('x?')\n sys.exit(1)", "module"),
        ("try:\n import x\nexcept ImportError:\n if strict:\n  raise", "guarded"),
        ("def f():\n try:\n  import x\n except ImportError:\n  if lax:\n   return\n  raise", "guarded"),
        ("try:\n import x\nexcept ModuleNotFoundError:\n raise\nexcept Exception:\n pass", "module"),
        ("try:\n try:\n  import x\n finally:\n  pass\nexcept ImportError:\n pass", "guarded"),
        ("try:\n pass\nexcept ImportError:\n import x", "module"),
        ("try:\n from .a import b\nexcept ImportError:\n import x", "guarded"),
        ("try:\n from .a import b\nexcept KeyError:\n import x", "module"),
        ("try:\n pass\nexcept ImportError:\n pass\nelse:\n import x", "module"),
        ("try:\n pass\nexcept ImportError:\n pass\nfinally:\n import x", "module"),
        ("try:\n def f():\n  import x\nexcept ImportError:\n pass", "function"),
        ("def f():\n try:\n  import x\n except ImportError:\n  pass", "guarded"),
        (
            "def f():\n try:\n  import x\n except ImportError as e:\n  raise Bad('install x') from e",
            "guarded",
        ),
        ("def f():\n try:\n  import x\n except ImportError:\n  raise", "function"),
        ("def f():\n try:\n  import x\n except Exception as e:\n  raise Bad('no x') from e", "function"),
        ("def f():\n try:\n  import x\n except KeyError:\n  raise Bad('no x')", "function"),
        ("try:\n import x\nexcept ImportError as e:\n raise Bad('install x') from e", "module"),
        ("with contextlib.suppress(KeyError, ImportError):\n import x", "guarded"),
        ("with suppress(KeyError):\n import x", "module"),
        ("if importlib.util.find_spec('x') is not None:\n import x", "guarded"),
        ("if TYPE_CHECKING:\n import x", "type-checking"),
        ("if t.TYPE_CHECKING and more:\n import x", "type-checking"),
        ("if not TYPE_CHECKING:\n import x", "module"),
        ("if TYPE_CHECKING:\n pass\nelse:\n import x", "module"),
        ("if TYPE_CHECKING:\n pass\nelif other:\n import x", "module"),
        ("if False:\n import x", "type-checking"),
        ("if TYPE_CHECKING:\n try:\n  import x\n except ImportError:\n  pass", "type-checking"),
        ("for a in b:\n pass\nelse:\n import x", "module"),
        ("match a:\n case 1:\n  import x", "module"),
        ("def f():\n if settings.debug:\n  import x", "guarded"),
        ("def f(app):\n if app.config['DEV']:\n  pass\n else:\n  import x", "guarded"),
        ("def f():\n if os.environ.get('DEV') == '1':\n  import x", "guarded"),
        ("def f():\n if get_settings().debug and more:\n  import x", "guarded"),
        ("def f():\n dev = os.getenv('DEV')\n if not dev:\n  pass\n else:\n  import x", "guarded"),
        ("DEV = config.dev\ndef f():\n if DEV:\n  import x", "guarded"),
        ("def f():\n if not settings.debug:\n  raise Refused\n import x", "guarded"),
        ("def f():\n if not settings.debug:\n  return\n import x", "guarded"),
        ("def f():\n if settings.debug:\n  log()\n import x", "function"),
        ("def f():\n if settings.debug:\n  return\ndef g():\n import x", "function"),
        ("def f(name):\n if not name:\n  raise ValueError\n import x", "function"),
        ("def f(kind):\n if kind == 'a':\n  import x", "function"),
        ("def f(config=None):\n if config is None:\n  import x", "function"),
        ("def f():\n if environment:\n  import x", "function"),
        # A start that one setting breaks is a start that breaks.
        ("if settings.DEBUG:\n import x", "module"),
    ],
)
def test_context(text: str, context: str) -> None:
    assert [each.context for each in read(text).imports if each.module == "x"] == [context]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("if sys.version_info >= (3, 8):\n import x", "sys.version_info >= (3, 8)"),
        ("if sys.platform == 'win32':\n pass\nelse:\n import x", "not (sys.platform == 'win32')"),
        (
            "if os.name == 'nt':\n if platform.system() == 'A':\n  import x",
            "(os.name == 'nt') and (platform.system() == 'A')",
        ),
        ("if __name__ == '__main__':\n import x", "__name__ == '__main__'"),
        ("if settings.DEBUG and sys.platform == 'linux':\n import x", "..."),
        ("if 1 < 2:\n import x", "..."),
        ("if a:\n pass\nelif b:\n pass\nelse:\n import x", "..."),
        ("if os.name == 'nt':\n if a:\n  if b:\n   import x", "(os.name == 'nt') and (...)"),
        ("def f(kind):\n if kind == 'a':\n  import x", "..."),
        ("class A:\n def f(self):\n  import x", "..."),
        ("class A:\n def __init__(self):\n  import x", ""),
        ("class A:\n import x", ""),
        ("def f():\n class A:\n  def f(self):\n   def g():\n    import x", "..."),
    ],
)
def test_condition(text: str, condition: str) -> None:
    assert [each.condition for each in read(text).imports] == [condition]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import importlib\nimportlib.import_module('a.b')", (0, "a.b")),
        ("import importlib as il\ndef f():\n return il.import_module(name='a')", (0, "a")),
        ("from importlib import import_module\nx = [import_module('a')]", (0, "a")),
        ("from importlib import import_module as im\ndef f():\n im('a')", (0, "a")),
        ("import importlib\nimportlib.import_module('.a', __package__)", (1, "a")),
        ("import importlib\nimportlib.import_module('..a', package=__name__)", (2, "a")),
        ("import importlib\nimportlib.import_module('..a', 'p.q')", (0, "p.a")),
        ("import importlib\nimportlib.import_module(f'{__name__}.a')", (1, "a")),
        ("import importlib\nimportlib.import_module(__package__ + '.a.b')", (1, "a.b")),
        ("__import__('a.b')", (0, "a.b")),
        ("def f():\n __import__('a', globals(), locals(), ['b'], 1)", (1, "a")),
        ("import importlib\nimportlib.import_module(name)", None),
        ("import importlib\nimportlib.import_module('.a')", None),
        ("import importlib\nimportlib.import_module('....a', 'p.q')", None),
        ("import_module('a')", None),
        ("loader.import_module('a')", None),
        ("from tools import Loader\nimport_module = Loader('a')", None),
        ("from celery import Celery\nx = Celery('a')\nx.autodiscover_tasks()", None),
        ("__import__(*names)", None),
    ],
)
def test_dynamic(text: str, found: tuple[int, str] | None) -> None:
    dynamic = [(each.level, each.module) for each in read(text).imports if each.dynamic]
    assert dynamic == ([found] if found else [])


def test_dynamic_context() -> None:
    text = "try:\n __import__('a')\n f = lambda: __import__('b')\nexcept ImportError:\n __import__('c')\n"
    assert [(each.module, each.context) for each in read(text).imports] == [
        ("a", "guarded"),
        ("b", "function"),
        ("c", "module"),
    ]


def test_names() -> None:
    text = (
        "import a.b, c as d\nfrom e import f as g\nh = [i, *j] = k\nl: int = 1\nm: int\nn += 1\n"
        "for o, (p, *q) in r:\n s = 1\nwith t as u, v as (w, x):\n pass\n"
        "def y(z): aa = 1\nclass bb:\n cc = 1\n"
        "if (dd := 1): pass\nif TYPE_CHECKING:\n import ee\n"
        "match ff:\n case [gg, *hh] | {'k': gg, **hh} as ii:\n  pass\n"
        "def jj():\n global kk\n"
    )
    source = read(text)
    expected = [
        "a",
        "d",
        "g",
        "h",
        "i",
        "j",
        "l",
        "n",
        "o",
        "p",
        "q",
        "s",
        "u",
        "w",
        "x",
        "y",
        "bb",
        "dd",
        "gg",
        "hh",
        "ii",
        "jj",
        "kk",
    ]
    assert source.defines == tuple(sorted(expected))
    assert not source.open_ended


@pytest.mark.parametrize(
    ("text", "open_ended"),
    [
        ("from a import *", True),
        ("def __getattr__(name): pass", True),
        ("globals()['a'] = 1", True),
        ("exec('a = 1')", True),
        ("setattr(sys.modules[__name__], 'a', 1)", True),
        ("sys.modules['a.b'] = c", True),
        ("import sys\nprint(sys.modules['a'])", False),
        ("cursor.exec()", False),
        ("def f():\n return '%(a)s' % locals()", False),
    ],
)
def test_open_ended(text: str, open_ended: bool) -> None:
    assert read(text).open_ended is open_ended


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("__path__ = __import__('pkgutil').extend_path(__path__, __name__)", "extended"),
        (
            "try:\n __import__('pkg_resources').declare_namespace(__name__)\nexcept ImportError: pass",
            "extended",
        ),
        ("__path__.append('x')", "altered"),
        ("__path__ = []", "altered"),
        ("print(__path__)", "own"),
        ("# __path__ = extend_path(__path__, __name__)", "own"),
        ("def declare_namespace(name): pass", "own"),
    ],
)
def test_package_path(text: str, path: str) -> None:
    assert read(text).package_path == path


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = 1\nprint 'x'\n", 2),
        (b"x = 1\ny = '\xff'\n", 2),
        (b"# coding: ascii\n\n'\xc3\xa4'\n", 3),
        (b"# coding: no-such\n", 1),
        (b"x = 1\n\0\n", 2),
        (b"def f(:\n", 1),
        (b"(" * 5000, 1),
        (b"-" * 100_000 + b"1", 0),
        (b"#" * (8 * 1024 * 1024 + 1), 0),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else value,
)
def test_problem(data: bytes, line: int) -> None:
    source = parse_source(data, thorough=True)
    assert source.problem is not None
    assert source.problem.message
    assert source.problem.line == line
    assert source.imports == ()


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfimport a\n",
        b"# -*- coding: latin-1 -*-\nb = '\xe4'; import a\n",
        b"#!/bin/x\n# vim: set fileencoding=shift_jis :\nb = '\x83\x5c'\nimport a\n",
        "# coding: utf-8\nü = 1\nimport a\n".encode(),
        b"x = 1\r\nimport a\r\n",
        b"x = 1\rimport a\r",
        b"x = '\\d' is 1\nimport a",
    ],
)
def test_encodings_and_line_ends(data: bytes) -> None:
    assert [each.module for each in parse_source(data).imports] == ["a"]
    assert gc.isenabled()


def test_an_error_in_a_skipped_body_is_seen_only_thoroughly() -> None:
    data = b"import a\ndef f():\n    print 'x'\n"
    assert parse_source(data).problem is None
    assert parse_source(data, thorough=True).problem is not None


@pytest.mark.parametrize(
    "call",
    [
        'import_module(f".commands.{name}", __package__)',
        'import_module(".commands." + name, package=__package__)',
        'import_module(".commands.%s" % name, __package__)',
        'import_module(".commands.{}".format(name), __package__)',
    ],
)
def test_computed_submodule(call: str) -> None:
    source = f"from importlib import import_module\n\ndef load(name):\n    return {call}\n"
    found = [each for each in parse_source(source.encode()).imports if each.dynamic]
    assert found == [Import(4, "commands", 1, ("?",), "function", dynamic=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PKG = 'p'\nimport_module(f'{PKG}.x')", [(0, "p.x", "module")]),
        ("P = 'p'\nQ = P + '.q'\nimport_module(Q)", [(0, "p.q", "module")]),
        ("PKG: str = 'p'\ndef f():\n import_module(PKG + '.x')", [(0, "p.x", "function")]),
        ("M = 'm'\n__import__(M)", [(0, "m", "module")]),
        ("X = 'x'\nimport_module('.' + X, package=__package__)", [(1, "x", "module")]),
        ("P = 'p'\nimport_module('.x', P)", [(0, "p.x", "module")]),
        ("for n in ('a', 'b'):\n import_module(f'p.{n}')", [(0, "p.a", "module"), (0, "p.b", "module")]),
        (
            "N = ['a', 'b']\ndef f():\n for n in N:\n  import_module('.' + n, __name__)",
            [(1, "a", "function"), (1, "b", "function")],
        ),
        ("for n in {'a': 1}:\n import_module(n)", [(0, "a", "module")]),
        ("T = {'a': 'p.a'}\nfor k, m in T.items():\n import_module(m)", [(0, "p.a", "module")]),
        (
            "for m, c in [('a', 'A'), ('b', 'B')]:\n getattr(import_module(m), c)",
            [(0, "a", "module"), (0, "b", "module")],
        ),
        ("x = [import_module(n) for n in ('a', 'b')]", [(0, "a", "module"), (0, "b", "module")]),
        ("for n in ('a',):\n try:\n  import_module(n)\n except ImportError:\n  pass", [(0, "a", "guarded")]),
        ("for n in ('a',):\n import_module(f'{__package__}.{n}')", [(1, "a", "module")]),
        ("for n in ('a',):\n import_module(__name__ + '.' + n)", [(1, "a", "module")]),
        (
            "T = {'A': '.a', 'B': '.b'}\ndef __getattr__(n):\n return import_module(T[n], __name__)",
            [(1, "a", "guarded"), (1, "b", "guarded")],
        ),
        ("for n in ('a', other()):\n import_module(n)", []),
        ("for n in names():\n import_module(n)", []),
        ("P = 'p'\nP = 'q'\nimport_module(P)", []),
        ("P = 'p'\ndef f(P):\n import_module(P)", []),
        ("if X:\n P = 'p'\nelse:\n P = 'q'\nimport_module(P)", []),
        ("P = P + 'x'\nimport_module(P)", []),
        ("A = B = 'p'\nimport_module(A)", []),
    ],
)
def test_names_that_stand_for_literals(text: str, found: list[tuple[int, str, str]]) -> None:
    says = parse_source(f"from importlib import import_module\n{text}\n".encode())
    assert [(each.level, each.module, each.context) for each in says.imports if each.dynamic] == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("import_module(f'{P}.{name}')", (0, "pkg", "function")),
        ("import_module(P + '.sub.' + name)", (0, "pkg.sub", "function")),
        ("import_module(f'{__name__}.{name}')", (1, "", "guarded")),
        ("import_module(f'.{name}', __package__)", (1, "", "guarded")),
        ("import_module(f'{__package__}.sub.{name}')", (1, "sub", "function")),
    ],
)
def test_names_of_which_the_package_is_known(call: str, found: tuple[int, str, str]) -> None:
    source = f"from importlib import import_module\nP = 'pkg'\ndef load(name):\n    return {call}\n"
    dynamic = [each for each in parse_source(source.encode()).imports if each.dynamic]
    assert [(each.level, each.module, each.context) for each in dynamic] == [found]
    assert dynamic[0].names == ("?",)


@pytest.mark.parametrize("call", ['import_module(f"{name}.x")', 'import_module(f"plugin_{name}")'])
def test_computed_name_without_a_known_package(call: str) -> None:
    source = f"from importlib import import_module\n\ndef load(name):\n    return {call}\n"
    assert not [each for each in parse_source(source.encode()).imports if each.dynamic]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("app = Celery('x', include=['a.tasks', 'b'])", [("a.tasks", "module"), ("b", "module")]),
        ("def make():\n return Celery(include=('a.tasks',))", [("a.tasks", "function")]),
        ("app.conf.update(imports=['a'], timezone='UTC')", [("a", "module")]),
        ("app.conf.imports = ['a']", [("a", "module")]),
        ("CELERY_IMPORTS = ('a',)", [("a", "module")]),
        ("app.autodiscover_tasks(['a', 'b.c'])", [("a.tasks", "guarded"), ("b.c.tasks", "guarded")]),
        ("app.autodiscover_tasks(['a'], related_name='jobs')", [("a.jobs", "guarded")]),
        ("app.autodiscover_tasks()", []),
        ("app.autodiscover_tasks(packages)", []),
        ("pytest_plugins = 'a.b'", [("a.b", "module")]),
        ("pytest_plugins = ['a.b', 'c']", [("a.b", "module"), ("c", "module")]),
        ("LOGGING = {'handlers': {'h': {'class': 'a.b.Handler'}}}", [("a.b", "module")]),
        ("def f():\n dictConfig({'formatters': {'f': {'()': 'a.Fmt'}}})", [("a", "function")]),
        ("LOGGING = {'handlers': {'h': {'class': 'Handler', 'level': 'a.b'}}}", []),
        ("imports = ['a']", []),
        ("CELERY = {'class': 'a.b'}", []),
    ],
)
def test_modules_that_frameworks_import_by_strings(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.module, each.context) for each in read(text).imports] == found
    assert all(each.dynamic for each in read(text).imports)


def test_only_a_worker_imports_its_tasks() -> None:
    (found,) = read("if sys.platform == 'linux':\n app = Celery(include=['a'])").imports
    assert found.condition == "(sys.platform == 'linux') and celery.worker"
    assert holds(found.condition, {"sys.platform": "linux", "celery.worker": True}) is True
    assert holds(found.condition, {"sys.platform": "linux", "celery.worker": False}) is False
    assert holds(found.condition, {"sys.platform": "linux"}) is None


def test_a_class_of_a_logging_configuration_is_taken_from_its_module() -> None:
    (found,) = read("LOGGING = {'()': 'ext://a.b.make'}").imports
    assert (found.module, found.names) == ("a.b", ("make",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "from importlib.metadata import entry_points\nfor ep in entry_points(group='a.b'):\n ep.load()",
            [("a.b", "module")],
        ),
        (
            "import importlib.metadata as m\nG='a.b'\ndef f():\n for e in m.entry_points(group=G): e.load()",
            [("a.b", "function")],
        ),
        (
            "from importlib import metadata\nfor e in metadata.entry_points().select(group='a'):\n e.load()",
            [("a", "module")],
        ),
        ("x = [e.load() for e in entry_points().get('a', [])]", [("a", "module")]),
        (
            "import pkg_resources\nfor e in pkg_resources.iter_entry_points('a'):\n e.load()",
            [("a", "module")],
        ),
        (
            "for e in iter_entry_points(group='a'):\n try:\n  e.load()\n except Exception:\n  pass",
            [("a", "guarded")],
        ),
        ("for e in entry_points(group='a'):\n if e.name == wanted:\n  e.load()", [("a", "guarded")]),
        ("names = [e.name for e in entry_points(group='a')]", [("a", "guarded")]),
        ("from stevedore import ExtensionManager\nm = ExtensionManager(namespace='a')", [("a", "guarded")]),
        ("from stevedore import driver\nm = driver.DriverManager('a', 'x')", [("a", "guarded")]),
        ("pm.load_setuptools_entrypoints('a')", [("a", "module")]),
        ("for e in entry_points(group=name):\n e.load()", []),
        ("for e in entry_points():\n e.load()", []),
    ],
)
def test_groups_of_entry_points(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.name, each.context) for each in parse_source(text.encode()).groups] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from .names import PKG\nimport_module(f'{PKG}.x')", [(".names:PKG", ".x", "module")]),
        ("from a.b import PKG as P\ndef f():\n import_module(P + '.x')", [("a.b:PKG", ".x", "function")]),
        ("from a import M\n__import__(M)", [("a:M", "", "module")]),
        (
            "from a import P\nfor n in ('x', 'y'):\n import_module(P + '.' + n)",
            [("a:P", ".x", "module"), ("a:P", ".y", "module")],
        ),
        ("from a import P\nimport_module('b.' + P)", []),
        ("from a import P\nP = 'x'\nimport_module(P)", []),
        ("from a import name\nimport_module(name)", []),
    ],
)
def test_constants_of_other_modules(text: str, found: list[tuple[str, str, str]]) -> None:
    says = parse_source(f"from importlib import import_module\n{text}\n".encode())
    assert [(each.constant, each.rest, each.context) for each in says.deferred] == found
    assert not [each for each in says.imports if each.dynamic]


def test_a_configuration_of_celery_is_imported_by_workers() -> None:
    found = parse_source(
        b"app.config_from_object('conf.celery')\napp.config_from_object('django.conf:settings')"
    )
    assert [(each.module, each.condition) for each in found.imports] == [("conf.celery", "celery.worker")]


VERSION = "sys.version_info < (3, 12)"


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("raise ImportError('gone')\nraise KeyError\n", [(1, "ImportError", "")]),
        ("'''doc'''\nimport os\nraise exceptions.Gone\n", [(3, "Gone", "")]),
        ("raise make()[0]", [(1, "", "")]),
        ("def f(): raise KeyError", []),
        ("class A:\n raise KeyError", []),
        ("if x: raise KeyError", []),
        ("for x in y: raise KeyError", []),
        ("with x: raise KeyError", []),
        ("try: raise KeyError\nexcept KeyError: pass", []),
        ("try: import a\nexcept ImportError: raise KeyError", []),
        ("try: raise KeyError\nfinally: f()", [(1, "KeyError", "")]),
        ("if TYPE_CHECKING:\n import a\nelse:\n raise KeyError", [(4, "KeyError", "")]),
        ("if TYPE_CHECKING:\n raise KeyError", []),
        (f"if {VERSION}:\n raise RuntimeError", [(2, "RuntimeError", VERSION)]),
        (f"if {VERSION}:\n pass\nelse:\n raise RuntimeError", [(4, "RuntimeError", f"not ({VERSION})")]),
        ("if sys.platform != 'win32': raise ImportError", [(1, "ImportError", "sys.platform != 'win32'")]),
        (f"if {VERSION}:\n print('old')\n sys.exit(1)", [(3, "SystemExit", VERSION)]),
        (f"if {VERSION}: sys.exit('Python ' + wanted)", [(1, "SystemExit", VERSION)]),
        (f"if {VERSION}: raise SystemExit(f'{{x}}')", [(1, "SystemExit", VERSION)]),
        (f"if {VERSION}: sys.exit(main())", []),
        (f"if {VERSION}: sys.exit(0)", []),
        ("sys.exit('gone')", []),
        ("sys.exit(main())\nraise KeyError", []),
        ("if __name__ == '__main__': raise SystemExit(main())", []),
    ],
)
def test_what_a_module_raises(text: str, raised: list[tuple[int, str, str]]) -> None:
    found = [(each.line, each.exception, each.condition) for each in read(text).raises]
    assert found == raised


@pytest.mark.parametrize(
    ("handlers", "caught"),
    [
        ("except ImportError: pass", ("ImportError",)),
        ("except (ImportError, ModuleNotFoundError): pass", ("ImportError", "ModuleNotFoundError")),
        ("except ModuleNotFoundError: pass", ("ModuleNotFoundError",)),
        ("except (ImportError, OSError): pass", ()),
        ("except ImportError: pass\nexcept OSError: pass", ()),
        ("except Exception: pass", ()),
        ("except: pass", ()),
        ("except ImportError: raise", ()),
        ("finally: pass", ()),
    ],
)
def test_what_a_guard_catches(handlers: str, caught: tuple[str, ...]) -> None:
    assert [each.caught for each in read(f"try:\n import x\n{handlers}").imports] == [caught]


def test_nested_guards_catch_what_either_does() -> None:
    inner = "try:\n  import x\n except ImportError: pass\n import y"
    for outer, caught in (
        ("ModuleNotFoundError", [("ImportError", "ModuleNotFoundError")]),
        ("Exception", [()]),
    ):
        found = read(f"try:\n {inner}\nexcept {outer}: pass").imports
        assert [each.caught for each in found][:1] == caught
    found = read("try:\n def f():\n  import x\nexcept ImportError: pass").imports
    assert [each.caught for each in found] == [()]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("if name == 'a':\n  return 1\n raise AttributeError(name)", {"a"}),
        (
            "import warnings\n if name == 'a':\n  return 1\n if name in ('b', 'c'):\n  return 2\n raise E",
            {*"abc"},
        ),
        ("if name == 'a':\n  return 1\n elif name == 'b':\n  return 2\n else:\n  raise E", {"a", "b"}),
        ("raise AttributeError(name)", set()),
        ("if name == 'a':\n  return 1", None),
        ("if name == 'a':\n  return 1\n elif known(name):\n  return 2\n raise E", None),
        ("if name in NAMES:\n  return 1\n raise E", None),
        ("if name != 'a':\n  return 1\n raise E", None),
        ("try:\n  return NAMES[name]\n except KeyError:\n  raise E from None", None),
        ("return NAMES[name]", None),
    ],
)
def test_names_that_a_module_answers_for(body: str, names: set[str] | None) -> None:
    source = read(f"x = 1\ndef __getattr__(name):\n {body}\n")
    assert source.open_ended is (names is None)
    assert names is None or set(source.defines) == names | {"x", "__getattr__"}


def test_a_getattr_that_is_not_defined_here_answers_everything() -> None:
    assert read("from lazy import __getattr__").open_ended
    assert read("__getattr__, x = attach(__name__)").open_ended
