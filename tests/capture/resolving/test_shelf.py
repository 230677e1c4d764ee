import contextlib
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from paritycheck.capture.resolving.fetching import Network
from paritycheck.capture.resolving.memory import FILE, Memory
from paritycheck.capture.resolving.releases import Artifact, Target, best_wheel
from paritycheck.capture.resolving.shelf import Shelf
from paritycheck.capture.resolving.wheels import MANY
from tests.capture.resolving.index import Index, make_wheel, serve

FILES: dict[str, str | bytes] = {
    "pack/__init__.py": "import os\n",
    "pack/_fast.cpython-312-x86_64-linux-gnu.so": b"\x7fELF",
    "pack-1.0.data/purelib/beside.py": "x = 1\n",
    "pack-1.0.data/scripts/run": "#!python\n",
    "pack-1.0.data/data/share/doc": "",
}


def opened(index: Index, directory: Path | None = None) -> contextlib.closing[Shelf]:
    return contextlib.closing(Shelf(index.url, Memory(directory)))


def test_lists_what_a_wheel_installs_and_reads_a_file_of_it() -> None:
    with serve(make_wheel("pack", "1.0", FILES)) as index, opened(index) as shelf:
        assert sorted(shelf.listing("Pack", "1.0") or ()) == [
            "beside.py",
            "pack-1.0.dist-info/METADATA",
            "pack-1.0.dist-info/RECORD",
            "pack-1.0.dist-info/WHEEL",
            "pack/__init__.py",
            "pack/_fast.so",
        ]
        assert shelf.read("pack", "1.0", "beside.py") == b"x = 1\n"
        assert shelf.read("pack", "1.0", "pack/__init__.py") == b"import os\n"
        assert shelf.read("pack", "1.0", "pack/absent.py") is None
        assert shelf.listing("pack", "2.0") is None
        assert shelf.listing("other", "1.0") is None
        assert shelf.listing("pack", "") is None


@pytest.mark.parametrize("ranges", [True, False])
def test_a_large_wheel_is_not_fetched_whole_where_the_server_knows_ranges(ranges: bool) -> None:
    noise = bytes(range(256)) * 4096
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(5):
            archive.writestr(f"big/{number}.bin", noise)
        archive.writestr("big/__init__.py", "first = True\n")
        archive.writestr("big/last.bin", noise)
    with serve(("big-1.0-py3-none-any.whl", held.getvalue())) as index, opened(index) as shelf:
        index.ranges = ranges
        assert len(shelf.listing("big", "1.0") or ()) == 7
        assert shelf.read("big", "1.0", "big/__init__.py") == b"first = True\n"
        assert shelf.read("big", "1.0", "big/3.bin") == noise
        assert len(index.asked) == (5 if ranges else 2)


def test_what_was_read_once_is_read_from_disk(tmp_path: Path) -> None:
    with serve(make_wheel("pack", "1.0", FILES)) as index:
        with opened(index, tmp_path) as first:
            paths = first.listing("pack", "1.0")
            first.read("pack", "1.0", "beside.py")
        before = len(index.asked)
        with opened(index, tmp_path) as second:
            assert second.listing("pack", "1.0") == paths
            assert second.read("pack", "1.0", "beside.py") == b"x = 1\n"
        assert len(index.asked) == before


def test_a_cache_that_is_no_database_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"something else" * 100)
    Memory(tmp_path).close()
    memory = Memory(tmp_path)
    memory.put("key", b"value")
    assert memory.get("key") == b"value"
    assert memory.get("key", 60.0) == b"value"
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as stored, stored:
        stored.execute("UPDATE kept SET at = at - 120")
    assert memory.get("key", 60.0) is None
    memory.close()


def test_hostile_wheels_stay_in_their_place() -> None:
    hostile: dict[str, str | bytes] = {
        "../outside.py": "",
        "/absolute.py": "",
        "pack/../../outside.py": "",
        "pack/\x1b[31m.py": "",
        "C:/x.py": "",
        "pack/good.py": "",
        "pack/bomb.py": b"\0" * (3 << 20),
    }
    crowd: dict[str, str | bytes] = {f"m{number}.py": "" for number in range(MANY + 10)}
    broken = ("broken-1.0-py3-none-any.whl", b"PK\x05\x06 no archive")
    wheels = (make_wheel("pack", "1.0", hostile), make_wheel("crowd", "1.0", crowd), broken)
    with serve(*wheels) as index, opened(index) as shelf:
        listed = [path for path in shelf.listing("pack", "1.0") or () if "dist-info" not in path]
        assert sorted(listed) == ["pack/bomb.py", "pack/good.py"]
        assert shelf.read("pack", "1.0", "pack/bomb.py") is None
        assert len(shelf.listing("crowd", "1.0") or ()) == MANY
        assert shelf.listing("broken", "1.0") is None


def test_only_addresses_on_the_network_are_opened() -> None:
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/x", "/etc/passwd"):
        with pytest.raises(OSError, match="address"):
            Network().fetch(url, {})


def wheel(tag: str) -> Artifact:
    return Artifact(f"pack-1.0-{tag}.whl", "")


@pytest.mark.parametrize(
    ("target", "best"),
    [
        (Target(12), "cp312-cp312-manylinux_2_17_x86_64"),
        (Target(11), "cp39-abi3-manylinux2014_x86_64"),
        (Target(12, musl=True), "cp312-cp312-musllinux_1_1_x86_64"),
        (Target(12, machine="aarch64"), "py3-none-any"),
        (Target(7), "cp37-cp37m-manylinux1_x86_64"),
        (Target(), "cp39-abi3-manylinux2014_x86_64"),  # fits the newest Python that there may be
    ],
)
def test_takes_the_wheel_that_an_installer_would(target: Target, best: str) -> None:
    tags = (
        "py3-none-any",
        "cp312-cp312-win_amd64",
        "cp37-cp37m-manylinux1_x86_64",
        "cp39-abi3-manylinux2014_x86_64",
        "cp312-cp312-musllinux_1_1_x86_64",
        "cp312-cp312-manylinux_2_17_x86_64",
    )
    assert best_wheel([wheel(tag) for tag in tags], target) == wheel(best)
