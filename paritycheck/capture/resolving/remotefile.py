"""A file on a server of which only parts are read.

Ranges after RFC 9110, section 14.
"""

from __future__ import annotations

import http.client
import io
import re

from paritycheck.capture.resolving.fetching import LARGEST, Network, Unfetched

BLOCK = 1 << 16  # bytes that one request brings at least: the directory of most wheels
LARGEST_PARTS = 64 << 20  # bytes that are read of one file in parts
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_PLAIN = {"Accept-Encoding": "identity"}


class RemoteFile(io.RawIOBase):
    """A file on a server, read in parts as they are needed; each part once.

    A file of at most ``small`` bytes is read whole with the first part of its middle; so is one of a server
    that knows no ranges, if it is not too large. Raises one of ``fetching.TROUBLE``.
    """

    def __init__(self, network: Network, url: str, small: int = 0) -> None:
        super().__init__()
        self._network = network
        self._url = url
        self._small = small
        self._place = 0
        self._blocks: dict[int, bytes] = {}
        self._fetched = 0
        self._tail = (0, b"")
        self.size = self._begin()

    def _begin(self) -> int:
        """Fetch the end, where a zip file has its directory; return the size of the whole."""
        answer = self._network.fetch(self._url, {"Range": f"bytes=-{BLOCK}", **_PLAIN}, LARGEST)
        if answer.status != http.client.PARTIAL_CONTENT:
            self._tail = (0, answer.data)
            return len(answer.data)
        first, last, size = self._told(answer.headers.get("content-range", ""), answer.data)
        if last + 1 != size:
            raise Unfetched("another part of the file than was asked for")
        self._tail = (first, answer.data)
        self._fetched = len(answer.data)
        return size

    def _told(self, header: str, data: bytes) -> tuple[int, int, int]:
        found = _RANGE.fullmatch(header)
        if found is None or len(data) != int(found[2]) - int(found[1]) + 1:
            raise Unfetched("another part of the file than was asked for")
        return int(found[1]), int(found[2]), int(found[3])

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read in any order."""
        return True

    def tell(self) -> int:
        """Return the offset in bytes."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is fetched."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """Return the next ``size`` bytes, fewer at the end."""
        end = self.size if size is None or size < 0 else min(self.size, self._place + size)
        if end <= self._place:
            return b""
        first, tail = self._tail
        data = tail[self._place - first : end - first] if self._place >= first else self._middle(end)
        self._place += len(data)
        return data

    def _middle(self, end: int) -> bytes:
        wanted = range(self._place // BLOCK, -(-end // BLOCK))
        if any(block not in self._blocks for block in wanted):
            known = range(-(-self.size // BLOCK)) if self.size <= self._small else wanted
            missing = [block for block in known if block not in self._blocks]
            self._fetch(missing[0] * BLOCK, min(self.size, (missing[-1] + 1) * BLOCK))
        joined = b"".join(self._blocks[block] for block in wanted)
        return joined[self._place - wanted[0] * BLOCK : end - wanted[0] * BLOCK]

    def _fetch(self, first: int, end: int) -> None:
        if self._fetched + end - first > LARGEST_PARTS:
            raise Unfetched("too much of the file is asked for")
        answer = self._network.fetch(self._url, {"Range": f"bytes={first}-{end - 1}", **_PLAIN}, end - first)
        told = self._told(answer.headers.get("content-range", ""), answer.data)
        if told != (first, end - 1, self.size):
            raise Unfetched("another part of the file than was asked for")
        self._fetched += len(answer.data)
        for start in range(0, len(answer.data), BLOCK):
            self._blocks[(first + start) // BLOCK] = answer.data[start : start + BLOCK]
