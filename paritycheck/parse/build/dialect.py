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
    text after a JSON array is ignored (else the whole is no JSON). Of substitution: ``modifiers``
    are the characters that may follow a name without a colon, ``required`` whether ``:?`` is
    known, ``forgets`` whether splitting into words forgets what stood before a ``${``.
    ``flag_escape`` tells whether flags heed the escape directive. ``line_limit`` is in bytes.
    """

    family: Family
    directives: frozenset[str]
    heredocs: bool
    heredoc_blank: bool
    json_rest: bool
    modifiers: str
    required: bool
    forgets: bool
    flag_escape: bool
    line_limit: int


# The BuildKit release whose parser a release of dockerd carries.
_VENDORED = (
    ((20, 10), (0, 8)),
    ((23, 0), (0, 10)),
    ((24, 0), (0, 11)),
    ((25, 0), (0, 12)),
    ((26, 0), (0, 13)),
    ((27, 0), (0, 14)),
    ((27, 2), (0, 15)),
    ((28, 0), (0, 20)),
    ((28, 5), (0, 25)),
    ((29, 1), (0, 26)),
    ((29, 3), (0, 28)),
    ((29, 5), (0, 30)),
    ((29, 7), (0, 32)),
)
# The newest release of each whose rules are known here.
NEWEST: dict[str, tuple[int, int]] = {"podman": (1, 45), "buildkit": (0, 32), "docker": (29, 7)}


def dialect_of(engine: Engine) -> Dialect:
    """Return the parser rules of this engine at its version."""
    version = parser_version(engine)
    return _imagebuilder(version) if engine.name == "podman" else _buildkit(version)


def parser_version(engine: Engine) -> tuple[int, int]:
    """Return the version of the code that parses: of Buildah, or of the BuildKit inside dockerd."""
    if engine.name != "docker":
        return engine.version
    return max((kit for since, kit in _VENDORED if engine.version >= since), default=(0, 8))


def _imagebuilder(buildah: tuple[int, int]) -> Dialect:
    return Dialect(
        family="imagebuilder",
        directives=frozenset({"escape"}),
        heredocs=buildah >= (1, 33),
        heredoc_blank=buildah >= (1, 41),
        json_rest=True,
        modifiers="#%/" if buildah >= (1, 37) else "",
        required=buildah >= (1, 30),
        forgets=False,
        flag_escape=False,
        line_limit=2048 * 1024 if buildah >= (1, 29) else 64 * 1024,
    )


def _buildkit(version: tuple[int, int]) -> Dialect:
    heredocs = version >= (0, 10)
    modifiers = "?" + ("+-" if version >= (0, 12) else "") + ("#%/" if version >= (0, 13) else "")
    return Dialect(
        family="buildkit" if heredocs else "classic",
        directives=frozenset({"syntax", "escape", "check"} if version >= (0, 15) else {"syntax", "escape"}),
        heredocs=heredocs,
        heredoc_blank=version >= (0, 22),
        json_rest=version < (0, 15),
        modifiers=modifiers,
        required=True,
        forgets=version >= (0, 15),
        flag_escape=version >= (0, 21),
        line_limit=64 * 1024,
    )
