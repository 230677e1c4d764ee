"""Calls that take a path: which of their arguments it is, and what becomes of a missing file.

Sources: the library reference, and the documentation of Starlette, Jinja, pandas, NumPy and Pillow.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from paritycheck.model.source import DataKind, DataUse
from paritycheck.parse.python.dataplaces import argument


class PathUse(NamedTuple):
    """What a call does with the path ``node``; with ``package`` it is below the call's first argument."""

    node: ast.expr | None
    use: DataUse
    kind: DataKind = "file"
    package: bool = False


class _Taker(NamedTuple):
    position: int
    keyword: str
    use: DataUse = "opened"
    kind: DataKind = "file"
    package: bool = False


_READERS = (
    *("codecs.open", "runpy.run_path", "logging.config.fileConfig", "xml.etree.ElementTree.parse"),
    *("lxml.etree.parse", "toml.load", "joblib.load", "torch.load", "PIL.Image.open"),
    *("numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "shutil.copy", "shutil.copy2", "shutil.copyfile"),
    *("pandas.read_csv", "pandas.read_json", "pandas.read_excel", "pandas.read_parquet", "pandas.read_table"),
    *("starlette.responses.FileResponse", "fastapi.responses.FileResponse"),
)
_MODED = (
    "open",
    "io.open",
    "builtins.open",
    "gzip.open",
    "bz2.open",
    "lzma.open",
    "zipfile.ZipFile",
    "codecs.open",
)
_WRITERS = (
    *("os.makedirs", "os.mkdir", "os.remove", "os.unlink", "shutil.rmtree", "sqlite3.connect", "os.rename"),
    *("logging.FileHandler", "logging.handlers.RotatingFileHandler"),
    *("logging.handlers.TimedRotatingFileHandler", "logging.handlers.WatchedFileHandler"),
)
_TESTERS = ("os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.lexists", "os.access")
_STATIC = ("starlette.staticfiles.StaticFiles", "fastapi.staticfiles.StaticFiles")
_TEMPLATES = ("starlette.templating.Jinja2Templates", "fastapi.templating.Jinja2Templates")
_RESOURCES = tuple(
    f"{module}.{name}"
    for module in ("importlib.resources", "importlib_resources")
    for name in ("read_text", "read_binary", "open_text", "open_binary")
)

_TAKERS: dict[str, tuple[_Taker, ...]] = {
    **{name: (_Taker(0, ""),) for name in _READERS},
    **{name: (_Taker(0, "file"),) for name in _MODED},
    **{name: (_Taker(0, "", "written", "either"),) for name in _WRITERS},
    **{name: (_Taker(0, "", "tested", "either"),) for name in _TESTERS},
    **{name: (_Taker(0, "path", "opened", "directory"),) for name in ("os.listdir", "os.scandir")},
    **{name: (_Taker(0, "directory", "opened", "directory"),) for name in _STATIC},
    **{name: (_Taker(0, "directory", "searched", "directory"),) for name in _TEMPLATES},
    **{name: (_Taker(1, "resource", package=True),) for name in (*_RESOURCES, "pkgutil.get_data")},
    **{
        f"pkg_resources.resource_{name}": (_Taker(1, "resource_name", package=True),)
        for name in ("string", "stream")
    },
    "jinja2.FileSystemLoader": (_Taker(0, "searchpath", "searched", "directory"),),
    "jinja2.PackageLoader": (_Taker(1, "package_path", "opened", "directory", package=True),),
    "sys.path.insert": (_Taker(1, "", "inserted", "directory"),),
    **{
        name: (_Taker(0, "", "appended", "directory"),)
        for name in ("sys.path.append", "sys.path.extend", "site.addsitedir")
    },
    "shutil.copytree": (_Taker(0, "src", "opened", "directory"),),
}
_TARGETS = ("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree", "shutil.move")

# Methods of a path: what they do with it.
METHODS: dict[str, tuple[DataUse, DataKind]] = {
    **dict.fromkeys(("read_text", "read_bytes", "open"), ("opened", "file")),
    **dict.fromkeys(("exists", "is_file", "is_dir"), ("tested", "either")),
    **dict.fromkeys(("glob", "rglob"), ("searched", "directory")),
    "iterdir": ("opened", "directory"),
    **dict.fromkeys(
        ("mkdir", "touch", "write_text", "write_bytes", "unlink", "rename", "symlink_to"),
        ("written", "either"),
    ),
}


def path_uses(name: str, call: ast.Call) -> Iterator[PathUse]:
    """Yield what a call of the function ``name`` (in full) does with the paths it is given."""
    for taker in _TAKERS.get(name, ()):
        node = argument(call, taker.position, taker.keyword)
        use = taker.use
        if name in _MODED and writes(argument(call, 1, "mode")):
            use = "written"
        if name in _STATIC and not _checks(call):
            use = "searched"
        if name == "jinja2.PackageLoader" and node is None:
            node = ast.Constant("templates")
        nodes = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
        for each in nodes:
            surely = len(nodes) == 1 or use == "appended"
            yield PathUse(each, use if surely else "named", taker.kind, taker.package)
    if name in _TARGETS:
        yield PathUse(argument(call, 1, "dst"), "written", "either")


def writes(mode: ast.expr | None) -> bool:
    """Tell whether a file may be made by opening it so; a mode that is not literal may be any."""
    if mode is None:
        return False
    return not (isinstance(mode, ast.Constant) and not set("wax") & set(str(mode.value)))


def _checks(call: ast.Call) -> bool:
    given = argument(call, -1, "check_dir")
    return given is None or (isinstance(given, ast.Constant) and bool(given.value))
