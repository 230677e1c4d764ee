"""Bytes from the network, in bounds: a whole answer, or a file of which only parts are read.

Ranges after RFC 9110, section 14. Servers are strangers: every answer has a limit, every wait an end,
and only http and https are spoken.
"""

from __future__ import annotations

import base64
import http.client
import io
import re
import ssl
import urllib.request
from functools import cache
from urllib.parse import unquote, urlsplit, urlunsplit

BLOCK = 1 << 16  # bytes that one request brings at least: the directory of most wheels
LARGEST = 20 << 20  # bytes of a file that is read whole, where a server knows no ranges
LARGEST_PARTS = 64 << 20  # bytes that are read of one file in parts
PATIENCE = 20.0  # seconds without a byte
TROUBLE = (OSError, http.client.HTTPException, ValueError)  # URLError is an OSError
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Unfetched(OSError):
    """What was asked for is not to be had; the text says why."""


def open_url(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """Ask for a URL; credentials in it are sent as such, to that host only. Raises one of ``TROUBLE``."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise Unfetched(f"{parts.scheme or 'no'} address")
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    request = urllib.request.Request(bare, headers={"User-Agent": "paritycheck", **headers})  # noqa: S310
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_unredirected_header(
            "Authorization", "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        )
    answer = _opener().open(request, timeout=PATIENCE)
    if not isinstance(answer, http.client.HTTPResponse):
        raise Unfetched("redirected to something else than a page")
    return answer


@cache
def _opener() -> urllib.request.OpenerDirector:
    """Return what opens addresses, with the certificates read once: that takes longer than an answer."""
    handler = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    return urllib.request.build_opener(handler)


def fetch(url: str, headers: dict[str, str], largest: int = LARGEST) -> bytes:
    """Return a whole answer of at most ``largest`` bytes. Raises one of ``TROUBLE``."""
    with open_url(url, headers) as answer:
        return _whole(answer, largest)


def _whole(answer: http.client.HTTPResponse, largest: int) -> bytes:
    data = answer.read(largest + 1)
    if len(data) > largest:
        raise Unfetched(f"larger than {largest} bytes")
    return data


class RemoteFile(io.RawIOBase):
    """A file on a server, read in parts as they are needed; each part once.

    Raises one of ``TROUBLE`` where it cannot be had. ``small``: a file of at most so many bytes is read
    whole with the first request for a part of its middle.
    """

    def __init__(self, url: str, small: int = 0) -> None:
        super().__init__()
        self._url = url
        self._small = small
        self._place = 0
        self._blocks: dict[int, bytes] = {}
        self._fetched = 0
        self.size = self._begin()

    def _begin(self) -> int:
        """Fetch the end, where a zip file has its directory; return the size of the whole."""
        with open_url(self._url, {"Range": f"bytes=-{BLOCK}", "Accept-Encoding": "identity"}) as answer:
            found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if answer.status != http.client.PARTIAL_CONTENT or found is None:
                data = _whole(answer, LARGEST)
                self._keep(0, data)
                return len(data)
            first, last, size = map(int, found.groups())
            data = answer.read(BLOCK + 1)
            if len(data) != last - first + 1 or last + 1 != size:
                raise Unfetched("another part of the file than was asked for")
        # The first block of the end is whole only if it begins on a border.
        border = -(-first // BLOCK) * BLOCK
        self._keep(border, data[border - first :])
        self._tail = (first, data)
        return size

    def _keep(self, first: int, data: bytes) -> None:
        self._fetched += len(data)
        for start in range(0, len(data), BLOCK):
            self._blocks[(first + start) // BLOCK] = data[start : start + BLOCK]

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
        first, tail = getattr(self, "_tail", (self.size, b""))
        if self._place >= first:
            data = tail[self._place - first : end - first]
        else:
            data = self._of_blocks(self._place, end)
        self._place += len(data)
        return data

    def _of_blocks(self, start: int, end: int) -> bytes:
        wanted = range(start // BLOCK, -(-end // BLOCK))
        if any(block not in self._blocks for block in wanted):
            whole = range(-(-self.size // BLOCK))
            missing = [
                each for each in (whole if self.size <= self._small else wanted) if each not in self._blocks
            ]
            self._fetch(missing[0] * BLOCK, min(self.size, (missing[-1] + 1) * BLOCK))
        joined = b"".join(self._blocks[block] for block in wanted)
        return joined[start - wanted[0] * BLOCK : end - wanted[0] * BLOCK]

    def _fetch(self, first: int, end: int) -> None:
        if self._fetched + end - first > LARGEST_PARTS:
            raise Unfetched("too much of the file is asked for")
        headers = {"Range": f"bytes={first}-{end - 1}", "Accept-Encoding": "identity"}
        with open_url(self._url, headers) as answer:
            data = answer.read(end - first + 1)
            if answer.status != http.client.PARTIAL_CONTENT or len(data) != end - first:
                raise Unfetched("another part of the file than was asked for")
        self._keep(first, data)
