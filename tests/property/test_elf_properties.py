"""Whatever bytes come: an answer or none, soon, and never an exception."""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from paritycheck.model.binary import SharedObject
from paritycheck.parse.binary.elf import read_object
from tests.elffiles import elf

DRAWN = elf(
    "libc.so.6", "liba.so", soname="libx.so", runpath="$ORIGIN", interpreter="/lib64/ld-linux-x86-64.so.2",
    versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_2.34"], "liba.so": ["A_1"]}, defines=["libx.so", "X_1"],
)  # fmt: skip


@cache
def real() -> bytes:
    """A compiled module of this interpreter, a drawn file where it has none."""
    paths = sorted(Path(str(sysconfig.get_config_var("DESTSHARED"))).glob("*.so"))
    return min((path.read_bytes() for path in paths), key=len) if paths else DRAWN


changes = st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=8)), max_size=8)


@given(changes, st.booleans(), st.none() | st.integers(0, 1 << 14))
@settings(deadline=2000, max_examples=400)
def test_mutations(changes: list[tuple[int, bytes]], drawn: bool, length: int | None) -> None:
    data = bytearray(DRAWN if drawn else real())
    for place, piece in changes:
        # Mostly in the headers and the tables behind them: elsewhere nothing is read.
        place %= len(data) if drawn else min(len(data), 1 << 12)
        data[place : place + len(piece)] = piece
    found = read_object(bytes(data[:length]))
    assert found is None or isinstance(found, SharedObject)


@given(st.binary(max_size=600))
@settings(max_examples=200)
def test_anything_after_the_magic(data: bytes) -> None:
    found = read_object(b"\x7fELF\2\1\1" + data)
    assert found is None or isinstance(found, SharedObject)
