"""A container that an engine has, and the roads to its log and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from paritycheck.capture.container.logs import LogWindow
from paritycheck.model.container import ContainerFacts


@dataclass(frozen=True)
class OpenedContainer:
    """A container, and how its log and its files are read: ``source`` is a reference for ``open_source``."""

    facts: ContainerFacts
    source: str
    log: Callable[[LogWindow], Iterator[bytes]]
    url: str
