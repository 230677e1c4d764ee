"""The wheels of releases, each looked for once: on disk from an earlier run, else on the index."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.capture.resolving.fetching import Network
from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import Target, Wheel, find_wheel
from paritycheck.capture.resolving.wheels import BROKEN, RemoteWheel

THREADS = 8
DAY = 86_400.0  # seconds
KEPT_FILE = 1 << 18  # bytes of a wheel's file that are worth keeping on disk
_LISTING = msgspec.json.Decoder(tuple[str, ...])
_WHEEL = msgspec.json.Decoder(Wheel)

Release = tuple[str, str]


class Shelf:
    """Listings and files of releases. What is asked once is answered from here the second time.

    ``index`` is the URL of a simple index. ``fit`` says for which Python and platform the releases are
    wanted from then on. It holds threads and connections until ``close``.
    """

    def __init__(self, index: str, memory: Memory) -> None:
        self._index = index
        self._memory = memory
        self._network = Network()
        self._targets: dict[Release, Target] = {}
        self._pool = ThreadPoolExecutor(THREADS, "wheels")
        self._lock = threading.Lock()
        self._listings: dict[Release, Future[tuple[str, ...] | None]] = {}
        self._found: dict[Release, Wheel | None] = {}
        self._open: dict[str, RemoteWheel | None] = {}

    def fit(self, releases: Iterable[Release], target: Target) -> None:
        """Note what Python and platform some releases are for."""
        for name, version in releases:
            self._targets.setdefault((canonicalize_name(name), version), target)

    def expect(self, releases: Iterable[Release]) -> None:
        """Begin to look for listings that will be asked for; nobody waits."""
        for name, version in releases:
            if version:
                self._ask((canonicalize_name(name), version))

    def listing(self, name: str, version: str) -> tuple[str, ...] | None:
        """Return the paths below site-packages that a release's wheel installs; ``None``: not to be had."""
        return self._ask((canonicalize_name(name), version)).result() if version else None

    def read(self, name: str, version: str, path: str) -> bytes | None:
        """Return one of these files; ``None`` if it is not to be had, or too large."""
        wheel = self._wheel((canonicalize_name(name), version)) if version else None
        if wheel is None:
            return None
        key = f"file {wheel.filename} {wheel.sha256} {path}"
        known = self._memory.get(key) if wheel.sha256 else None
        if known is not None:
            return known
        opened = self._opened(wheel)
        try:
            data = opened.read(path) if opened else None
        except BROKEN:
            return None
        if data is not None and wheel.sha256 and len(data) <= KEPT_FILE:
            self._memory.put(key, data)
        return data

    def close(self) -> None:
        """Stop looking, and let go of the network and the disk."""
        self._pool.shutdown(cancel_futures=True)
        self._network.close()
        self._memory.close()

    def _ask(self, release: Release) -> Future[tuple[str, ...] | None]:
        with self._lock:
            if release not in self._listings:
                self._listings[release] = self._pool.submit(self._list, release)
            return self._listings[release]

    def _list(self, release: Release) -> tuple[str, ...] | None:
        wheel = self._wheel(release)
        if wheel is None:
            return None
        key = f"listing {wheel.filename} {wheel.sha256}"
        known = self._memory.get(key) if wheel.sha256 else None
        if known is not None:
            try:
                return _LISTING.decode(known)
            except msgspec.MsgspecError:
                pass
        opened = self._opened(wheel)
        if opened is None:
            return None
        paths = tuple(opened.paths)
        if wheel.sha256:
            self._memory.put(key, msgspec.json.encode(paths))
        return paths

    def _wheel(self, release: Release) -> Wheel | None:
        if release in self._found:
            return self._found[release]
        target = self._targets.get(release, Target())
        key = f"wheel {self._index} {release[0]} {release[1]} {target}"
        known = self._memory.get(key, DAY)
        wheel = None
        if known is not None:
            try:
                wheel = _WHEEL.decode(known)
            except msgspec.MsgspecError:
                known = None
        if known is None:
            wheel = find_wheel(self._network, self._index, *release, target)
            if wheel is not None:
                self._memory.put(key, msgspec.json.encode(wheel))
        self._found[release] = wheel
        return wheel

    def _opened(self, wheel: Wheel) -> RemoteWheel | None:
        with self._lock:
            if wheel.filename in self._open:
                return self._open[wheel.filename]
        try:
            opened = RemoteWheel(self._network, wheel.url)
        except BROKEN:
            opened = None
        with self._lock:
            return self._open.setdefault(wheel.filename, opened)
