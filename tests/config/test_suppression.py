"""What lets a finding pass, what does not, and ignores that hide nothing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import pytest

from paritycheck.config.suppression import Suppressed, suppress
from paritycheck.model.ignore import Ignore, InlineIgnore
from paritycheck.model.location import Location
from paritycheck.model.report import Finding
from paritycheck.parse.inlineignores import python_ignores, text_ignores
from tests.config.findings import finding

TODAY = datetime.date(2026, 11, 22)


def ignore(
    rule: str, match: str, line: int = 1, expires: datetime.date | None = None, image: str = ""
) -> Ignore:
    return Ignore(rule, match, "known", Location("paritycheck.toml", line), expires, image)


def passed(
    found: Finding,
    *ignores: Ignore,
    comments: Mapping[str, Sequence[InlineIgnore]] | None = None,
    image: str = "",
) -> Suppressed:
    written = comments or {}
    return suppress([found], ignores, lambda path: written.get(path, ()), written, image=image, today=TODAY)


@pytest.mark.parametrize(
    ("rule", "match", "hidden"),
    [
        ("PC103", "app.a", True),
        ("PC103", "app/a.py", True),
        ("PC1", "app*", True),
        ("PC103", "*", True),
        ("PC103", "app/*", True),
        ("PC103", "a", False),
        ("PC103", "App.A", False),
        ("PC104", "app.a", False),
        ("PC103", ".dockerignore", False),
    ],
)
def test_an_ignore_is_of_a_rule_and_of_names_or_paths(rule: str, match: str, hidden: bool) -> None:
    result = passed(finding("PC103", "app.a"), ignore(rule, match))
    assert result.findings[0].suppressed_by == ("paritycheck.toml:1: known" if hidden else None)
    assert [each.code for each in result.idle] == ([] if hidden else ["PC902"])
    assert result.used == (("paritycheck.toml:1",) if hidden else ())


def test_a_finding_that_is_let_pass_in_part_is_shown() -> None:
    both = finding("PC103", "app.a", "app.b")
    one = passed(both, ignore("PC103", "app.a"))
    assert one.findings == (both,)
    assert one.idle == ()  # it does match something
    two = passed(both, ignore("PC103", "app.a"), ignore("PC1", "app.b", 7))
    assert two.findings[0].suppressed_by == "paritycheck.toml:1: known; paritycheck.toml:7: known"


def test_what_concerns_no_item_is_known_by_its_line() -> None:
    dead = finding("PC502")
    assert passed(dead, ignore("PC502", ".dockerignore")).findings[0].suppressed_by
    assert passed(dead, ignore("PC502", "*.py")).findings[0].suppressed_by is None


@pytest.mark.parametrize(("day", "hidden"), [(21, False), (22, True), (23, True)])
def test_an_ignore_holds_to_the_end_of_its_day(day: int, hidden: bool) -> None:
    result = passed(finding("PC103", "a"), ignore("PC103", "*", expires=datetime.date(2026, 11, day)))
    assert bool(result.findings[0].suppressed_by) == hidden
    if not hidden:
        assert "expired on 2026-11-21: known" in result.idle[0].message


@pytest.mark.parametrize(
    ("image", "hidden"), [("web", True), ("web-2", True), ("worker", False), ("", False)]
)
def test_an_ignore_may_be_of_some_images(image: str, hidden: bool) -> None:
    result = passed(finding("PC103", "a"), ignore("PC103", "*", image="web*"), image=image)
    assert bool(result.findings[0].suppressed_by) == hidden


PYTHON = b"""import a  # paritycheck: ignore[PC103] plugin
# paritycheck: ignore[PC1, undeclared] - optional
# a comment between
import b
text = "# paritycheck: ignore[PC103] no comment"
import c  # paritycheck: ignore[PC103]
import d  # paritycheck: ignore reason without a rule
import e  # paritycheck: ignore[PC999] no such rule
"""


def at(*importers: int) -> Finding:
    return finding("PC103", "a", importers=[("app/main.py", line) for line in importers])


@pytest.mark.parametrize(
    ("lines", "by"),
    [
        ((1,), "app/main.py:1: plugin"),
        ((4,), "app/main.py:2: optional"),
        ((1, 4), "app/main.py:1: plugin"),
        ((3,), None),
        ((5,), None),
        ((6,), None),
        ((7,), None),
        ((8,), None),
        ((1, 6), None),  # somebody else needs it as well
    ],
)
def test_comments_at_importers(lines: tuple[int, ...], by: str | None) -> None:
    comments = {"app/main.py": python_ignores(PYTHON)}
    assert passed(at(*lines), comments=comments).findings[0].suppressed_by == by


def test_comments_that_hide_nothing_are_told_with_the_reason() -> None:
    result = passed(at(1), comments={"app/main.py": python_ignores(PYTHON)})
    assert result.used == ("app/main.py:1",)
    assert [(each.locations[0].line, each.message) for each in result.idle] == [
        (2, "the comment to ignore PC1, undeclared hides nothing"),
        (6, "the comment has no reason, so it hides nothing"),
        (7, "the comment names no rule, so it hides nothing"),
        (8, "the comment names PC999, which is no rule, so it hides nothing"),
    ]


def test_a_comment_above_the_cause() -> None:
    text = "*.md\n\n# paritycheck: ignore[PC103] generated in the image\n**/monitoring\n"
    comments = {".dockerignore": text_ignores(text, trailing=False)}
    result = passed(finding("PC103", "a", line=4), comments=comments)
    assert result.findings[0].suppressed_by == ".dockerignore:3: generated in the image"


@pytest.mark.parametrize(
    ("text", "trailing", "covers"),
    [
        ("requests  # paritycheck: ignore[PC2] x", True, [(1,)]),
        ("requests  # paritycheck: ignore[PC2] x", False, []),
        ("git+https://h/x#paritycheck: ignore[PC2] x", True, []),
        ("  # paritycheck: ignore[PC2] x\nCOPY a b", False, [(1, 2)]),
        ("#paritycheck:ignore[PC2] x", True, [(1, 2)]),
        ("# paritycheck ignore[PC2] x", True, []),
        ("# a # paritycheck: ignore[PC2] x", True, [(1, 2)]),
    ],
)
def test_comments_of_other_texts(text: str, trailing: bool, covers: list[tuple[int, ...]]) -> None:
    assert [each.covers for each in text_ignores(text, trailing=trailing)] == covers


@pytest.mark.parametrize(
    "data", [b"'paritycheck:", b"\xff\xfe paritycheck:", b"x = (\n# paritycheck: ignore[PC1] y"]
)
def test_a_source_that_cannot_be_read_has_no_comments(data: bytes) -> None:
    assert python_ignores(data) == ()
