"""What an image's config document says, without the values that may be secrets.

Facts: OCI image specification, "Image Configuration"; Docker's schema 2 config, which adds
Healthcheck, Shell and OnBuild.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from paritycheck.capture.image.selection import keeps_value
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Healthcheck, ImageConfig, Layer

BUILD_ARGS = re.compile(r"\|\d+ ")
WITHHELD = re.compile(r"(?P<shell>.*?#\(nop\) +|)(?P<word>ENV|ARG)\b", re.IGNORECASE | re.DOTALL)


class _Healthcheck(msgspec.Struct):
    test: list[str] | None = msgspec.field(name="Test", default=None)


class RunConfig(msgspec.Struct, rename="pascal"):
    """The ``config`` object of an image's config, which a container's inspect data repeats."""

    env: list[str] | None = None
    working_dir: str | None = None
    user: str | None = None
    entrypoint: list[str] | str | None = None
    cmd: list[str] | None = None
    shell: list[str] | None = None
    healthcheck: _Healthcheck | None = None
    volumes: dict[str, Any] | None = None


class _RootFS(msgspec.Struct):
    diff_ids: list[str] | None = None


class _History(msgspec.Struct):
    created_by: str = ""
    empty_layer: bool = False


class ConfigDocument(msgspec.Struct):
    """The parts of an image's config document that a snapshot keeps."""

    created: str | None = None
    architecture: str = ""
    os: str = ""
    config: RunConfig | None = None
    rootfs: _RootFS = msgspec.field(default_factory=_RootFS)
    history: list[_History] | None = None

    @property
    def diff_ids(self) -> list[str]:
        """The digests of the uncompressed layers, oldest first."""
        return self.rootfs.diff_ids or []


def decode_config(data: bytes, what: str) -> ConfigDocument:
    """Decode an image's config document. Raises SourceError that says where it is wrong."""
    try:
        return msgspec.json.decode(data, type=ConfigDocument)
    except msgspec.MsgspecError as error:
        raise SourceError(f"the config of {what} is broken: {error}", "save the image again") from error


def image_config(document: ConfigDocument) -> ImageConfig:
    """Return what the snapshot keeps of an image's config document."""
    run = document.config or RunConfig()
    return run_config(run, document, _layers(document, run.shell or ["/bin/sh", "-c"]))


def run_config(run: RunConfig, document: ConfigDocument, layers: tuple[Layer, ...]) -> ImageConfig:
    """Return the config of something that runs as ``run`` says, on the platform of ``document``."""
    test = run.healthcheck.test if run.healthcheck else None
    return ImageConfig(
        env=dict(_variable(text) for text in run.env or ()),
        workdir=run.working_dir or "",
        user=run.user or "",
        entrypoint=_words(run.entrypoint),
        cmd=tuple(run.cmd or ()),
        shell=tuple(run.shell or ()),
        healthcheck=Healthcheck(tuple(test)) if test else None,
        volumes=tuple(sorted(run.volumes or ())),
        architecture=document.architecture,
        os=document.os,
        layers=layers,
    )


def shown_instruction(created_by: str, shell: Sequence[str]) -> str:
    """Return a history line without the values of ENV and ARG.

    Builders put the build arguments before the command of a RUN (``|2 A=x B=y /bin/sh -c ...``). A
    value may hold blanks, so everything up to the shell goes; if no shell is found, all of it.
    """
    text = created_by.strip()
    arguments = BUILD_ARGS.search(text)
    if arguments and text[: arguments.start()].strip() in ("", "RUN", " ".join(shell), "/bin/sh -c"):
        start = text.find(" ".join(shell) + " ", arguments.end())
        return "RUN " + text[start:] if start >= 0 else "RUN"
    withheld = WITHHELD.match(text)
    return f"{withheld['word'].upper()} (values withheld)" if withheld else text


def _layers(document: ConfigDocument, shell: Sequence[str]) -> tuple[Layer, ...]:
    history = [item.created_by for item in document.history or () if not item.empty_layer]
    if len(history) != len(document.diff_ids):
        history = [""] * len(document.diff_ids)  # squashed: no telling which line made which layer
    return tuple(
        Layer(diff_id, shown_instruction(created_by, shell))
        for diff_id, created_by in zip(document.diff_ids, history, strict=True)
    )


def _variable(text: str) -> tuple[str, str | None]:
    name, _, value = text.partition("=")
    return name, value if keeps_value(name, value) else None


def _words(entrypoint: list[str] | str | None) -> tuple[str, ...]:
    # Podman before 5 joins a container's entrypoint with blanks.
    return tuple(entrypoint.split()) if isinstance(entrypoint, str) else tuple(entrypoint or ())
