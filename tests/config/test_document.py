"""What a configuration file may say, and what is refused, with its line and a next step."""

from __future__ import annotations

import datetime

import pytest

from paritycheck.config.document import Written, read_settings
from paritycheck.config.keys import KEYS
from paritycheck.errors import UsageError
from paritycheck.model.ignore import Ignore
from paritycheck.model.location import Location

FORMATS = ("text", "json", "sarif")
WHOLE = """\
engine = "podman@1.28"
select = ["PC1", "undeclared"]
build-args = {VERSION = "1.2", EMPTY = ""}
compose = ["compose.yml"]
probe = false
ignore = ["PC502", {rule = "PC104", match = "docs/*", reason = "inline"}]

[[image]]
name = "web"
file = "web/Containerfile"
ignore = ["PC4"]

[[image]]
name = "worker-2.x"
build-args.DEBUG = "1"
"""


def value(text: str, key: str) -> Written:
    found = read_settings("paritycheck.toml", text, FORMATS)
    assert found is not None
    return found.values[key]


def test_a_whole_file() -> None:
    found = read_settings("paritycheck.toml", WHOLE, FORMATS)
    assert found is not None
    assert {name: written.value for name, written in found.values.items()} == {
        "engine": "podman@1.28",
        "select": ("PC1", "PC203"),
        "build-args": ("VERSION=1.2", "EMPTY="),
        "compose": ("compose.yml",),
        "probe": False,
        "ignore": ("PC502",),
    }
    assert found.values["compose"].location.line == 4
    assert [(each.name, each.location.line) for each in found.images] == [("web", 8), ("worker-2.x", 13)]
    web, worker = found.images
    assert {key: written.value for key, written in web.values.items()} == {
        "file": "web/Containerfile",
        "ignore": ("PC4",),
    }
    assert web.values["file"].location == Location("paritycheck.toml", 10, 'file = "web/Containerfile"')
    assert worker.values["build-args"].value == ("DEBUG=1",)
    (ignore,) = found.ignores
    assert (ignore.rule, ignore.match, ignore.reason, ignore.location.line) == (
        "PC104",
        "docs/*",
        "inline",
        6,
    )


def test_ignores_as_tables() -> None:
    text = """[tool.paritycheck]
[[tool.paritycheck.ignore]]
rule = "missing-data-file"
match = "static/*"
reason = "served by the proxy"
expires = 2027-01-31
image = "web*"
"""
    found = read_settings("services/pyproject.toml", text, FORMATS)
    assert found is not None
    assert found.ignores == (
        Ignore(
            "PC109",
            "static/*",
            "served by the proxy",
            Location("services/pyproject.toml", 2, "[[tool.paritycheck.ignore]]"),
            datetime.date(2027, 1, 31),
            "web*",
        ),
    )


def test_a_pyproject_speaks_in_its_section_only() -> None:
    assert read_settings("pyproject.toml", '[tool.black]\nengine = "none"\n', FORMATS) is None
    assert read_settings("pyproject.toml", "[tool.paritycheck]\n", FORMATS) is not None
    assert read_settings("paritycheck.toml", "", FORMATS) is not None


REFUSED = {
    "unknown key": ('tarket = "x"', "paritycheck.toml:1: there is no key 'tarket'", "did you mean target?"),
    "underscore": ("\nfail_on = 'error'", ":2: there is no key 'fail_on'", "did you mean fail-on?"),
    "nothing like it": ("zzzz = 1", ":1: there is no key 'zzzz'", "there are context, file"),
    "number for text": ("target = 3", ":1: target is a number", "the name of a stage"),
    "text for switch": ('probe = "yes"', ":1: probe is a text", "true or false"),
    "text for list": ('select = "PC1"', ":1: select is a text", "a list of rules"),
    "list with a number": ("compose = ['a', 3]", ":1: compose is a list with a number", "a list of paths"),
    "argument that is no text": ("build-args = {A = 1}", ":1: build-args is a table", "a table like"),
    "list for arguments": ("build-args = ['A=1']", ":1: build-args is a list", "a table like"),
    "unknown rule": ("\n\nselect = ['PC999']", ":3: no rule is called 'PC999'", "`paritycheck rule`"),
    "unknown engine": ("engine = 'kaniko'", ":1: unknown engine 'kaniko'", "podman"),
    "unknown format": ("format = 'yaml'", ":1: format is 'yaml'", "text, json, sarif"),
    "unknown threshold": ("fail-on = 'note'", ":1: fail-on is 'note'", "error, warning, never"),
    "image without a name": ("[[image]]\nfile = 'x'", ":1: an image has no name", "write name"),
    "image with a bad name": ("[[image]]\nname = 'a b'", ":1: an image has the name 'a b'", "write name"),
    "two images of a name": (
        "[[image]]\nname = 'a'\n[[image]]\nname = 'a'",
        ":3: the image 'a' is also at paritycheck.toml:1",
        "of its own",
    ),
    "unknown key of an image": ("[[image]]\nname = 'a'\ntargte = 'x'", ":3: there is no key", "target"),
    "key that is for all images": (
        "[[image]]\nname = 'a'\nformat = 'json'",
        ":3: there is no key 'format'",
        "for all images",
    ),
    "image that is text and table": ("image = ['x', {name = 'a'}]", ":1: is no table", "[[tool"),
    "ignore without a reason": (
        "[[ignore]]\nrule = 'PC1'\nmatch = '*'",
        ":1: an ignore has no reason",
        "say why",
    ),
    "ignore with an empty reason": (
        "[[ignore]]\nrule = 'PC1'\nmatch = '*'\nreason = ' '",
        ":1: an ignore has no reason",
        "say why",
    ),
    "ignore without a match": (
        "[[ignore]]\nrule = 'PC1'\nreason = 'x'",
        ":1: an ignore has no match",
        "match =",
    ),
    "ignore of no rule": (
        "[[ignore]]\nrule = 'PC777'\nmatch = '*'\nreason = 'x'",
        ":2: no rule is called 'PC777'",
        "`paritycheck rule`",
    ),
    "ignore of two rules": (
        "[[ignore]]\nrule = 'PC1,PC2'\nmatch = '*'\nreason = 'x'",
        ":2: rule is 'PC1,PC2'",
        "name one rule",
    ),
    "ignore until some time": (
        "[[ignore]]\nrule = 'PC1'\nmatch = '*'\nreason = 'x'\nexpires = '2027'",
        ":5: expires is a text",
        "2027-01-31",
    ),
    "unknown key of an ignore": (
        "[[ignore]]\nrule = 'PC1'\nmatch = '*'\nreason = 'x'\nexpire = 2027-01-01",
        ":5: there is no key 'expire'",
        "expires",
    ),
    "no TOML": ("a = 1\nb = = 2", "paritycheck.toml:2: not TOML", "correct"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    text, message, hint = REFUSED[case]
    with pytest.raises(UsageError) as refused:
        read_settings("paritycheck.toml", text, FORMATS)
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_section_that_is_no_table() -> None:
    with pytest.raises(UsageError, match=r"pyproject.toml:2: is no table"):
        read_settings("pyproject.toml", "[tool]\nparitycheck = 3\n", FORMATS)


def test_every_key_has_a_flag_and_a_kind_of_its_own_words() -> None:
    assert value("no-cache = true", "no-cache").value is True
    assert (
        len({key.parameter for key in KEYS.values()}) == len({key.flag for key in KEYS.values()}) == len(KEYS)
    )
