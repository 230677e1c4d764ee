"""What was read from indexes in earlier runs, kept on disk.

Files of a wheel never change, so that they are kept by the wheel's name and SHA-256; which wheel a release
has may change, and is believed for a day. As with sources: a cache is never the reason for a failure.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

LARGEST = 256 << 20  # bytes of the file; above that it is begun anew
PATIENCE = 1.0  # seconds to wait for another run that writes
FILE = "wheels-2.sqlite"
TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, says BLOB NOT NULL, at REAL NOT NULL)"
ASK = "SELECT says FROM kept WHERE key = ? AND at >= ?"
KEEP = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)"


class Memory:
    """Bytes by key. Several threads and several runs may use the same directory at once.

    Without a ``directory`` nothing is kept. Each write is a transaction of its own.
    """

    def __init__(self, directory: Path | None) -> None:
        self._lock = threading.Lock()
        self._stored = _open(directory / FILE) if directory is not None else None

    def get(self, key: str, age: float = 0.0) -> bytes | None:
        """Return what was kept for ``key``, with ``age`` only what is no older than so many seconds."""
        since = time.time() - age if age else 0.0
        with self._lock, contextlib.suppress(sqlite3.Error):
            row = self._stored.execute(ASK, (key, since)).fetchone() if self._stored else None
            return bytes(row[0]) if row else None
        return None

    def put(self, key: str, says: bytes) -> None:
        """Keep what belongs to ``key``."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._stored is not None:
                with self._stored:
                    self._stored.execute(KEEP, (key, says, time.time()))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._stored is not None:
                self._stored.close()
            self._stored = None


def _open(file: Path) -> sqlite3.Connection | None:
    """Open the file; one that is no database, or too large, is removed."""
    stored = None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > LARGEST:
            file.unlink()
        stored = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
        stored.execute("PRAGMA synchronous = OFF")
        stored.execute(TABLE)
    except sqlite3.OperationalError:  # busy, or not to be written: somebody's good file all the same
        if stored is not None:
            stored.close()
        return None
    except (OSError, sqlite3.Error):
        if stored is not None:
            stored.close()
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        return None
    return stored
