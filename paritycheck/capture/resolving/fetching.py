"""Answers from the network, in bounds: http and https alone, a limit on every answer, an end to every wait.

Connections stay open for the next question: wheels are asked about by the hundred.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

import msgspec

LARGEST = 20 << 20  # bytes of an answer, unless another limit is given
PATIENCE = 20.0  # seconds without a byte
REDIRECTS = 5
TROUBLE = (OSError, http.client.HTTPException, ValueError)
_MOVED = frozenset({301, 302, 303, 307, 308})
# One at a time: simple name servers drop questions that are put side by side, and that costs seconds.
_CONNECTING = threading.Lock()


class Unfetched(OSError):
    """What was asked for is not to be had; the text says why."""


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Network:
    """What asks servers. Several threads may use it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: defaultdict[tuple[str, str], list[http.client.HTTPConnection]] = defaultdict(list)

    def fetch(self, url: str, headers: Mapping[str, str], largest: int = LARGEST) -> Answer:
        """Return what GET answers, redirections followed; credentials in a URL go to its host only.

        Raises one of ``TROUBLE`` if there is no answer, a refusal, or one of more than ``largest`` bytes.
        """
        secret = ""
        for _ in range(REDIRECTS):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise Unfetched(f"{parts.scheme or 'no'} address")
            if parts.username is not None:
                pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
                secret = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
            sent = {"User-Agent": "paritycheck", **headers, **({"Authorization": secret} if secret else {})}
            answer = self._get(parts, sent, largest)
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                if answer.status >= http.client.BAD_REQUEST:
                    raise Unfetched(f"status {answer.status}")
                return answer
            url = urljoin(urlunsplit(parts), target)
            if urlsplit(url).hostname != parts.hostname:
                secret = ""
        raise Unfetched("too many redirections")

    def _get(self, parts: SplitResult, headers: Mapping[str, str], largest: int) -> Answer:
        host = parts.netloc.rpartition("@")[2]
        if _behind_proxy(parts.scheme, parts.hostname or ""):
            return _through_proxy(
                urlunsplit((parts.scheme, host, parts.path, parts.query, "")), headers, largest
            )
        place = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        kept = self._take(parts.scheme, host)
        try:
            connection = kept or _connect(parts.scheme, host)
            answer = _converse(connection, place, headers, largest)
        except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError):
            if kept is None:
                raise
            connection = _connect(parts.scheme, host)  # the server had closed it meanwhile
            answer = _converse(connection, place, headers, largest)
        with self._lock:
            self._idle[parts.scheme, host].append(connection)
        return answer

    def _take(self, scheme: str, host: str) -> http.client.HTTPConnection | None:
        with self._lock:
            idle = self._idle[scheme, host]
            return idle.pop() if idle else None

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            for connection in (each for idle in self._idle.values() for each in idle):
                connection.close()
            self._idle.clear()


def _connect(scheme: str, host: str) -> http.client.HTTPConnection:
    connection = (
        http.client.HTTPSConnection(host, timeout=PATIENCE, context=_certificates())
        if scheme == "https"
        else http.client.HTTPConnection(host, timeout=PATIENCE)
    )
    with _CONNECTING:
        connection.connect()
    return connection


def _converse(
    connection: http.client.HTTPConnection, place: str, headers: Mapping[str, str], largest: int
) -> Answer:
    """Ask and read to the end; a connection that failed, or that nobody reads to its end, is closed."""
    try:
        connection.request("GET", place, headers=dict(headers))
        answer = connection.getresponse()
        data = _bounded(answer.read(largest + 1), largest)
    except BaseException:
        connection.close()
        raise
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)


def _bounded(data: bytes, largest: int) -> bytes:
    if len(data) > largest:
        raise Unfetched(f"larger than {largest} bytes")
    return data


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _behind_proxy(scheme: str, host: str) -> bool:
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _through_proxy(url: str, headers: Mapping[str, str], largest: int) -> Answer:
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 (http and https: see fetch)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        data = _bounded(answer.read(largest + 1), largest)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, data)
