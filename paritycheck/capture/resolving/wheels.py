"""What a wheel installs, and its files, read from the wheel on the server without fetching the whole.

After the PyPA specification "Binary distribution format". Wheels are written by strangers: what would leave
site-packages, and what is too much, is left out.
"""

from __future__ import annotations

import re
import threading
import zipfile
import zlib

from paritycheck.capture.resolving.fetching import TROUBLE, Network
from paritycheck.capture.resolving.remotefile import RemoteFile

MANY = 50_000  # files of a wheel that are listed
LONG = 1024  # characters of a path
LARGEST_FILE = 2 << 20  # bytes of a file that is read
SMALL = 3 << 20  # bytes of a wheel that is fetched whole once a file of it is read
BROKEN = (*TROUBLE, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_DATA = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
_ABI = re.compile(r"\.(?:cpython|pypy|cp)-?[\w-]*\.so$|\.abi3\.so$")


class RemoteWheel:
    """A wheel on a server. ``paths`` maps the path below site-packages to the name in the archive.

    Raises one of ``BROKEN`` if it cannot be read. It may be asked by several threads.
    """

    def __init__(self, network: Network, url: str) -> None:
        self._lock = threading.Lock()
        self._archive = zipfile.ZipFile(RemoteFile(network, url, SMALL))
        self.paths = _installed(self._archive.namelist()[: 2 * MANY])

    def read(self, path: str) -> bytes | None:
        """Return what is installed at ``path``; ``None`` if nothing is, or too much."""
        member = self.paths.get(path)
        if member is None:
            return None
        with self._lock:
            info = self._archive.getinfo(member)
            if info.file_size > LARGEST_FILE or info.compress_size > LARGEST_FILE:
                return None
            with self._archive.open(info) as reading:
                data = reading.read(LARGEST_FILE + 1)
        return data if len(data) <= LARGEST_FILE else None


def _installed(members: list[str]) -> dict[str, str]:
    """Map what lands in site-packages to its name in the archive; scripts, headers and data do not."""
    found: dict[str, str] = {}
    for member in members:
        data = _DATA.match(member)
        path = member[data.end() :] if data else member
        parts = path.split("/")
        if parts[0].endswith(".data") or len(path) > LONG or "\\" in path or ":" in parts[0]:
            continue
        if any(part in ("", ".", "..") for part in parts) or not path.isprintable():
            continue  # a directory, or a name that would lead out of site-packages
        found.setdefault(without_abi(path), member)
        if len(found) == MANY:
            break
    return found


def without_abi(path: str) -> str:
    """Return an extension module's path without the tag of its interpreter.

    An installer only takes a wheel that fits, so that the tag is right by construction; the wheel that
    is read here may be one for another Python where the container's is not known.
    """
    return _ABI.sub(".so", path)
