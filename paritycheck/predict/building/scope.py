"""Which variables an instruction sees: ENV, ARG, build arguments and the builtin ones.

Source: BuildKit ``dockerfile2llb/convert.go`` (``dispatchArg``, ``buildMetaArgs``, ``defaultArgs``),
dockerd 20.10 ``builder/dockerfile/buildargs.go`` and ``evaluator.go``, openshift/imagebuilder
``builder.go`` and ``dispatchers.go``. The three disagree about who wins: in BuildKit the later of
ENV and ARG, elsewhere ENV; and about what ``ARG X`` without a default does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.parse.build.words import expand

Pairs = tuple[tuple[str, str | None], ...]
Expand = Callable[[str, Mapping[str, str]], str]

_PROXIES = frozenset(
    f(name) for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY") for f in (str.upper, str.lower)
)
# Arguments that steer BuildKit's scanner and never become variables.
_NO_VARIABLES = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})


class Globals(msgspec.Struct, frozen=True):
    """What holds for all stages.

    ``given`` are the build arguments, ``builtin`` TARGETARCH and its kind, ``heading`` the ARGs
    before the first FROM with their values (``None``: neither default nor given), ``visible``
    what FROM lines may use.
    """

    engine: Engine
    escape: str
    given: Mapping[str, str]
    builtin: Mapping[str, str]
    heading: Mapping[str, str | None]
    visible: Mapping[str, str]

    def expand(self, word: str, env: Mapping[str, str]) -> str:
        """Expand a word as this build's engine does."""
        return expand(word, env, self.engine, self.escape)

    def heading_values(self) -> dict[str, str]:
        """Return the heading ARGs that have a value."""
        return {name: value for name, value in self.heading.items() if value is not None}


