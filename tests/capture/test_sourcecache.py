"""What the cache of sources must never do: lie, fail, or lose what another run wrote."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from paritycheck.capture.parsing.cache import SourceCache
from paritycheck.capture.parsing.reading import DATA, SOURCES
from paritycheck.parse.python.datafiles import read_data
from paritycheck.parse.python.imports import parse_source

SOURCE = b"import a\ndef f():\n    from b import c as d\n"


def only_file(directory: Path) -> Path:
    (file,) = directory.glob("sources-*.sqlite")
    return file


def remember(directory: Path, *sources: bytes) -> None:
    cache = SourceCache(directory)
    for source in sources:
        assert cache.parse([source], SOURCES) == [parse_source(source)]


def test_remembers_by_content(tmp_path: Path) -> None:
    remember(tmp_path / "new", SOURCE)
    file = only_file(tmp_path / "new")
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    # The proof that the second run asks the file: what is written there counts.
    with sqlite3.connect(file) as stored:
        stored.execute("UPDATE sources SET says = ?", (b"\x80",))  # an empty map: nothing is imported
    stored.close()
    cache = SourceCache(tmp_path / "new")
    assert cache.parse([SOURCE], SOURCES)[0].imports == ()
    assert cache.parse([b"import x", SOURCE + b"# other\n"], SOURCES)[1] == parse_source(SOURCE)


def test_remembers_what_is_read_in_another_way_apart(tmp_path: Path) -> None:
    opening = b"DATA = open('a.txt')\n"
    remember(tmp_path, opening)
    for _ in range(2):
        cache = SourceCache(tmp_path)
        assert cache.parse([opening], DATA) == [read_data(opening)]
        del cache
    with sqlite3.connect(only_file(tmp_path)) as stored:
        counts = [stored.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("sources", "data")]
    stored.close()
    assert counts == [(1,), (1,)]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 9000])
def test_survives_a_broken_file_and_replaces_it(tmp_path: Path, content: bytes) -> None:
    remember(tmp_path, SOURCE)
    only_file(tmp_path).write_bytes(content)
    remember(tmp_path, SOURCE)
    remember(tmp_path, SOURCE)
    with sqlite3.connect(only_file(tmp_path)) as stored:
        assert stored.execute("SELECT count(*) FROM sources").fetchone() == (1,)
    stored.close()


@pytest.mark.parametrize("says", [b"", b"\xc1", b"\x91\x01", "text", 7])
def test_survives_a_broken_row(tmp_path: Path, says: object) -> None:
    remember(tmp_path, SOURCE)
    with sqlite3.connect(only_file(tmp_path)) as stored:
        stored.execute("UPDATE sources SET says = ?", (says,))
    stored.close()
    remember(tmp_path, SOURCE)


def test_survives_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember(tmp_path / "file" / "below", SOURCE)
    assert (tmp_path / "file").read_text() == ""


def test_keeps_what_runs_at_the_same_time_learn(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom paritycheck.capture.parsing.cache import SourceCache\n"
        "from paritycheck.capture.parsing.reading import SOURCES\n"
        "cache = SourceCache(pathlib.Path(sys.argv[1]))\n"
        "for number in range(200): cache.parse([f'import m{sys.argv[2]}_{number}'.encode()], SOURCES)\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, tmp_path, str(run)]) for run in range(4)]
    assert [run.wait(timeout=60) for run in runs] == [0] * 4
    with sqlite3.connect(only_file(tmp_path)) as stored:
        assert stored.execute("SELECT count(*) FROM sources").fetchone() == (800,)
    stored.close()


def test_files_of_versions_that_were_not_used_for_long_are_removed(tmp_path: Path) -> None:
    for age in range(1, 8):
        old = tmp_path / f"sources-{age}.sqlite"
        old.write_bytes(b"")
        os.utime(old, ns=(10**18 - age, 10**18 - age))
    (tmp_path / "notes.txt").write_text("not ours", encoding="utf-8")
    remember(tmp_path, SOURCE)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in kept if name.startswith("sources-") and len(name) < 20] == [
        "sources-1.sqlite",
        "sources-2.sqlite",
        "sources-3.sqlite",
    ]
    assert len(kept) == 5
