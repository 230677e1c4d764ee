"""Secrets in text that a report quotes: what looks like one is withheld, and it is said what it was.

The shapes are those that issuers document (AWS, GitHub, GitLab, Slack, Google, Stripe, JSON Web Token,
PEM), the words those by which programs name secrets. What is withheld wrongly costs a reader a word; what
is shown wrongly costs more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_NAMES = (
    r"pass(?:wd|word|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?"
    r"|auth(?:orization)?|cookie|session[-_]?id|signature|dsn"
)
_KNOWN = re.compile(
    r"\b(?:A(?:KIA|SIA|GPA|IDA|ROA)[0-9A-Z]{16}"
    r"|gh[pousr]_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,}|glpat-[0-9A-Za-z_-]{16,}"
    r"|xox[abposr]-[0-9A-Za-z-]{10,}|AIza[0-9A-Za-z_-]{30,}"
    r"|[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|sk-[0-9A-Za-z_-]{20,}|pypi-[0-9A-Za-z_-]{20,}"
    r"|eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{4,}(?:\.[0-9A-Za-z_-]*)?)"
)
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@'\"]{1,400}@", re.IGNORECASE)
_HEADER = re.compile(r"\b(bearer|basic|digest|negotiate)(\s+)[0-9A-Za-z+/=_.~:-]{6,}", re.IGNORECASE)
# name=value, name: value, "name": "value", --name value; the name may have other words before and after.
_NAMED = re.compile(
    rf"(?i)((?<![0-9a-z])[0-9a-z_.-]{{0,60}}(?:{_NAMES})(?![a-z])[0-9a-z_-]{{0,20}}['\"]?\s{{0,3}}(?:=|:|%3D)"
    rf"\s{{0,3}}(?:bearer |basic )?|--[a-z-]{{0,30}}(?:{_NAMES})\s+)"
    r"(\"[^\"\n]{1,2000}\"?|'[^'\n]{1,2000}'?|[^\s,;&)\]}'\"]+)"
)
_FLAG = re.compile(rf"(?i)--?[a-z_-]{{0,40}}(?:{_NAMES})\Z")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_LONG = re.compile(r"(?<![0-9A-Za-z+/_=.-])[0-9A-Za-z+/_-]{32,}={0,2}(?![0-9A-Za-z+/_-])")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")


def redact(text: str) -> str:
    """Return ``text`` without what looks like a secret; doing it again changes nothing."""
    text = _PEM.sub("[private key withheld]", text)
    text = _URL.sub(r"\1[withheld]@", text)
    text = _KNOWN.sub("[key withheld]", text)
    text = _HEADER.sub(_keep_scheme, text)
    text = _NAMED.sub(_keep_name, text)
    return _LONG.sub(_judge_long, text)


def redact_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return a command's words without secrets; what follows a flag like ``--password`` is one."""
    shown: list[str] = []
    flagged = False
    for word in words:
        shown.append("[withheld]" if flagged else redact(word))
        flagged = bool(_FLAG.match(word))
    return tuple(shown)


def _keep_scheme(found: re.Match[str]) -> str:
    # "basic configuration" is no header: what is one has a digit, a capital or an equals sign in it.
    value = found.group()[len(found[1]) + len(found[2]) :]
    if not re.search(r"[0-9A-Z=]", value):
        return found.group()
    return f"{found[1]}{found[2]}[withheld]"


def _keep_name(found: re.Match[str]) -> str:
    value = found[2].strip("'\"")
    if not value or value.startswith("[") or value.lower() in ("none", "null", "true", "false"):
        return found.group()
    return f"{found[1]}[withheld]"


def _judge_long(found: re.Match[str]) -> str:
    """Withhold what is drawn by chance: hexadecimal, or letters of both cases and digits well mixed."""
    word = found.group()
    if _HEX.match(word):
        return "[key withheld]" if len(word) not in (40, 64) else f"{word[:7]}[withheld]"
    body = word.rstrip("=")
    turns = sum(_kind(left) != _kind(right) for left, right in pairwise(body))
    # A path or a name of words changes its kind seldom, a random string at every second character.
    return "[key withheld]" if turns * 3 >= len(body) else word


def _kind(char: str) -> int:
    return 0 if char.islower() else 1 if char.isupper() else 2 if char.isdigit() else 3
