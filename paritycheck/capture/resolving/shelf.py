"""The files of releases, each looked for once: on disk from an earlier run, else on the index."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version

from paritycheck.capture.resolving.fetching import Network
from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import (
    Artifact,
    Target,
    best_artifact,
    find_releases,
    newest_release,
)
from paritycheck.capture.resolving.sourcerelease import SourceRelease
from paritycheck.capture.resolving.sources import Sources
from paritycheck.capture.resolving.wheels import BROKEN, RemoteWheel

THREADS = 8
DAY = 86_400.0  # seconds
KEPT_FILE = 1 << 18  # bytes of a wheel's file that are worth keeping on disk
_LISTING = msgspec.json.Decoder(tuple[str, ...])
_ARTIFACT = msgspec.json.Decoder(Artifact)
_CHOICE = msgspec.json.Decoder(tuple[str, Artifact])

Release = tuple[str, str]
Choice = tuple[str, Artifact]


class Shelf:
    """Listings and files of releases. What is asked once is answered from here the second time.

    ``index`` is the URL of a simple index; no release is chosen that is not from ``before`` a time (UTC,
    ISO 8601). ``fit`` says for which Python and platform the releases are wanted from then on. It holds
    threads and connections until ``close``.
    """

    def __init__(self, index: str, memory: Memory, before: str = "") -> None:
        self._index = index
        self._before = before
        self._memory = memory
        self._network = Network()
        self._sources = Sources(self._network, memory)
        self._targets: dict[Release, Target] = {}
        self._pool = ThreadPoolExecutor(THREADS, "releases")
        self._lock = threading.Lock()
        self._listings: dict[Release, Future[tuple[str, ...] | None]] = {}
        self._found: dict[Release, Artifact | None] = {}
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
        """Return the paths below site-packages that a release installs; ``None``: not to be had."""
        return self._ask((canonicalize_name(name), version)).result() if version else None

    def read(self, name: str, version: str, path: str) -> bytes | None:
        """Return one of these files; ``None`` if it is not to be had, or too large."""
        release = canonicalize_name(name), version
        artifact = self._artifact(release) if version else None
        if artifact is None:
            return None
        key = f"file {artifact.filename} {artifact.sha256} {path}"
        known = self._memory.get(key) if artifact.sha256 else None
        if known is not None:
            return known
        if artifact.is_wheel:
            opened = self._opened(artifact)
            try:
                data = opened.read(path) if opened else None
            except BROKEN:
                return None
        else:
            data = self._sources.read(artifact, *release, path)
        if data is not None and artifact.sha256 and len(data) <= KEPT_FILE:
            self._memory.put(key, data)
        return data

    def sources(self, wanted: Iterable[Release], target: Target) -> tuple[SourceRelease, ...]:
        """Return what would be built of the names with their specifiers, as far as that is known unbuilt.

        For each the newest release counts that fits: where that has a wheel, nothing is built.
        """
        asked = [
            self._pool.submit(self._source, canonicalize_name(name), held, target) for name, held in wanted
        ]
        return tuple(source for each in asked if (source := each.result()) is not None)

    def close(self) -> None:
        """Stop looking, and let go of the network and the disk."""
        self._pool.shutdown(cancel_futures=True)
        self._network.close()
        self._memory.close()

    def _source(self, name: str, specifier: str, target: Target) -> SourceRelease | None:
        chosen = self._choose(name, specifier, target)
        if chosen is None:
            return None
        version, artifact = chosen
        self._found.setdefault((name, version), artifact)
        return None if artifact.is_wheel else self._sources.describe(artifact, name, version)

    def _choose(self, name: str, specifier: str, target: Target) -> Choice | None:
        pinned = (name, specifier.removeprefix("=="))
        found = self._found.get(pinned)
        if found is not None:
            return pinned[1], found
        key = f"newest {self._index} {name} {specifier} {target} {self._before}"
        known = self._memory.get(key, DAY)
        if known is not None:
            try:
                return _CHOICE.decode(known)
            except msgspec.MsgspecError:
                pass
        chosen = newest_release(
            find_releases(self._network, self._index, name, before=self._before), specifier, target
        )
        if chosen is None:
            return None
        choice = str(Version(chosen[0].version)), chosen[1]
        self._memory.put(key, msgspec.json.encode(choice))
        return choice

    def _ask(self, release: Release) -> Future[tuple[str, ...] | None]:
        with self._lock:
            if release not in self._listings:
                self._listings[release] = self._pool.submit(self._list, release)
            return self._listings[release]

    def _list(self, release: Release) -> tuple[str, ...] | None:
        artifact = self._artifact(release)
        if artifact is None:
            return None
        if not artifact.is_wheel:
            source = self._sources.describe(artifact, *release)
            return None if source is None or source.paths is None else tuple(source.paths)
        key = f"listing {artifact.filename} {artifact.sha256}"
        known = self._memory.get(key) if artifact.sha256 else None
        if known is not None:
            try:
                return _LISTING.decode(known)
            except msgspec.MsgspecError:
                pass
        opened = self._opened(artifact)
        if opened is None:
            return None
        paths = tuple(opened.paths)
        if artifact.sha256:
            self._memory.put(key, msgspec.json.encode(paths))
        return paths

    def _artifact(self, release: Release) -> Artifact | None:
        if release in self._found:
            return self._found[release]
        target = self._targets.get(release, Target())
        key = f"artifact {self._index} {release[0]} {release[1]} {target}"
        known = self._memory.get(key, DAY)
        artifact = None
        if known is not None:
            try:
                artifact = _ARTIFACT.decode(known)
            except msgspec.MsgspecError:
                known = None
        if known is None:
            listed = find_releases(self._network, self._index, *release)
            artifact = next((best_artifact(each, target) for each in listed), None)
            if artifact is not None:
                self._memory.put(key, msgspec.json.encode(artifact))
        self._found[release] = artifact
        return artifact

    def _opened(self, wheel: Artifact) -> RemoteWheel | None:
        with self._lock:
            if wheel.filename in self._open:
                return self._open[wheel.filename]
        try:
            opened = RemoteWheel(self._network, wheel.url)
        except BROKEN:
            opened = None
        with self._lock:
            return self._open.setdefault(wheel.filename, opened)
