"""What the loader of a container finds: drawn systems of both C libraries."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.model.binary import SharedObject
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.binary.elf import read_object
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.linking.loader import Loader, Missing
from tests.elffiles import elf

GNU = "/lib64/ld-linux-x86-64.so.2"
PYTHON = elf("libpython3.12.so.1.0", "libc.so.6", interpreter=GNU)
LIBC = elf(soname="libc.so.6", defines=["libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34"])
SYSTEM: dict[str, bytes] = {
    "usr/local/bin/python3": PYTHON,
    "usr/local/lib/libpython3.12.so.1.0": elf("libc.so.6", soname="libpython3.12.so.1.0"),
    "usr/lib/x86_64-linux-gnu/libc.so.6": LIBC,
    "etc/ld.so.cache": b"",
    "etc/ld.so.conf": b"# the rest\ninclude /etc/ld.so.conf.d/*.conf\n",
    "etc/ld.so.conf.d/libc.conf": b"/usr/local/lib\n",
}
SITE = "usr/local/lib/python3.12/site-packages"
MODULE = f"{SITE}/psycopg2/_psycopg.so"


def loader(files: Mapping[str, bytes], library_path: str = "") -> Loader:
    tree = FileTree(FileEntry(path, "file", len(data)) for path, data in files.items())
    found: dict[str, SharedObject] = {}
    for path, data in files.items():
        known = read_object(data)
        if known is not None:
            found[path] = known
    return Loader(ImageFiles(tree, files.get), found, "/usr/local/bin/python3", library_path)


def absent(library: str, by: str = MODULE) -> Missing:
    return Missing(library, "/" + by)


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ({MODULE: elf("libpq.so.5", "libc.so.6")}, (absent("libpq.so.5"),)),
        ({MODULE: elf("libpython3.12.so.1.0", "libc.so.6")}, ()),
        (
            {MODULE: elf("libpq.so.5"), "usr/lib/x86_64-linux-gnu/libpq.so.5": elf("libldap.so.2")},
            (absent("libldap.so.2", "usr/lib/x86_64-linux-gnu/libpq.so.5"),),
        ),
        ({MODULE: elf("libpq.so.5"), "usr/local/lib/libpq.so.5": elf("libc.so.6")}, ()),
        ({MODULE: elf("libpq.so.5"), "opt/lib/libpq.so.5": elf("libc.so.6")}, (absent("libpq.so.5"),)),
        ({MODULE: elf("libpq.so.5"), f"{SITE}/psycopg2.libs/libpq.so.5": elf()}, (absent("libpq.so.5"),)),
    ],
    ids=["not there", "loaded already", "needed by a library", "ld.so.conf", "elsewhere", "no search path"],
)
def test_where_glibc_looks(more: dict[str, bytes], missing: tuple[Missing, ...]) -> None:
    assert loader({**SYSTEM, **more}).missing("/" + MODULE) == missing


@pytest.mark.parametrize("path", ["$ORIGIN/../psycopg2.libs", "${ORIGIN}/../psycopg2.libs"])
@pytest.mark.parametrize("tag", ["rpath", "runpath"])
def test_the_wheel_s_own_libraries(path: str, tag: str) -> None:
    own = {f"{SITE}/psycopg2.libs/libpq.so.5": elf("libssl.so.3"), f"{SITE}/psycopg2.libs/libssl.so.3": elf()}
    module = elf("libpq.so.5", rpath=path) if tag == "rpath" else elf("libpq.so.5", runpath=path)
    found = loader({**SYSTEM, MODULE: module, **own}).missing("/" + MODULE)
    # DT_RPATH holds for what the file loads in turn, DT_RUNPATH for the file alone.
    assert found == (() if tag == "rpath" else (absent("libssl.so.3", f"{SITE}/psycopg2.libs/libpq.so.5"),))


def test_runpath_makes_rpath_void() -> None:
    both = elf("libpq.so.5", rpath="/opt/lib", runpath="/gone")
    files = {**SYSTEM, MODULE: both, "opt/lib/libpq.so.5": elf()}
    assert loader(files).missing("/" + MODULE) == (absent("libpq.so.5"),)


def test_the_library_path_of_the_image() -> None:
    files = {**SYSTEM, MODULE: elf("libpq.so.5"), "opt/lib/libpq.so.5": elf()}
    assert loader(files, "/none:/opt/lib").missing("/" + MODULE) == ()


def test_ld_so_conf_needs_its_cache() -> None:
    files = {**SYSTEM, MODULE: elf("libpq.so.5"), "usr/local/lib/libpq.so.5": elf()}
    del files["etc/ld.so.cache"]
    assert loader(files).missing("/" + MODULE) == (absent("libpq.so.5"),)


def test_another_machine_is_passed_over() -> None:
    files = {**SYSTEM, MODULE: elf("libpq.so.5"), "usr/local/lib/libpq.so.5": elf(machine="aarch64")}
    (found,) = loader(files).missing("/" + MODULE)
    assert (found.library, found.trouble, found.detail) == (
        "libpq.so.5",
        "machine",
        "/usr/local/lib/libpq.so.5 is for aarch64",
    )
    (found,) = loader({**SYSTEM, MODULE: elf(machine="aarch64")}).missing("/" + MODULE)
    assert (found.library, found.trouble) == ("_psycopg.so", "machine")


def test_a_newer_glibc_than_the_image_has() -> None:
    module = elf("libc.so.6", versions={"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.38"]})
    assert loader({**SYSTEM, MODULE: module}).missing("/" + MODULE) == (
        Missing("libc.so.6", "/" + MODULE, "version", "GLIBC_2.38"),
    )


MUSL = {
    "usr/local/bin/python3": elf("libc.musl-x86_64.so.1", interpreter="/lib/ld-musl-x86_64.so.1"),
    "lib/ld-musl-x86_64.so.1": elf(soname="libc.musl-x86_64.so.1"),
    "usr/lib/libssl.so.3": elf("libc.musl-x86_64.so.1"),
}


@pytest.mark.parametrize(
    ("module", "trouble"),
    [
        (elf("libssl.so.3", "libc.musl-x86_64.so.1"), None),
        (elf("libc.so"), None),
        (elf("libpq.so.5", "libc.musl-x86_64.so.1"), "absent"),
        (elf("libc.so.6", versions={"libc.so.6": ["GLIBC_2.17"]}), "libc"),
    ],
)
def test_musl(module: bytes, trouble: str | None) -> None:
    found = loader({**MUSL, MODULE: module}).missing("/" + MODULE)
    assert [each.trouble for each in found] == ([trouble] if trouble else [])


def test_musl_has_its_own_path_file() -> None:
    files = {**MUSL, MODULE: elf("libpq.so.5"), "opt/lib/libpq.so.5": elf()}
    assert loader(files).missing("/" + MODULE)
    files["etc/ld-musl-x86_64.path"] = b"/lib:/usr/lib\n/opt/lib\n"
    assert loader(files).missing("/" + MODULE) == ()


def test_musl_on_glibc() -> None:
    (found,) = loader({**SYSTEM, MODULE: elf("libc.musl-x86_64.so.1")}).missing("/" + MODULE)
    assert found.trouble == "libc"


def test_libraries_that_need_each_other() -> None:
    round_about = {
        MODULE: elf("liba.so"),
        "usr/lib/liba.so": elf("libb.so"),
        "usr/lib/libb.so": elf("liba.so", "libgone.so"),
    }
    assert loader({**SYSTEM, **round_about}).missing("/" + MODULE) == (
        absent("libgone.so", "usr/lib/libb.so"),
    )


def test_without_its_program_nothing_is_judged() -> None:
    files = {**SYSTEM, MODULE: elf("libpq.so.5")}
    del files["usr/local/bin/python3"]
    found = loader(files)
    assert not found.ready
    assert found.missing("/" + MODULE) == ()
