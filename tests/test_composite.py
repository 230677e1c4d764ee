"""Several images in one report: the same whole from whatever parts, and nothing that does not fit."""

from __future__ import annotations

import itertools

import pytest

from paritycheck.composite import combine, fails
from paritycheck.errors import UsageError
from paritycheck.model.location import Location
from paritycheck.model.report import Report, UncheckedImage
from paritycheck.output.json import render_json
from paritycheck.rules import make_finding
from tests.config.findings import finding, named, report

LOSS = finding("PC103", "app.a")
UNUSED = make_finding("PC902", "the ignore hides nothing", locations=[Location("paritycheck.toml", 3)])
ALL = ("api", "web", "worker")


def parts() -> list[Report]:
    return [
        named("web", LOSS, idle=(UNUSED,), remarks=("no base", "no environment")),
        named("api", idle=(UNUSED,), remarks=("no environment",)),
        named("worker", finding("PC201", "x", severity="warning"), LOSS, remarks=("no environment",)),
    ]


def test_every_way_to_put_it_together_is_the_same() -> None:
    whole = render_json(combine(parts(), configured=ALL))
    for order in itertools.permutations(parts()):
        assert render_json(combine(order, configured=ALL)) == whole
        for cut in (1, 2):
            shards = [combine(order[:cut], configured=ALL), combine(order[cut:], configured=ALL)]
            assert all(shard.awaited for shard in shards)
            assert render_json(combine(shards)) == whole


def test_what_is_said_of_each_image() -> None:
    found = combine(parts(), configured=ALL)
    assert [image.name for image in found.images] == list(ALL)
    assert found.container.reference == "api, web, worker"
    assert found.remarks == ("web: no base", "no environment")
    assert [(each.code, each.image) for each in found.findings] == [
        ("PC103", "web"),
        ("PC103", "worker"),
        ("PC201", "worker"),
        ("PC902", ""),
    ]
    assert len({each.fingerprint for each in found.findings}) == 4
    assert (found.summary.modules, found.summary.errors, found.summary.warnings) == (3, 2, 2)
    assert [image.summary.errors for image in found.images] == [0, 1, 1]


def test_an_ignore_that_one_image_uses_is_used() -> None:
    used = named("worker", used=("paritycheck.toml:3",))
    assert combine([*parts()[:2], used], configured=ALL).findings[-1].code == "PC103"


def test_as_long_as_an_image_is_missing_no_ignore_is_called_unused() -> None:
    assert "PC902" not in {each.code for each in combine(parts()[:2], configured=ALL).findings}
    missed = combine(parts()[:2], [UncheckedImage("worker", "no such image")], ALL)
    assert (missed.awaited, [each.name for each in missed.unchecked]) == ((), ["worker"])
    assert "PC902" not in {each.code for each in missed.findings}


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([report(LOSS)], "no named image"),
        ([named("web")], "two of the reports have web"),
        ([named("other", digest="beef")], "different commits: beef, c0ffee"),
    ],
)
def test_what_does_not_fit(others: list[Report], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        combine([*parts(), *others])


def test_each_image_has_its_own_threshold() -> None:
    warning = finding("PC202", "x", severity="warning")
    assert not fails(combine([named("a", warning), named("b", fail_on="warning")]))
    assert fails(combine([named("a", warning, fail_on="warning"), named("b")]))
    assert not fails(combine([named("a", LOSS, fail_on="never"), named("b")]))
    assert fails(combine([named("a", warning)]), "warning")
    unused = combine([named("a", idle=(UNUSED,), fail_on="warning"), named("b", idle=(UNUSED,))])
    assert fails(unused)
    assert not fails(combine([named("a", idle=(UNUSED,))]))
