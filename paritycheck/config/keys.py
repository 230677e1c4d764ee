"""Every key of ``[tool.paritycheck]``: the flag of ``check`` that it stands for, and what it has to be."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "text",
    "path",
    "program",
    "reference",
    "engine",
    "format",
    "color",
    "threshold",
    "switch",
    "paths",
    "outputs",
    "codes",
    "arguments",
]


class Key(msgspec.Struct, frozen=True):
    """A key: its ``flag`` on the command line, the ``parameter`` that this is there, whether images have it.

    ``about`` says what the value has to be, for messages.
    """

    name: str
    flag: str
    parameter: str
    kind: Kind
    about: str
    of_images: bool = True


_PATH = "a path, relative to this file"
_KEYS = (
    Key("context", "CONTEXT", "context", "path", _PATH),
    Key("file", "--file", "file", "path", _PATH),
    Key("ignorefile", "--ignorefile", "ignorefile", "path", _PATH),
    Key("target", "--target", "target", "text", "the name of a stage"),
    Key("build-args", "--build-arg", "build_arg", "arguments", 'a table like {VERSION = "1.2"}'),
    Key("engine", "--engine", "engine", "engine", "podman, buildkit or docker, as text"),
    Key("image", "--image", "image", "reference", "the reference of an image, as text"),
    Key("compose", "--compose", "compose", "paths", "a list of paths, relative to this file"),
    Key("service", "--service", "service", "text", "the name of a service"),
    Key(
        "python",
        "--python",
        "python",
        "program",
        "an interpreter: a program, or a path relative to this file",
    ),
    Key("start", "--start", "start", "text", "a command, as text"),
    Key("select", "--select", "select", "codes", 'a list of rules like ["PC1", "undeclared"]'),
    Key("ignore", "--ignore", "ignore", "codes", 'a list of rules like ["PC502"]'),
    Key("fail-on", "--fail-on", "fail_on", "threshold", "error, warning or never"),
    Key("probe", "--probe", "probe", "switch", "true or false", of_images=False),
    Key("resolve", "--resolve", "resolve", "switch", "true or false", of_images=False),
    Key("no-cache", "--no-cache", "no_cache", "switch", "true or false", of_images=False),
    Key("committed", "--committed", "committed", "switch", "true or false", of_images=False),
    Key("format", "--format", "output_format", "format", "the name of a format", of_images=False),
    Key("output", "--output", "output", "outputs", 'a list like ["sarif=report.sarif"]', of_images=False),
    Key("explain", "--explain", "explained", "switch", "true or false", of_images=False),
    Key("color", "--color", "color", "color", "auto, always or never", of_images=False),
    Key("baseline", "--baseline", "baseline", "path", _PATH, of_images=False),
)
KEYS: dict[str, Key] = {key.name: key for key in _KEYS}
IMAGE_KEYS = tuple(key.name for key in _KEYS if key.of_images)
IGNORE_KEYS = ("rule", "match", "reason", "expires", "image")
CHOICES: dict[Kind, tuple[str, ...]] = {
    "color": ("auto", "always", "never"),
    "threshold": ("error", "warning", "never"),
}
