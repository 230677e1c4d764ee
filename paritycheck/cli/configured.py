"""What is configured for the place at hand, and which of the configured images a command means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from paritycheck.capture.configuration import Configuration, find_configuration, open_configuration
from paritycheck.cli.settings import Flags, Settings, settle
from paritycheck.config.document import ImageTable
from paritycheck.config.images import choose_images, parse_shard
from paritycheck.config.keys import KEYS
from paritycheck.errors import UsageError
from paritycheck.output.formats import FORMATS

# What describes an image: with any of these, it is not the configured ones that are meant.
_DESCRIBING = ("file", "ignorefile", "target", "build_arg", "image", "compose", "service", "start")


def read_flags(ctx: typer.Context, parameters: Mapping[str, Any]) -> Flags:
    """Return those parameters of a command that are keys, and how what is no default was given."""
    known = [key for key in KEYS.values() if key.parameter in parameters]
    given = {}
    for key in known:
        source = ctx.get_parameter_source(key.parameter)
        if source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT"):
            given[key.parameter] = key.flag if source.name == "COMMANDLINE" else "the environment"
    return Flags({key.parameter: parameters[key.parameter] for key in known}, given)


def read_configuration(context: Path, file: Path | None, *, isolated: bool = False) -> Configuration:
    """Return what is configured for a directory, in a named file, or (``isolated``) nothing."""
    if isolated:
        return Configuration()
    return open_configuration(file, FORMATS) if file else find_configuration(context, FORMATS)


def settle_one(ctx: typer.Context, parameters: Mapping[str, Any]) -> tuple[Settings, Configuration]:
    """Return what is in force for a command about one image, with the flags that all such commands have.

    Raises UsageError if several images are configured, and no flag tells which of them is meant.
    """
    flags = read_flags(ctx, parameters)
    configured = read_configuration(
        parameters["context"], parameters["config"], isolated=parameters["isolated"]
    )
    images = meant_images(flags, configured, parameters["names"])
    if len(images) > 1:
        names = ", ".join(image.name for image in images)
        raise UsageError(f"{len(images)} images are configured: {names}", "choose one of them with --name")
    return settle(flags, configured, images[0] if images else None), configured


def meant_images(
    flags: Flags, configured: Configuration, names: Sequence[str], shard: str = ""
) -> tuple[ImageTable, ...]:
    """Return the configured images that are meant; none if the flags describe another one."""
    asked = bool(names or shard)
    context = Path(flags.values["context"])
    elsewhere = "context" in flags.given and context.resolve() != configured.directory.resolve()
    described = elsewhere or any(parameter in flags.given for parameter in _DESCRIBING)
    if not asked and (described or not configured.settings.images):
        return ()
    images = choose_images(configured.settings.images, names, parse_shard(shard) if shard else None)
    if len(images) > 1 and "image" in flags.given:
        raise UsageError(
            f"one --image cannot be that of {len(images)} configured images", "choose one of them with --name"
        )
    return images
