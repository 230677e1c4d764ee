"""Words of the command line and of files that stand for something: engines, rules, build arguments."""

from __future__ import annotations

from paritycheck.errors import UsageError
from paritycheck.model.engine import ENGINES, Engine
from paritycheck.rules import RULES


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