class Scope(Protocol):
    """The variables of one stage; ``env`` is what the image's config gets, in order."""

    env: dict[str, str]

    def lookup(self) -> Mapping[str, str]:
        """Return what the next instruction's words may use."""

    def arguments(self) -> Mapping[str, str]:
        """Return the declared arguments alone."""

    def set_env(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Apply ENV, already expanded."""

    def declare(self, pairs: Pairs) -> None:
        """Apply ARG, not yet expanded."""

    def child(self, env: Mapping[str, str]) -> Scope:
        """Return the scope of a stage built FROM this one, whose image says ``env``."""


def read_globals(
    declarations: Iterable[Pairs],
    engine: Engine,
    escape: str,
    given: Mapping[str, str],
    platform: str,
    target: str,
) -> Globals:
    """Evaluate the ARG lines before the first FROM; ``target`` is the name of the stage to build."""
    builtin = _builtin(engine, platform, target)
    empty = Globals(engine, escape, given, builtin, {}, {})
    return _HEADINGS[engine.name](empty, tuple(declarations))


def first_scope(shared: Globals, env: Mapping[str, str]) -> Scope:
    """Return the scope of a stage that is not built from another stage; ``env`` is its base's."""
    return _SCOPES[shared.engine.name](shared, env)


def _builtin(engine: Engine, platform: str, target: str) -> dict[str, str]:
    if engine.name == "docker":
        return {}
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    values = {"PLATFORM": platform, "OS": system, "ARCH": architecture, "VARIANT": variant}
    if engine.name == "buildkit" and engine.version >= (0, 19):
        values["OSVERSION"] = ""
    builtin = {f"{side}{name}": value for side in ("TARGET", "BUILD") for name, value in values.items()}
    if engine.name == "buildkit" and engine.version >= (0, 17):
        builtin["TARGETSTAGE"] = target or "default"
    return builtin


def _buildkit_heading(shared: Globals, declarations: tuple[Pairs, ...]) -> Globals:
    values = {name: shared.given.get(name, value) for name, value in shared.builtin.items()}
    for name, default in (pair for pairs in declarations for pair in pairs):
        if name in shared.given:
            values[name] = shared.given[name]
        elif default is not None:
            values[name] = shared.expand(default, values)
    return msgspec.structs.replace(shared, heading=values, visible=values)


def _docker_heading(shared: Globals, declarations: tuple[Pairs, ...]) -> Globals:
    scope = _DockerScope(shared, {})
    for pairs in declarations:
        scope.declare(pairs)
        # The declarations so far are the defaults of the next ones, too.
        scope.shared = msgspec.structs.replace(shared, heading=dict(scope.allowed))
    heading = dict(scope.allowed)
    final = _DockerScope(msgspec.structs.replace(shared, heading=heading), {})
    final.allowed = dict(heading)
    return msgspec.structs.replace(shared, heading=heading, visible=final.arguments())


def _podman_heading(shared: Globals, declarations: tuple[Pairs, ...]) -> Globals:
    scope = _PodmanScope(shared, {})
    scope.allowed |= set(shared.builtin)
    for name, value in shared.builtin.items():
        scope.values.setdefault(name, value)
    for pairs in declarations:
        scope.declare(pairs)
    heading = dict(scope.arguments())
    visible = {**heading, **shared.builtin}
    visible.update({name: value for name, value in shared.given.items() if name in heading})
    return msgspec.structs.replace(shared, heading=heading, visible=visible)


class _BuildkitScope:
    """One list of variables, to which ENV and ARG add alike."""

    def __init__(self, shared: Globals, env: Mapping[str, str]) -> None:
        self.shared = shared
        self.env = dict(env)
        self.values = dict(env)

    def lookup(self) -> Mapping[str, str]:
        return self.values

    def arguments(self) -> Mapping[str, str]:
        return self.values

    def set_env(self, pairs: Iterable[tuple[str, str]]) -> None:
        for name, value in pairs:
            self.env[name] = self.values[name] = value

    def declare(self, pairs: Pairs) -> None:
        seen = self.values
        if self.shared.engine.version < (0, 14):
            # It used to expand the whole line, names and all, before it declared anything.
            seen = dict(seen)
            pairs = tuple((self.shared.expand(name, seen), default) for name, default in pairs)
        for name, default in pairs:
            value = self.shared.given.get(name)
            if value is None and default is not None:
                value = self.shared.expand(default, seen)
            elif value is None:
                value = self.shared.heading.get(name)
            if value is not None and name not in _NO_VARIABLES:
                self.values[name] = value

    def child(self, env: Mapping[str, str]) -> Scope:
        scope = _BuildkitScope(self.shared, env)
        scope.values = {**self.values, **env}
        return scope


class _DockerScope:
    """ENV, and below it the arguments that were declared in this very stage."""

    def __init__(self, shared: Globals, env: Mapping[str, str]) -> None:
        self.shared = shared
        self.env = dict(env)
        self.allowed: dict[str, str | None] = {}

    def lookup(self) -> Mapping[str, str]:
        return {**self.arguments(), **self.env}

    def arguments(self) -> Mapping[str, str]:
        values = ((name, self._value(name)) for name in (*self.allowed, *_PROXIES))
        return {name: value for name, value in values if value is not None}

    def _value(self, name: str) -> str | None:
        if name in self.shared.given:
            return self.shared.given[name]
        default = self.allowed.get(name)
        return self.shared.heading.get(name) if default is None else default

    def set_env(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.env.update(pairs)

    def declare(self, pairs: Pairs) -> None:
        seen = self.lookup()
        expand_ = self.shared.expand
        expanded = [
            (expand_(name, seen), None if default is None else expand_(default, seen))
            for name, default in pairs
        ]
        self.allowed.update(expanded)

    def child(self, env: Mapping[str, str]) -> Scope:
        return _DockerScope(self.shared, env)


class _PodmanScope:
    """ENV, and below it the arguments, inherited ones included."""

    def __init__(self, shared: Globals, env: Mapping[str, str]) -> None:
        self.shared = shared
        self.env = dict(env)
        self.values = dict(shared.given)
        self.allowed = set(_PROXIES)
        self.declared: list[str] = []

    def lookup(self) -> Mapping[str, str]:
        return {**self.arguments(), **self.env}

    def arguments(self) -> Mapping[str, str]:
        return {name: value for name, value in self.values.items() if name in self.allowed}

    def set_env(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.env.update(pairs)

    def declare(self, pairs: Pairs) -> None:
        seen = self.lookup()
        for word in [self.shared.expand(_written(pair), seen) for pair in pairs]:
            self._allow(word)
        # What a later stage inherits was evaluated before any stage ran: ENV plays no part in it.
        outside = dict(self.shared.visible)
        outside.update(_split(word) for word in self.declared)
        for pair in pairs:
            word = self.shared.expand(_written(pair), outside)
            self.declared.append(word)
            outside.update([_split(word)])

    def _allow(self, word: str) -> None:
        name, has_default, default = word.partition("=")
        self.allowed.add(name)
        # Until Buildah 1.37 a builtin argument could be given another default.
        if name in self.shared.builtin and (not has_default or self.shared.engine.version >= (1, 37)):
            if has_default and name in ("TARGETPLATFORM", "BUILDPLATFORM"):
                raise BuildRefused(f'attempted to redefine "{name}": invalid argument')
            self.values.setdefault(name, self.shared.builtin[name])
            return
        value = default if has_default else self.shared.heading.get(name)
        if name not in self.shared.given and value is not None:
            self.values[name] = value

    def child(self, env: Mapping[str, str]) -> Scope:
        scope = _PodmanScope(self.shared, env)
        if self.shared.engine.version >= (1, 41):
            for word in self.declared:
                scope._allow(word)
            scope.declared = list(self.declared)
        return scope


def _written(pair: tuple[str, str | None]) -> str:
    name, default = pair
    return name if default is None else f"{name}={default}"


def _split(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value


_HEADINGS: dict[str, Callable[[Globals, tuple[Pairs, ...]], Globals]] = {
    "buildkit": _buildkit_heading,
    "docker": _docker_heading,
    "podman": _podman_heading,
}
_SCOPES: dict[str, Callable[[Globals, Mapping[str, str]], Scope]] = {
    "buildkit": _BuildkitScope,
    "docker": _DockerScope,
    "podman": _PodmanScope,
}
