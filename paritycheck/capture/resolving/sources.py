"""Source archives on a server: what each says of itself, on disk from an earlier run, and its files."""

from __future__ import annotations

import threading

import msgspec

from paritycheck.capture.resolving.fetching import TROUBLE, Network
from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import Artifact
from paritycheck.capture.resolving.sourcearchive import Files, unpack
from paritycheck.capture.resolving.sourcerelease import SourceRelease, describe_source

LARGEST = 20 << 20  # bytes of an archive
_DESCRIBED: msgspec.json.Decoder[SourceRelease | None] = msgspec.json.Decoder(SourceRelease | None)


class Sources:
    """Reads source archives, each fetched once. Several threads may use it."""

    def __init__(self, network: Network, memory: Memory) -> None:
        self._network = network
        self._memory = memory
        self._lock = threading.Lock()
        self._open: dict[str, Files | None] = {}

    def describe(self, artifact: Artifact, name: str, version: str) -> SourceRelease | None:
        """Return what a release says of itself; ``None`` if it does not, or is not to be had."""
        key = f"source {artifact.filename} {artifact.sha256}"
        known = self._memory.get(key) if artifact.sha256 else None
        if known is not None:
            try:
                return _DESCRIBED.decode(known)
            except msgspec.MsgspecError:
                pass
        files = self._files(artifact)
        if files is None:
            return None
        described = describe_source(name, version, files)
        if artifact.sha256:
            self._memory.put(key, msgspec.json.encode(described))
        return described

    def read(self, artifact: Artifact, name: str, version: str, path: str) -> bytes | None:
        """Return a file that an install of the release would bring; ``None`` if it is not to be had."""
        release = self.describe(artifact, name, version)
        if release is None or release.paths is None or path not in release.paths:
            return None
        if path.endswith(".dist-info/METADATA"):
            return release.metadata
        member = release.paths[path]
        files = self._files(artifact) if member else None
        return files.get(member) if files else None

    def _files(self, artifact: Artifact) -> Files | None:
        with self._lock:
            if artifact.url in self._open:
                return self._open[artifact.url]
        try:
            files = unpack(artifact.filename, self._network.fetch(artifact.url, {}, LARGEST).data)
        except TROUBLE:
            files = None
        with self._lock:
            return self._open.setdefault(artifact.url, files)
