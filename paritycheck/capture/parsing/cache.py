"""What was read from Python sources in earlier runs, kept on disk by content.

One SQLite file for each version of this tool and of Python, so that what another parser said is never
believed; the files of versions that were not used for long are removed. Nothing is kept but import
statements, names that modules bind, and paths that they name. Whatever is wrong with the file, the
sources are read again: a cache must never be the reason for a failure.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import sys
import weakref
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from paritycheck import __version__, parse
from paritycheck.capture.parsing.reading import Reading, parse_all

T = TypeVar("T")

VERSIONS = 4  # whose files are kept: a cache that nobody cleans up must not grow with every upgrade
LARGEST = 512 << 20  # bytes of the file; above that it is begun anew
AT_ONCE = 500  # keys in one question: SQLite takes at least 999
PATIENCE = 1.0  # seconds to wait for another run that writes
ENCODER = msgspec.msgpack.Encoder()
TABLE = "CREATE TABLE IF NOT EXISTS {} (content BLOB PRIMARY KEY, says BLOB NOT NULL) WITHOUT ROWID"
ASK = "SELECT content, says FROM {} WHERE content IN ({})"
KEEP = "INSERT OR IGNORE INTO {} VALUES (?, ?)"


class SourceCache:
    """A parser that remembers. What it learnt is written when it is dropped, or at the end of the program.

    Several runs may use the same directory at once. ``directory`` is made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        file = directory / f"sources-{_parser_version()}.sqlite"
        self._stored = _open(file)
        self._fresh: dict[str, dict[bytes, bytes]] = defaultdict(dict)  # by table
        weakref.finalize(self, _close, file, self._stored, self._fresh)

    def parse(self, sources: Sequence[bytes], reading: Reading[T]) -> list[T]:
        """Return what is read from each source, now or in an earlier run."""
        keys = [hashlib.sha256(data).digest() for data in sources]
        known: dict[bytes, T] = {}
        for first in range(0, len(keys), AT_ONCE):
            known.update(self._ask(keys[first : first + AT_ONCE], reading))
        missing = {key: data for key, data in zip(keys, sources, strict=True) if key not in known}
        learnt = dict(zip(missing, parse_all(tuple(missing.values()), reading), strict=True))
        self._fresh[reading.name].update((key, ENCODER.encode(says)) for key, says in learnt.items())
        known.update(learnt)
        return [known[key] for key in keys]

    def _ask(self, keys: Sequence[bytes], reading: Reading[T]) -> Iterator[tuple[bytes, T]]:
        if self._stored is None:
            return
        asked = ASK.format(reading.name, ",".join("?" * len(keys)))
        with contextlib.suppress(sqlite3.Error):
            for key, says in self._stored.execute(asked, keys):
                with contextlib.suppress(msgspec.MsgspecError, TypeError):
                    yield key, msgspec.msgpack.decode(says, type=reading.says)


def _parser_version() -> str:
    """Name all that the answer depends on, the parser's own text included: versions live longer than bugs."""
    state = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for directory in parse.__path__:
        for module in sorted(Path(directory).rglob("*.py")):
            state.update(module.read_bytes())
    return f"{sys.implementation.cache_tag}-{state.hexdigest()[:16]}"


def _open(file: Path) -> sqlite3.Connection | None:
    """Open the file for reading; one that is no database, or too large, is removed."""
    try:
        if file.stat().st_size > LARGEST:
            file.unlink()
            return None
        stored = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
    except (OSError, sqlite3.Error):
        return None
    try:
        stored.execute("SELECT name FROM sqlite_master")
    except sqlite3.OperationalError:  # busy, or not to be read: somebody's good file all the same
        stored.close()
        return None
    except sqlite3.DatabaseError:
        stored.close()
        file.unlink(missing_ok=True)
        return None
    return stored


def _close(file: Path, stored: sqlite3.Connection | None, fresh: dict[str, dict[bytes, bytes]]) -> None:
    if stored is not None:
        stored.close()
    if not any(fresh.values()):
        return
    # One transaction: SQLite makes it whole or not at all, and lets other runs wait.
    with contextlib.suppress(OSError, sqlite3.Error):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file, timeout=PATIENCE)) as writing, writing:
            writing.execute("PRAGMA synchronous = OFF")
            for table, learnt in fresh.items():
                writing.execute(TABLE.format(table))
                writing.executemany(KEEP.format(table), learnt.items())
        _remove_old(file)


def _remove_old(file: Path) -> None:
    """Keep the files that were written last, this one among them."""
    written = {each: each.stat().st_mtime_ns for each in file.parent.glob("sources-*.sqlite") if each != file}
    for old in sorted(written, key=lambda each: written[each], reverse=True)[VERSIONS - 1 :]:
        old.unlink(missing_ok=True)
