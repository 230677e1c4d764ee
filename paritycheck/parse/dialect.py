"""Which rules an engine's own Containerfile parser follows.

Three code bases: BuildKit's ``frontend/dockerfile`` (vendored by dockerd from version 23 on), the
older copy of it in dockerd 20.10, and openshift/imagebuilder, which Buildah and Podman use.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from paritycheck.model.engine import Engine

Family = Literal["buildkit", "classic", "imagebuilder"]


class Dialect(msgspec.Struct, frozen=True):
    """What differs between the parsers.

    ``family`` is the code base; ``directives`` the directive names known; ``heredocs`` whether
    bodies are read at all and ``heredoc_blank`` whether ``<< NAME`` is one; ``json_rest`` whether
    text after a JSON array is ignored (else the whole is no JSON); ``modifiers`` whether
    substitution knows more than ``:-``, ``:+`` and ``?``; ``line_limit`` in bytes.
    """

    family: Family
    directives: frozenset[str]
    heredocs: bool
    heredoc_blank: bool
    json_rest: bool
    modifiers: bool
    line_limit: int


# The BuildKit release whose parser a release of dockerd carries.
_VENDORED = (((23, 0), (0, 10)), ((24, 0), (0, 11)), ((25, 0), (0, 12)), ((26, 0), (0, 12)),
             ((27, 0), (0, 14)), ((27, 2), (0, 15)), ((28, 0), (0, 20)), ((29, 0), (0, 25)))  # fmt: skip


def dialect_of(engine: Engine) -> Dialect:
    """Return the parser rules of this engine at its version."""
    if engine.name == "podman":
        return Dialect(
            family="imagebuilder",
            directives=frozenset({"escape"}),
            heredocs=engine.version >= (1, 33),
            heredoc_blank=engine.version >= (1, 41),
            json_rest=True,
            modifiers=engine.version >= (1, 24),
            line_limit=2048 * 1024,
        )
    version = engine.version if engine.name == "buildkit" else _vendored(engine.version)
    return Dialect(
        family="buildkit" if version else "classic",
        directives=frozenset({"syntax", "escape", "check"} if version >= (0, 15) else {"syntax", "escape"}),
        heredocs=bool(version),
        heredoc_blank=version >= (0, 22),
        json_rest=version < (0, 15),
        modifiers=version >= (0, 13),
        line_limit=64 * 1024,
    )


def _vendored(dockerd: tuple[int, int]) -> tuple[int, ...]:
    """Return the BuildKit version inside this dockerd; empty before it carried one with heredocs."""
    return max((kit for since, kit in _VENDORED if dockerd >= since), default=())
