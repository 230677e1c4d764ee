"""Which modules are in the interpreter itself, so that no file of that name is looked for.

Sources: CPython, Modules/config.c.in (always built in), Modules/Setup.bootstrap.in and Setup.stdlib.in
(compiled in or beside it, as the distributor likes), Python/frozen.c and Lib/site.py (there before
the directory of the program is put on ``sys.path``).
"""

from __future__ import annotations

import posixpath

from paritycheck.model.environment import Environment
from paritycheck.model.tree import FileTree
from paritycheck.predict.importing.standardlibrary import standard_library


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALWAYS = _words(
    "_abc _ast _codecs _collections _functools _imp _io _locale _operator _signal _sre _stat _string "
    "_symtable _thread _tracemalloc _warnings _weakref atexit builtins errno faulthandler gc itertools "
    "marshal posix pwd sys time"
)
# In the interpreter of Debian, shared libraries in the official images: each in one or the other.
EITHER = _words(
    "_asyncio _bisect _blake2 _contextvars _csv _datetime _elementtree _heapq _json _lsprof _md5 "
    "_multibytecodec _multiprocessing _opcode _pickle _posixshmem _posixsubprocess _queue _random _sha1 "
    "_sha3 _socket _statistics _struct _zoneinfo array binascii cmath fcntl grp math mmap pyexpat resource "
    "select syslog termios unicodedata zlib"
)
# Need libraries of the system; in the interpreter only where everything is.
OPTIONAL = _words(
    "_bz2 _ctypes _curses _curses_panel _dbm _decimal _hashlib _lzma _sqlite3 _ssl _tkinter _uuid readline"
)
# What a standard library is recognised by, and what lies in it without belonging to it.
LANDMARKS = _words("os lib-dynload site-packages dist-packages")
# Frozen from CPython 3.11 on; before, imported at start from the standard library, which comes to the same.
STARTED = _words("_collections_abc _sitebuiltins abc codecs genericpath io os posixpath site stat zipimport")


def find_builtins(tree: FileTree, environment: Environment) -> frozenset[str]:
    """Return the modules that are built into the interpreter: those that have no file of their own."""
    present: set[str] = set()
    for entry in environment.sys_path:
        if entry.reason == "stdlib":
            for directory in (entry.path, posixpath.join(entry.path, "lib-dynload")):
                real = tree.resolve(directory)
                if real is not None and tree.is_dir(real):
                    present.update(name.partition(".")[0] for name in tree.children(real))
    if present <= LANDMARKS:  # the directory is not to be had, or only stands in for one
        interpreter = environment.interpreter
        release = tuple(int(part) for part in interpreter.version.split(".")[:2]) if interpreter else ()
        return ALWAYS | standard_library((release[0], release[1])) if len(release) == 2 else ALWAYS
    shared = EITHER & present
    return ALWAYS | (EITHER - present) | (frozenset() if shared else OPTIONAL - present)
