"""What people read, character by character; names from images must not steer their terminal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from paritycheck.model.report import Finding
from paritycheck.output.context import human, render_context
from paritycheck.output.difference import render_difference
from paritycheck.output.journey import render_journeys
from paritycheck.output.json import render_json
from paritycheck.output.style import coloured, harmless
from paritycheck.output.text import render_text
from tests.output.values import CONTEXT, DIFFERENCE, EVIL, EXPLANATION, HOSTILE, LOSS, report

LOOKED = (
    "12 modules, 20 files, 3 distributions, deploy/Containerfile, .dockerignore, "
    "cpython 3.12.4 (/usr/local/bin/python3), image sha256:0123456789ab; 10 arrived, 1 lost, 1 unknown"
)
REPORT = r"""
checkout . -> image a\x1b[2J\r\u202egpj.py

error PC103 ignored: app.monitoring is missing in the container: left out of the context
  lost by    .dockerignore:4  **/monitoring
  needed by  app/main.py:14
             reached through app.main > app.routes
             app/late.py:3  (function)
             app/tried.py:5  (guarded)
             and 1 more
  do         add `!app/monitoring/` after .dockerignore:4
                   worktree    tracked    context    copied    image    mounted    syspath    importable
  app.monitoring      +           +        LOST        -         -         -          -           ?

warning PC401 stale-content: a\x1b[2J\r\u202egpj.py differs (suppressed by a\x1b[2J\r\u202egpj.py)
  at         a\x1b[2J\r\u202egpj.py:2  a\x1b[2J\r\u202egpj.py
  needed by  a\x1b[2J\r\u202egpj.py:1
             reached through a\x1b[2J\r\u202egpj.py
  do         rebuild a\x1b[2J\r\u202egpj.py
  a\x1b[2J\r\u202egpj.py0
  a\x1b[2J\r\u202egpj.py1
  a\x1b[2J\r\u202egpj.py2
  a\x1b[2J\r\u202egpj.py3
  a\x1b[2J\r\u202egpj.py4
  a\x1b[2J\r\u202egpj.py5
  a\x1b[2J\r\u202egpj.py6
  a\x1b[2J\r\u202egpj.py7
  a\x1b[2J\r\u202egpj.py8
  a\x1b[2J\r\u202egpj.py9
  a\x1b[2J\r\u202egpj.py10
  a\x1b[2J\r\u202egpj.py11
  and 2 more (all of them in --format json)

unknown  a\x1b[2J\r\u202egpj.py: denied

1 error, 1 warning, 0 notes; looked at LOOKED
"""

PARITY = r"""
checkout . -> image web

parity: looked at LOOKED
"""

DIFFERENCE_TEXT = r"""
- checkout .
+ image a\x1b[2J\r\u202egpj.py

files: 2 only left, 1 only right, 1 differ, 5 the same
  - a\x1b[2J\r\u202egpj.py
  - b.py
  + c.py
  ~ d.py: 000000000000 -> ffffffffffff
modules: 7 the same
distributions: 0 only left, 0 only right, 1 differ, 0 the same
  ~ idna: 3.6 -> 3.7
sys.path: 0 only left, 1 only right, 0 differ, 0 the same
  + /app
interpreter: nothing known on either side
config: 0 only left, 42 only right, 0 differ, 0 the same
  + env V00
  + env V01
  + env V02
  + env V03
  + env V04
  + env V05
  + env V06
  + env V07
  + env V08
  + env V09
  + env V10
  + env V11
  + env V12
  + env V13
  + env V14
  + env V15
  + env V16
  + env V17
  + env V18
  + env V19
  + env V20
  + env V21
  + env V22
  + env V23
  + env V24
  + env V25
  + env V26
  + env V27
  + env V28
  + env V29
  + env V30
  + env V31
  + env V32
  + env V33
  + env V34
  + env V35
  + env V36
  + env V37
  + env V38
  + env V39
  and 2 more (all of them in --format json)
"""

JOURNEYS = r"""
module app.monitoring  app/monitoring/__init__.py
  +     worktree    worktree says passed
  +     tracked     tracked says passed
  LOST  context     context says lost
                      .dockerignore:4  **/monitoring
  -     copied      copied says skipped
  -     image       image says skipped
  -     mounted     mounted says skipped
  -     syspath     syspath says skipped
  ?     importable  importable says unknown
lost at gate context: context says lost

data a\x1b[2J\r\u202egpj.py
  +  image  there: a\x1b[2J\r\u202egpj.py
arrives in the container

distribution idna
  ?  worktree  nobody knows
unknown: no gate could tell
"""

CONTEXT_TEXT = r"""
context services/web for podman, services/web/.containerignore: 30 files, 3.3 MiB

in the context:
  2.9 MiB  20 files  data
  999 B    1 file    a\x1b[2J\r\u202egpj.py
  1 B      1 file    f00
  1 B      1 file    f01
  1 B      1 file    f02
  1 B      1 file    f03
  1 B      1 file    f04
  1 B      1 file    f05
  1 B      1 file    f06
  1 B      1 file    f07
  1 B      1 file    f08
  1 B      1 file    f09
  1 B      1 file    f10
  1 B      1 file    f11
  1 B      1 file    f12
  1 B      1 file    f13
  1 B      1 file    f14
  1 B      1 file    f15
  1 B      1 file    f16
  1 B      1 file    f17
  and 1 more (all of them in --format json)

left out, by the line that decides:
  5.0 GiB  900 files  node_modules  services/web/.containerignore:2  node_modules

look at these: they go along:
  999 B  a\x1b[2J\r\u202egpj.py  it looks like a secret

lines of the ignore file without effect:
  services/web/.containerignore:7  a\x1b[2J\r\u202egpj.py  matches nothing
"""


RENDERED: dict[str, tuple[Callable[[], str], str]] = {
    "report": (
        lambda: render_text(report(LOSS, HOSTILE, remarks=(f"{EVIL}: denied",), reference=EVIL)),
        REPORT,
    ),
    "parity": (lambda: render_text(report()), PARITY),
    "difference": (lambda: render_difference(DIFFERENCE), DIFFERENCE_TEXT),
    "journeys": (lambda: render_journeys(EXPLANATION), JOURNEYS),
    "context": (lambda: render_context(CONTEXT), CONTEXT_TEXT),
}


@pytest.mark.parametrize("case", RENDERED)
def test_texts(case: str) -> None:
    render, expected = RENDERED[case]
    text = render()
    assert text == expected.removeprefix("\n").replace("LOOKED", LOOKED)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert all(line == line.rstrip() for line in text.splitlines())


COLOURED = (
    "checkout . -> image web\n\n"
    "\x1b[1;31merror\x1b[0m PC103 ignored: "
    "\x1b[1mapp.monitoring is missing in the container: left out of the context\x1b[0m\n"
)


def test_colours_change_nothing_but_the_colour() -> None:
    text = render_text(report(LOSS, HOSTILE), coloured)
    assert text.startswith(COLOURED)
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == render_text(report(LOSS, HOSTILE))
    journeys = render_journeys(EXPLANATION, coloured)
    assert re.sub(r"\x1b\[[0-9;]*m", "", journeys) == render_journeys(EXPLANATION)
    assert "\x1b[1;31mlost\x1b[0m at gate context" in journeys


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ((LOSS,), "1 error, 0 warnings, 0 notes"),
        ((HOSTILE, HOSTILE), "0 errors, 2 warnings, 0 notes"),
        ((), "parity: looked at 12 modules"),
    ],
)
def test_the_last_line_counts(severities: tuple[Finding, ...], words: str) -> None:
    assert render_text(report(*severities)).splitlines()[-1].startswith(words)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.py", "plain name.py"),
        ("größe 日本.py", "größe 日本.py"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("two\nlines\ttab", r"two\nlines\ttab"),
        ("\u202e\u2066\ufeff\u200b", r"\u202e\u2066\ufeff\u200b"),
        ("\x9b31m", r"\x9b31m"),
        ("\udcff", r"\udcff"),
        ("\u2028\u2029", r"\u2028\u2029"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1 << 20, "1.0 MiB"),
        (3 << 30, "3.0 GiB"),
        (1 << 42, "4096.0 GiB"),
    ],
)
def test_sizes(size: int, shown: str) -> None:
    assert human(size) == shown


def test_json_is_indented_in_the_order_of_the_schema() -> None:
    text = render_json(report())
    assert text.splitlines()[:5] == [
        "{",
        ' "schema_version": "1.0",',
        ' "tool": {',
        '  "name": "paritycheck",',
        '  "version": "1"',
    ]
    assert text.endswith("}\n")
    assert "\\u001b" in render_json(report(HOSTILE))
    assert "\x1b" not in render_json(report(HOSTILE))
