"""What compiled files say, read from small drawn ones and from this interpreter's own."""

from __future__ import annotations

import io
import sys
import sysconfig
from pathlib import Path

import pytest

from paritycheck.model.binary import SharedObject
from paritycheck.parse.binary.elf import read_object
from tests.elffiles import elf

DYNLOAD = Path(str(sysconfig.get_config_var("DESTSHARED")))


def read(data: bytes) -> SharedObject:
    found = read_object(data)
    assert found is not None
    return found


def test_everything_that_a_file_says() -> None:
    data = elf(
        "libpq.so.5",
        "libc.so.6",
        soname="libx.so.1",
        rpath="/a:$ORIGIN/b",
        runpath="$ORIGIN/../x.libs",
        machine="aarch64",
        versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_2.34", "GLIBC_2.4"], "libpq.so.5": ["PG_1"]},
        defines=["libx.so.1", "X_2"],
    )
    assert read(data) == SharedObject(
        soname="libx.so.1",
        needed=("libpq.so.5", "libc.so.6"),
        rpath=("/a", "$ORIGIN/b"),
        runpath=("$ORIGIN/../x.libs",),
        machine="aarch64",
        bits=64,
        libc="gnu",
        versions=(
            ("libc.so.6", "GLIBC_2.17"),
            ("libc.so.6", "GLIBC_2.34"),
            ("libc.so.6", "GLIBC_2.4"),
            ("libpq.so.5", "PG_1"),
        ),
        defines=("libx.so.1", "X_2"),
    )
    assert read(data).glibc == "2.34"
    assert read_object(io.BytesIO(data)) == read(data)


@pytest.mark.parametrize(
    ("data", "libc"),
    [
        (elf("libc.musl-x86_64.so.1"), "musl"),
        (elf("libc.so"), "musl"),
        (elf(interpreter="/lib/ld-musl-aarch64.so.1"), "musl"),
        (elf("libm.so.6", interpreter="/lib64/ld-linux-x86-64.so.2"), "gnu"),
        (elf("libpthread.so.0", versions={"libpthread.so.0": ["GLIBC_2.2.5"]}), "gnu"),
        (elf("libfoo.so"), ""),
    ],
)
def test_the_c_library(data: bytes, libc: str) -> None:
    assert read(data).libc == libc


@pytest.mark.parametrize(
    "data",
    [b"", b"\x7fELF", b"#!/bin/sh\n", b"/* GNU ld script */ INPUT(libc.so.6)", b"\x7fELF" + bytes(400)],
)
def test_what_is_no_elf_file(data: bytes) -> None:
    assert read_object(data) is None


def test_section_headers_do_not_matter() -> None:
    data = bytearray(elf("libpq.so.5", soname="libx.so"))
    data[40:48] = (1 << 60).to_bytes(8, "little")  # e_shoff
    data[58:64] = b"\0\0\xff\xff\xff\xff"  # e_shentsize of nothing, 65535 sections
    assert read(bytes(data)).needed == ("libpq.so.5",)


@pytest.mark.skipif(
    sys.platform != "linux" or not DYNLOAD.is_dir(), reason="no compiled standard library here"
)
def test_the_interpreter_s_own_modules() -> None:
    paths = sorted(DYNLOAD.glob("*.so"))
    assert paths
    for path in paths:
        with path.open("rb") as file:
            found = read_object(file)
        assert found is not None, path
        assert found.libc in ("gnu", "musl", ""), path
        assert found == read_object(path.read_bytes())
    ssl = next((path for path in paths if path.name.startswith("_ssl.")), None)
    if ssl is not None:
        assert any(name.startswith("libssl.so") for name in read(ssl.read_bytes()).needed)
