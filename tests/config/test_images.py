"""Which images a run is for: names, parts, and the matrix of a CI."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paritycheck.config.document import ImageTable
from paritycheck.config.images import Shard, choose_images, matrix_of, parse_shard
from paritycheck.errors import NothingCompared, UsageError
from paritycheck.model.location import Location


def tables(*names: str) -> list[ImageTable]:
    return [ImageTable(name, Location("paritycheck.toml", 1), {}) for name in names]


def chosen(*names: str, wanted: tuple[str, ...] = (), shard: Shard | None = None) -> list[str]:
    return [image.name for image in choose_images(tables(*names), wanted, shard)]


def test_by_name() -> None:
    assert chosen("web", "api", "api-2") == ["api", "api-2", "web"]
    assert chosen("web", "api", "api-2", wanted=("api*",)) == ["api", "api-2"]
    assert chosen("web", "api", wanted=("web", "w*")) == ["web"]
    with pytest.raises(UsageError, match="no image is called 'wob'") as refused:
        chosen("web", "api", wanted=("api", "wob"))
    assert refused.value.hint == "did you mean web?"


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1 /4"])
def test_what_is_no_part(text: str) -> None:
    with pytest.raises(UsageError, match="is no part"):
        parse_shard(text)


def test_an_empty_part_is_never_parity() -> None:
    with pytest.raises(NothingCompared, match="part 3 of 3 is empty"):
        chosen("a", "b", shard=Shard(3, 3))
    with pytest.raises(NothingCompared, match="no image is configured"):
        chosen()


@given(st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), min_size=1, max_size=60), st.data())
def test_parts_are_disjoint_complete_and_even(names: set[str], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(names)))
    order = data.draw(st.permutations(sorted(names)))
    parts = [chosen(*order, shard=Shard(number, count)) for number in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert parts == [chosen(*sorted(names), shard=Shard(number, count)) for number in range(1, count + 1)]
    jobs = json.loads(matrix_of(tables(*order), count))["include"]
    assert [job["images"].split() for job in jobs] == parts
    assert [job["shard"] for job in jobs] == [f"{number}/{count}" for number in range(1, count + 1)]


def test_the_matrix() -> None:
    assert matrix_of(tables("b", "a")) == '{"include":[{"name":"a"},{"name":"b"}]}\n'
    assert [job["shard"] for job in json.loads(matrix_of(tables("b", "a"), 9))["include"]] == ["1/2", "2/2"]
