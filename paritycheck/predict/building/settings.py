"""What an image says about running it, and how instructions change that, engine by engine.

Source: BuildKit ``dockerfile2llb/convert.go`` (``dispatchCmd`` and its neighbours), dockerd 20.10
``builder/dockerfile/dispatchers.go``, openshift/imagebuilder ``dispatchers.go``. ENV is elsewhere:
:mod:`paritycheck.predict.building.scope`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.secrecy import may_keep_value
from paritycheck.model.snapshot import Healthcheck, ImageConfig, Layer
from paritycheck.parse.build.instruction import Instruction
from paritycheck.predict.building.ports import read_ports
from paritycheck.predict.building.signals import is_signal

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELL = ("/bin/sh", "-c")


class Settings(msgspec.Struct, frozen=True):
    """The configuration of a stage's image; ``env`` with every value.

    ``workdir`` is empty while nothing set it; ``workdir_known`` is false when an image that is not
    at hand may have set it, ``env_known`` when one may have set variables. ``cmd_set`` tells whether
    this stage had a CMD; ``onbuild`` are the triggers it leaves to its children, as written.
    ``withheld`` are the variables of ``env`` whose values were not kept when the base image was
    read, or that depend on such.
    """

    env: dict[str, str] = {}
    workdir: str = ""
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    cmd_set: bool = False
    shell: tuple[str, ...] = ()
    healthcheck: Healthcheck | None = None
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    stop_signal: str = ""
    onbuild: tuple[str, ...] = ()
    workdir_known: bool = True
    env_known: bool = True
    withheld: frozenset[str] = frozenset()


def initial_settings(engine: Engine, base: Settings | None) -> Settings:
    """Return what a stage begins with; ``base`` is what its base image says (``None``: scratch)."""
    start = base or Settings(workdir="/" if engine.name == "buildkit" else "")
    env = start.env if "PATH" in start.env else {**start.env, "PATH": DEFAULT_PATH}
    return msgspec.structs.replace(start, env=env, cmd_set=False, onbuild=())


def commit(settings: Settings, engine: Engine, image_format: str) -> Settings:
    """Return what of the settings is in the image; Buildah's OCI format has no place for some."""
    if engine.name != "podman":
        return settings
    settings = msgspec.structs.replace(settings, workdir=settings.workdir or "/")
    if image_format == "oci":
        return msgspec.structs.replace(settings, healthcheck=None, shell=(), onbuild=())
    return settings


def settings_of(config: ImageConfig, onbuild: tuple[str, ...]) -> Settings:
    """Return a base image's configuration as settings; a value that was not kept counts as empty."""
    return Settings(
        env={name: value or "" for name, value in config.env.items()},
        workdir=config.workdir,
        user=config.user,
        entrypoint=config.entrypoint,
        cmd=config.cmd,
        shell=config.shell,
        healthcheck=config.healthcheck,
        volumes=config.volumes,
        onbuild=onbuild,
        withheld=frozenset(name for name, value in config.env.items() if value is None),
    )


def image_config(settings: Settings, platform: str, layers: tuple[Layer, ...]) -> ImageConfig:
    """Return the settings as they may be written down: no value that could be a secret."""
    system, _, architecture = platform.partition("/")
    kept = {name for name in settings.env if may_keep_value(name)} - settings.withheld
    return ImageConfig(
        env={name: value if name in kept else None for name, value in settings.env.items()},
        workdir=settings.workdir,
        user=settings.user,
        entrypoint=settings.entrypoint,
        cmd=settings.cmd,
        shell=settings.shell,
        healthcheck=settings.healthcheck,
        volumes=settings.volumes,
        architecture=architecture.partition("/")[0],
        os=system,
        layers=layers,
    )


def apply_setting(
    settings: Settings, instruction: Instruction, words: tuple[str, ...], engine: Engine
) -> Settings:
    """Return the settings after an instruction of :data:`SETTERS`; ``words`` are its words, expanded."""
    return SETTERS[instruction.keyword](settings, instruction, words, engine)


