"""What EXPOSE writes into an image, engine by engine.

Source: BuildKit ``dockerfile2llb/convert_expose.go``, docker/go-connections ``nat.ParsePortSpecs``,
``expose`` in openshift/imagebuilder's ``dispatchers.go``, which believes everything.
"""

from __future__ import annotations

import re

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine

_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})
_LARGEST = 65535


def read_ports(words: tuple[str, ...], engine: Engine) -> tuple[str, ...]:
    """Return ``number/protocol`` for each port; raise :class:`BuildRefused` for what is none."""
    if engine.name == "podman":
        return tuple(_believed(word) for word in words)
    return tuple(port for word in words for port in _checked(word))


def _believed(word: str) -> str:
    port, _, protocol = word.partition("/")
    return f"{port}/{protocol or 'tcp'}"


def _checked(word: str) -> list[str]:
    container = word.rpartition(":")[2]
    ports, _, protocol = container.partition("/")
    if not ports:
        raise BuildRefused(f'invalid port: "{word}": no port specified')
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise BuildRefused(f'invalid port: "{word}": invalid proto: {protocol}')
    first, dash, last = ports.partition("-")
    numbers = [_number(first, ports), _number(last, ports) if dash else _number(first, ports)]
    if numbers[1] < numbers[0]:
        raise BuildRefused(f"invalid containerPort: {ports}")
    return [f"{number}/{protocol}" for number in range(numbers[0], numbers[1] + 1)]


def _number(text: str, ports: str) -> int:
    if not re.fullmatch(r"\+?[0-9]{1,9}", text) or int(text) > _LARGEST:
        raise BuildRefused(f"invalid containerPort: {ports}")
    return int(text)
