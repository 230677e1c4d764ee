"""What is in force: flags, then the image's own table, then the file, then defaults; each with its source."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paritycheck.capture.configuration import Configuration
from paritycheck.capture.image.sources import is_image_reference
from paritycheck.cli.options import Color, FailOn, ReportFormat
from paritycheck.config.document import ImageTable, Written
from paritycheck.config.keys import KEYS, Key
from paritycheck.output.settings import render_settings, settings_json

DEFAULT = "default"
_OF_PATHS = ("docker-archive", "oci-archive", "oci")
_CHOICES: dict[str, type[Color] | type[FailOn] | type[ReportFormat]] = {
    "color": Color,
    "threshold": FailOn,
    "format": ReportFormat,
}


@dataclass(frozen=True)
class Settings:
    """What is in force for one image (``name``, empty for the one that flags describe).

    The fields are the parameters of ``check``; what another command has no flag for keeps its default, or
    is what the file says. ``sources`` says of each key (see ``config.keys``) where its value came from.
    """

    context: Path = Path()
    file: Path | None = None
    ignorefile: Path | None = None
    target: str = ""
    build_arg: list[str] = field(default_factory=list)
    engine: str = "podman"
    image: str | None = None
    compose: list[Path] = field(default_factory=list)
    service: str = ""
    python: str | None = None
    start: str = ""
    select: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    fail_on: FailOn = FailOn.ERROR
    probe: bool = False
    resolve: bool = False
    no_cache: bool = False
    committed: bool = False
    output_format: ReportFormat = ReportFormat.TEXT
    output: list[str] = field(default_factory=list)
    explained: bool = False
    color: Color = Color.AUTO
    baseline: Path | None = None
    name: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flags:
    """The parameters that a command has, and of those that were given, how (``--target``, or a variable)."""

    values: Mapping[str, Any]
    given: Mapping[str, str]


def settle(flags: Flags, configured: Configuration, image: ImageTable | None = None) -> Settings:
    """Return what is in force for an image; arguments of the build are taken together, name by name."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for key in KEYS.values():
        written = [
            table[key.name]
            for table in (configured.settings.values, image.values if image else {})
            if key.name in table
        ]
        told = [typed(key, each, configured.directory) for each in written]
        places = [str(each.location) for each in written]
        if key.parameter in flags.given or (not told and key.parameter in flags.values):
            told.append(flags.values[key.parameter])
            places.append(flags.given.get(key.parameter, DEFAULT))
        elsewhere = (
            key.name == "context" and image is not None and not (written or key.parameter in flags.given)
        )
        if elsewhere:  # a repository's images are the same wherever in it one stands
            told[-1] = shown_path(configured.directory)
        if not told:
            continue
        gathered = key.kind == "arguments"
        values[key.parameter] = [word for words in told for word in words] if gathered else told[-1]
        sources[key.name] = ", ".join(places) if gathered else places[-1]
    return Settings(**values, name=image.name if image else "", sources=sources)


def typed(key: Key, written: Written, directory: Path) -> Any:
    """Return a value of a file as its flag would be; paths become relative to the working directory."""
    value = written.value
    if isinstance(value, tuple):
        if key.kind == "paths":
            return [shown_path(directory / text) for text in value]
        return [_output(text, directory) for text in value] if key.kind == "outputs" else list(value)
    if isinstance(value, bool):
        return value
    if key.kind == "path":
        return shown_path(directory / value)
    if key.kind == "program":
        return str(shown_path(directory / value)) if "/" in value else value
    if key.kind == "reference":
        return _reference(value, directory)
    choices = _CHOICES.get(key.kind)
    return choices(value) if choices else value


def shown_path(path: Path) -> Path:
    """Return a path as seen from the working directory."""
    return Path(os.path.relpath(path))


def _reference(text: str, directory: Path) -> str:
    """Return the reference of an image with the path in it, if there is one, as seen from here."""
    transport, _, rest = text.partition(":")
    if is_image_reference(text):
        return f"{transport}:{shown_path(directory / rest)}" if transport in _OF_PATHS else text
    return str(shown_path(directory / text)) if (directory / text).is_file() else text


def _output(text: str, directory: Path) -> str:
    name, equals, path = text.rpartition("=")
    return text if path == "-" else f"{name}{equals}{shown_path(directory / path)}"


def show_settings(images: Sequence[Settings], configured: Configuration) -> str:
    """Return what is in force for these images, as text, or as JSON if that is the format in force."""
    shown = {
        each.name: {key: (_plain(each, KEYS[key]), each.sources[key]) for key in KEYS} for each in images
    }
    ignores = {
        str(each.location): f"{each.rule} for {each.match}: {each.reason}"
        for each in configured.settings.ignores
    }
    render = settings_json if images[0].output_format is ReportFormat.JSON else render_settings
    return render(configured.name, shown, ignores)


def _plain(settings: Settings, key: Key) -> str | bool | list[str] | None:
    value = getattr(settings, key.parameter)
    if isinstance(value, list):
        return [str(item) for item in value]
    return value if isinstance(value, bool) or value is None else str(value)
