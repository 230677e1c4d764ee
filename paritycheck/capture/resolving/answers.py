"""What uv writes: the list of a resolution with its annotations, and what stood in its way.

After uv's own output (``uv pip compile``, annotation style ``split``; the derivations of its
PubGrub reporter, ``uv-resolver/src/pubgrub/report.rs``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from paritycheck.predict.selecting.selection import Resolved

NAME = r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?"
_LINE = re.compile(rf"{NAME}(?:==(?P<version>\S+)| @ (?P<url>\S+))")
_VIA = re.compile(r"\s+#\s+(?:via\s*)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)?(?:\[[^\]]*\])?\s*$")
_LIMIT = 1 << 18  # characters of an error that are looked at: derivations can be very long

# What is wrong with one package, in uv's words -> in ours. The order is that of certainty.
_BLOCKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            rf"Failed to (?:download|build|parse|read|resolve)[a-z ]*`{NAME}(?: @|==)",
            "its source cannot be read",
        ),
        (rf"{NAME} was not found in the (?:package registry|provided package)", "no index at hand has it"),
        (rf"{NAME} was not found in the cache", "no index at hand has it"),
        (
            rf"all versions of {NAME} (?:have|has) no usable wheels",
            "it has no wheel, and nothing is built here",
        ),
        (
            rf"{NAME}(?P<pin>(?:[<>=!~]=?|===)\S+) has no (?:usable wheels|wheels with)",
            "this release has no wheel that fits, and nothing is built here",
        ),
        (rf"there (?:is|are) no versions? of {NAME}", "no index at hand has a release that fits"),
        (rf"only {NAME}[<>=!~]\S* is available and you require", "no index at hand has a release that fits"),
        (rf"only the following versions of {NAME} are available", "none of its releases fits"),
        (rf"you require {NAME}", "it contradicts the other requirements"),
    )
)
_UNBUILT = re.compile(rf"{NAME}(?P<pin>(?:[<>=!~]=?|===)\S+)? (?:has|have) no (?:usable wheels|wheels with)")
_UNREADABLE = re.compile(r"Couldn't parse requirement in `-` at position (?P<position>\d+)")
_UNREACHED = re.compile(r"Failed to fetch: `?(?P<url>https?://[^\s`]+)")
_USERINFO = re.compile(r"(?<=//)[^/@\s]*@")


class Obstacle(msgspec.Struct, frozen=True):
    """What a resolution failed on: a package (``version`` if it was held to one), or an ``url``."""

    why: str
    name: str = ""
    version: str = ""
    url: str = ""


def read_resolution(output: str) -> tuple[Resolved, ...]:
    """Return the packages of uv's list with the names of those that require them."""
    found: list[tuple[str, str, list[str]]] = []
    for line in output.splitlines():
        head = _LINE.match(line)
        if head:
            version = head["version"] or _version_of(head["url"] or "")
            found.append((canonicalize_name(head["name"]), version, []))
        elif found and (via := _VIA.match(line)) and via["name"] not in (None, "via"):
            found[-1][2].append(canonicalize_name(via["name"]))
    return tuple(Resolved(name, version, tuple(required_by)) for name, version, required_by in found)


def _version_of(url: str) -> str:
    try:
        return str(parse_wheel_filename(url.partition("#")[0].rpartition("/")[2].replace("%2B", "+"))[1])
    except InvalidWheelFilename:
        return ""


def find_obstacle(errors: str) -> Obstacle | None:
    """Return what is to be left out so that the rest may resolve; ``None`` if uv's words are not understood.

    In a derivation the last statement of a kind is taken: uv goes through the releases from old to new,
    and the newest are what an installer would have tried first.
    """
    text = " ".join(errors[:_LIMIT].split())
    for pattern, why in _BLOCKS[:1]:
        if hit := pattern.search(text):
            return Obstacle(why, canonicalize_name(hit["name"]))
    unreached = _UNREACHED.search(text)
    if unreached:
        return Obstacle("it cannot be reached", url=unreached["url"])
    for pattern, why in _BLOCKS[1:]:
        hits = list(pattern.finditer(text))
        if hits:
            pin = hits[-1].groupdict().get("pin") or ""
            version = pin[2:] if pin.startswith("==") else ""
            return Obstacle(why, canonicalize_name(hits[-1]["name"]), version)
    return None


def find_sources(errors: str) -> tuple[tuple[str, str], ...]:
    """Return the distributions that have no wheel by uv's words, each with a specifier that it is held to."""
    text = " ".join(errors[:_LIMIT].split())
    found: dict[tuple[str, str], None] = {}
    for hit in _UNBUILT.finditer(text):
        asked = rf"(?:depends on|you require) {re.escape(hit['name'])}(?:\[[^\]]*\])?([<>=!~]\S*[^\s,.])"
        for specifier in (hit["pin"] or "", *re.findall(asked, text)):
            found[canonicalize_name(hit["name"]), specifier] = None
    return tuple(found)


def unreadable_position(errors: str) -> int | None:
    """Return the offset of a requirement that is none, in characters of what uv was given."""
    found = _UNREADABLE.search(errors)
    return int(found["position"]) if found else None


def first_words(errors: str) -> str:
    """Return uv's own words in one line, without credentials."""
    lines: Iterator[str] = (line.strip() for line in errors.splitlines() if line.strip())
    said = " ".join(next(lines, "").removeprefix("error:").split())
    because = next((line.removeprefix("cause:").strip() for line in lines if "cause:" in line), "")
    return _USERINFO.sub("", f"{said}: {because}" if because else said)[:300]
