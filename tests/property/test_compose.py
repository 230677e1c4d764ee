"""Whatever a compose file says, it is a service or a clear refusal, and no secret's value remains."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.errors import ParityError
from paritycheck.parse.compose.file import read_service

KEYS = (
    *("build", "image", "command", "entrypoint", "working_dir", "user", "environment", "env_file", "volumes"),
    *("tmpfs", "healthcheck", "extends", "profiles", "platform", "secrets", "context", "dockerfile", "args"),
    *("target", "source", "type", "volume", "file", "service", "path", "additional_contexts", "test"),
)
WORDS = st.sampled_from(["", "web", "./a:/b", "/x", "..", "${A:-b}", "$A", "A=1", "it's", "bind", "a.yaml"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
SERVICES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)


def read(text: str) -> None:
    refusal = None
    try:
        read_service(("compose.yaml",), "web", {"compose.yaml": text}.get, {}, "/root")
    except ParityError as error:
        refusal = error
    assert refusal is None or (refusal.message and refusal.hint)


@given(SERVICES)
def test_any_shape(service: dict[str, Any]) -> None:
    read(json.dumps({"services": {"web": service}}))


@given(st.text(alphabet="services:web \n-[]{}&*<!|>'\"$#,", max_size=80))
def test_any_text(text: str) -> None:
    read(text)


@given(
    st.text(alphabet="ABCxyz019", min_size=12, max_size=20), st.sampled_from(["DB_PASSWORD", "API_KEY", "X"])
)
def test_no_value_of_an_unknown_variable_is_kept(value: str, name: str) -> None:
    text = json.dumps({"services": {"web": {"image": "i", "environment": {name: value}}}})
    found = read_service(("compose.yaml",), "web", {"compose.yaml": text}.get, {}, "/root")
    assert name in found.environment
    assert value not in repr(found)
