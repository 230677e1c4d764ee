"""What one run was asked to do, once flags and defaults are settled."""

from __future__ import annotations

import msgspec

from paritycheck.errors import UsageError
from paritycheck.model.engine import ENGINES, Engine
from paritycheck.model.report import SEVERITIES, Finding, Severity
from paritycheck.parse.compose.service import Service
from paritycheck.rules import RULES

FailOn = Severity | None  # None: never


class Config(msgspec.Struct, frozen=True, omit_defaults=True):
    """The settings that the judgement depends on.

    ``context`` is the build context relative to the repository root, ``start`` a command instead of the
    container's own; ``service`` is
    the compose service that runs the image; ``select`` and ``ignore`` are rule-code prefixes.
    """

    context: str = ""
    start: str = ""
    service: Service | None = None
    fail_on: FailOn = "error"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        """Tell whether findings of this rule belong in the report; the longer prefix wins."""
        chosen = max((len(prefix) for prefix in self.select if code.startswith(prefix)), default=-1)
        dropped = max((len(prefix) for prefix in self.ignore if code.startswith(prefix)), default=-1)
        return dropped <= chosen if dropped >= 0 else chosen >= 0 or not self.select

    def fails(self, finding: Finding) -> bool:
        """Tell whether this finding makes the run exit with 1."""
        if self.fail_on is None or finding.suppressed_by:
            return False
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.fail_on)


def parse_engine(text: str) -> Engine:
    """Read ``podman``, ``buildkit`` or ``docker``, optionally with the builder's version: ``podman@1.28``."""
    name, _, version = text.partition("@")
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}", f"use one of {', '.join(ENGINES)}")
    if not version:
        return ENGINES[name]
    numbers = version.split(".")
    if len(numbers) < 2 or not all(number.isdecimal() for number in numbers[:2]):
        raise UsageError(f"{version!r} is no version of {name}", "write it like podman@1.28")
    return Engine(ENGINES[name].name, (int(numbers[0]), int(numbers[1])))


def parse_codes(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Read rule codes, slugs or code prefixes, separated by commas."""
    slugs = {rule.slug: rule.code for rule in RULES.values()}
    codes = []
    for word in ",".join(texts).replace(" ", "").split(","):
        code = slugs.get(word, word.upper())
        if not word:
            continue
        if not any(known.startswith(code) for known in RULES):
            raise UsageError(f"no rule is called {word!r}", "`paritycheck rule` lists them")
        codes.append(code)
    return tuple(codes)


def parse_build_args(texts: tuple[str, ...]) -> dict[str, str]:
    """Read ``NAME=value`` words; a bare ``NAME`` is refused: it would read this machine's environment."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--build-arg {text!r} has no value", "write NAME=value")
        pairs[name] = value
    return pairs
