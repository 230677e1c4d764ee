"""Which of the configured images a run is for: all, those of a name, or a part that others complete."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

import msgspec

from paritycheck.config.document import ImageTable
from paritycheck.errors import NothingCompared, UsageError

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")


class Shard(msgspec.Struct, frozen=True):
    """Part ``number``, from 1, of ``count``."""

    number: int
    count: int


def parse_shard(text: str) -> Shard:
    """Read ``3/8``: the third of eight parts."""
    parts = _SHARD.fullmatch(text)
    if parts is None or not 1 <= int(parts[1]) <= int(parts[2]):
        raise UsageError(f"--shard {text!r} is no part", "write --shard 3/8 for the third of eight parts")
    return Shard(int(parts[1]), int(parts[2]))


def choose_images(
    images: Sequence[ImageTable], names: Sequence[str] = (), shard: Shard | None = None
) -> tuple[ImageTable, ...]:
    """Return the images of these names (glob patterns; none: all), of those the part, in order of name.

    Parts differ by one image at most, and which image is in which depends on the names alone. Raises
    UsageError for a name that no image has, NothingCompared for a part without any.
    """
    known = {image.name: image for image in images}
    for name in names if known else ():
        if not any(fnmatchcase(each, name) for each in known):
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"no image is called {name!r}", hint)
    chosen = [name for name in sorted(known) if not names or any(fnmatchcase(name, each) for each in names)]
    if shard is not None:
        chosen = chosen[shard.number - 1 :: shard.count]
    if not chosen and shard is not None and known:
        raise NothingCompared(
            f"part {shard.number} of {shard.count} is empty: there are {len(known)} images",
            "make no more parts than there are images: `paritycheck matrix --shards N` does not",
        )
    if not chosen:
        raise NothingCompared("no image is configured", "describe the images in [[tool.paritycheck.image]]")
    return tuple(known[name] for name in chosen)


def matrix_of(images: Sequence[ImageTable], shards: int | None = None) -> str:
    """Return the matrix of a CI as GitHub reads it: a job for each image, or for each of so many parts."""
    names = sorted(image.name for image in images)
    if shards is None:
        include = [{"name": name} for name in names]
    else:
        count = min(shards, len(names))
        include = [
            {"shard": f"{number}/{count}", "images": " ".join(names[number - 1 :: count])}
            for number in range(1, count + 1)
        ]
    return json.dumps({"include": include}, separators=(",", ":")) + "\n"
