"""Which builder's rules a prediction follows."""

from typing import Literal

import msgspec

EngineName = Literal["podman", "buildkit", "docker"]


class Engine(msgspec.Struct, frozen=True):
    """A builder and the version of its code.

    ``podman`` means Buildah (version of buildah), ``buildkit`` the builtin dockerfile.v0 frontend
    (version of BuildKit), ``docker`` the classic builder of dockerd (version of dockerd).
    The rules that depend on the version are few; each is named where it is applied. ``client`` is
    the version of the docker command, which filters the context for ``buildkit`` and ``docker``.
    """

    name: EngineName
    version: tuple[int, int]
    client: tuple[int, int] = (28, 2)


# The versions that the rules were measured on.
PODMAN = Engine("podman", (1, 45))
BUILDKIT = Engine("buildkit", (0, 32))
DOCKER = Engine("docker", (20, 10))
ENGINES: dict[str, Engine] = {engine.name: engine for engine in (PODMAN, BUILDKIT, DOCKER)}