def set_labels(settings: Settings, pairs: tuple[tuple[str, str], ...]) -> Settings:
    """Return the settings with labels added."""
    return msgspec.structs.replace(settings, labels={**settings.labels, **dict(pairs)})


def _cmd(settings: Settings, instruction: Instruction, words: tuple[str, ...], engine: Engine) -> Settings:
    command = _command(settings, instruction, words, engine)
    is_set = settings.cmd_set or bool(words) or engine.name == "buildkit"
    return msgspec.structs.replace(settings, cmd=command, cmd_set=is_set)


def _entrypoint(
    settings: Settings, instruction: Instruction, words: tuple[str, ...], engine: Engine
) -> Settings:
    command = _command(settings, instruction, words, engine)
    if not words and engine.name != "buildkit":
        command = ()
    # A CMD that was inherited was meant for the inherited ENTRYPOINT.
    cmd = settings.cmd if settings.cmd_set else ()
    return msgspec.structs.replace(settings, entrypoint=command, cmd=cmd)


def _command(
    settings: Settings, instruction: Instruction, words: tuple[str, ...], engine: Engine
) -> tuple[str, ...]:
    if instruction.form == "exec":
        return words
    # Buildah puts /bin/sh there whatever SHELL says; BuildKit makes of no command an empty one.
    shell = _SHELL if engine.name == "podman" else settings.shell or _SHELL
    return (*shell, *(words or ("",) if engine.name == "buildkit" else words))


def _shell(settings: Settings, _: Instruction, words: tuple[str, ...], __: Engine) -> Settings:
    return msgspec.structs.replace(settings, shell=words)


def _healthcheck(settings: Settings, instruction: Instruction, words: tuple[str, ...], _: Engine) -> Settings:
    kind = words[0].upper()
    if kind == "CMD" and instruction.form != "exec":
        kind = "CMD-SHELL"
    return msgspec.structs.replace(settings, healthcheck=Healthcheck((kind, *words[1:])))


def _user(settings: Settings, _: Instruction, words: tuple[str, ...], __: Engine) -> Settings:
    return msgspec.structs.replace(settings, user=words[0])


def _workdir(settings: Settings, _: Instruction, words: tuple[str, ...], engine: Engine) -> Settings:
    wanted = words[0]
    if not wanted and engine.name == "docker":
        raise BuildRefused("cannot normalize nothing")
    if wanted.startswith("/"):
        # Nobody cleans an absolute path; Buildah drops one slash at the end, from 1.37 on.
        trims = engine.name == "podman" and engine.version >= (1, 37)
        path = wanted.removesuffix("/") or "/" if trims else wanted
    else:
        path = posixpath.normpath(posixpath.join("/", settings.workdir, wanted)).replace("//", "/")
    known = settings.workdir_known or wanted.startswith("/")
    return msgspec.structs.replace(settings, workdir=path, workdir_known=known)


def _volume(settings: Settings, _: Instruction, words: tuple[str, ...], __: Engine) -> Settings:
    paths = tuple(word.strip() for word in words)
    if not all(paths):
        raise BuildRefused("VOLUME specified can not be an empty string")
    return msgspec.structs.replace(settings, volumes=tuple(dict.fromkeys((*settings.volumes, *paths))))


def _expose(settings: Settings, _: Instruction, words: tuple[str, ...], engine: Engine) -> Settings:
    if not words and engine.name == "podman":
        raise BuildRefused("EXPOSE requires at least one argument")
    ports = read_ports(words, engine)
    return msgspec.structs.replace(settings, ports=tuple(dict.fromkeys((*settings.ports, *ports))))


def _stop_signal(settings: Settings, _: Instruction, words: tuple[str, ...], __: Engine) -> Settings:
    if not is_signal(words[0]):
        raise BuildRefused(f"Invalid signal: {words[0]}")
    return msgspec.structs.replace(settings, stop_signal=words[0])


def _nothing(settings: Settings, _: Instruction, __: tuple[str, ...], ___: Engine) -> Settings:
    return settings


Setter = Callable[[Settings, Instruction, tuple[str, ...], Engine], Settings]
SETTERS: dict[str, Setter] = {
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "MAINTAINER": _nothing,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
