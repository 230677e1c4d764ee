import bz2
import contextlib
import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from paritycheck.capture.resolving import sourcearchive
from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import Target
from paritycheck.capture.resolving.shelf import Shelf
from paritycheck.capture.resolving.sourcearchive import unpack
from paritycheck.capture.resolving.sourcerelease import SourceRelease, describe_source
from tests.capture.resolving.index import make_source, make_tar, make_wheel, serve

INFO = "Metadata-Version: {}\nName: pack\nVersion: 1.0\n"


def described(files: Mapping[str, str]) -> SourceRelease | None:
    return describe_source("pack", "1.0", {path: text.encode() for path, text in files.items()})


@pytest.mark.parametrize(
    ("files", "requires"),
    [
        ({"pack.egg-info/PKG-INFO": INFO.format("1.0")}, ()),
        (
            {
                "src/pack.egg-info/PKG-INFO": INFO.format("2.1"),
                "src/pack.egg-info/requires.txt": "a>=1\n\n[:python_version<'3']\nb\n\n[web]\nc\n",
            },
            ("a>=1", "b; python_version<'3'", 'c; extra == "web"'),
        ),
        ({"PKG-INFO": INFO.format("2.1") + "Requires-Dist: a (>=1)\n"}, ("a (>=1)",)),
        ({"PKG-INFO": INFO.format("2.2")}, ()),
        ({"PKG-INFO": INFO.format("2.2") + "Dynamic: Requires-Dist\n"}, None),
        ({"PKG-INFO": INFO.format("2.1")}, None),
        ({"PKG-INFO": INFO.format("1.1"), "setup.py": "setup(name='pack', install_requires=deps())"}, None),
        ({"setup.py": "setup(name='pack', install_requires=['a'])"}, ("a",)),
        (
            {
                "PKG-INFO": INFO.format("2.1"),
                "pyproject.toml": (
                    "[project]\nname = 'pack'\ndependencies = ['a; os_name == \"posix\"']\n"
                    "optional-dependencies.web = ['c[d]>1']\n"
                ),
            },
            ('a ; (os_name == "posix")', 'c[d]>1 ; extra == "web"'),
        ),
        ({"pyproject.toml": "[project]\nname = 'pack'\ndynamic = ['dependencies']\n"}, None),
        (
            {"pack.egg-info/PKG-INFO": INFO.format("2.1"), "pack.egg-info/requires.txt": "what is this\n"},
            None,
        ),
        ({}, None),
    ],
)
def test_reads_what_an_archive_says_it_requires(
    files: dict[str, str], requires: tuple[str, ...] | None
) -> None:
    found = described(files)
    assert (found.requires if found else None) == requires


@pytest.mark.parametrize(
    ("files", "top", "installed"),
    [
        (("pack/__init__.py", "pack/a.txt", "tests/__init__.py"), "pack", {"pack/__init__.py", "pack/a.txt"}),
        (("src/pack/__init__.py", "src/pack/f.pyx"), "pack", {"pack/__init__.py", "pack/f.pyx", "pack/f.so"}),
        (("one.py", "two.py"), "one", {"one.py"}),
        (("ext/fast.c", "pack/__init__.py"), "fast\npack", {"fast.so", "pack/__init__.py"}),
        (("code/__init__.py",), "renamed", {"renamed/__init__.py"}),
        (("elsewhere/pack/__init__.py",), "pack", None),
        (("lib/pack/__init__.py",), "", {"pack/__init__.py"}),
        (("other/__init__.py",), "", None),
    ],
)  # fmt: skip
def test_lists_what_an_archive_would_install(
    files: tuple[str, ...], top: str, installed: set[str] | None
) -> None:
    beside = "src/" if any(path.startswith("src/") for path in files) else ""
    found = described(
        {
            **dict.fromkeys(files, ""),
            f"{beside}pack.egg-info/PKG-INFO": INFO.format("2.1"),
            f"{beside}pack.egg-info/top_level.txt": top,
            "setup.py": "setup(name='pack', package_dir={'renamed': 'code'})",
        }
    )
    assert found is not None
    folder = "pack-1.0.dist-info"
    own = {f"{folder}/METADATA", f"{folder}/top_level.txt"}
    assert (None if found.paths is None else found.paths.keys() - own) == installed


@pytest.mark.parametrize(
    ("said", "installed"),
    [
        ("packages=['one', 'one.sub'], py_modules=['two']", {"one/__init__.py", "two.py"}),
        ("packages=find_packages()", None),
        ("packages=names()", None),
    ],
)
def test_without_metadata_a_literal_script_tells(said: str, installed: set[str] | None) -> None:
    files = dict.fromkeys(("one/__init__.py", "two.py", "three.py"), "")
    found = described({**files, "setup.py": f"setup(name='pack', {said})"})
    assert found is not None
    assert (
        None if found.paths is None else found.paths.keys() - {"pack-1.0.dist-info/METADATA"}
    ) == installed


def test_the_newest_release_is_read_and_only_where_nothing_fits_without_a_build() -> None:
    old_wheel = make_wheel("pack", "0.9")
    other = make_wheel("pack", "2.0", tag="cp39-cp39-win_amd64")
    sources = (
        make_source("pack", "1.0"),
        make_source("pack", "2.0", requires="dep\n"),
        make_source("pack", "3.0a1"),
    )
    with (
        serve(old_wheel, other, *sources) as index,
        contextlib.closing(Shelf(index.url, Memory(None))) as shelf,
    ):

        def versions(specifier: str) -> list[str]:
            return [each.version for each in shelf.sources([("Pack", specifier)], Target(12))]

        assert versions("") == ["2.0"]
        assert versions("<2") == ["1.0"]
        assert versions("<1") == []
        assert versions(">=3.0a1") == ["3.0a1"]
        assert versions("~nonsense") == []
        assert shelf.listing("pack", "2.0") is not None
        assert shelf.read("pack", "2.0", "pack/__init__.py") == b""
        assert b"Requires-Dist: dep\n" in (shelf.read("pack", "2.0", "pack-2.0.dist-info/METADATA") or b"")
        assert shelf.read("pack", "2.0", "setup.py") is None


def test_an_archive_is_fetched_once_in_all_runs(tmp_path: Path) -> None:
    with serve(make_source("pack", "1.0", {"pack/more.py": "x = 1\n"})) as index:
        asked = []
        for _ in range(2):
            with contextlib.closing(Shelf(index.url, Memory(tmp_path))) as shelf:
                shelf.sources([("pack", "")], Target(12))
                assert "pack/more.py" in (shelf.listing("pack", "1.0") or ())
                assert shelf.read("pack", "1.0", "pack/more.py") == b"x = 1\n"
            asked.append(len(index.asked))
    assert asked == [2, 2]


def test_hostile_archives_stay_in_their_place() -> None:
    hostile: dict[str, str | bytes] = {
        "../../outside.py": "",
        "pack/../../../outside.py": "",
        "pack/\x1b[31m.py": "",
        "pack/link.py": "-> /etc/passwd",
        "pack/large.py": b"\0" * (2 << 20),
        "pack/good.py": "x = 1\n",
        "pack/back\\slash.py": "",
    }
    found = unpack(*make_source("pack", "1.0", hostile))
    assert found is not None
    assert {path for path in found if path.startswith("pack/")} == {
        "pack/__init__.py", "pack/large.py", "pack/good.py"
    }  # fmt: skip
    assert found["pack/large.py"] is None
    assert not any("outside" in path for path in found)


def _with_a_device() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for kind, link in (
            (tarfile.CHRTYPE, ""),
            (tarfile.LNKTYPE, "../../etc/passwd"),
            (tarfile.FIFOTYPE, ""),
        ):
            member = tarfile.TarInfo("pack-1.0/odd.py")
            member.type, member.linkname = kind, link
            archive.addfile(member)
    return held.getvalue()


def test_links_and_devices_are_no_files() -> None:
    assert unpack("pack-1.0.tar.gz", _with_a_device()) == {}


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("pack-1.0.tar.gz", b"no archive"),
        ("pack-1.0.tar.gz", gzip.compress(b"no tar" * 1000)),
        ("pack-1.0.tar.gz", make_tar("pack-1.0", {"a.py": "x"})[:40]),
        ("pack-1.0.tar.bz2", b"BZh9nothing"),
        ("pack-1.0.zip", b"PK\x05\x06"),
    ],
    ids=["no gzip", "no tar", "cut", "no bzip2", "no zip"],
)
def test_what_is_no_archive_is_not_to_be_had(filename: str, data: bytes) -> None:
    assert unpack(filename, data) is None


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sourcearchive, "UNPACKED", 1 << 20)
    tar = gzip.decompress(make_tar("pack-1.0", {"bomb.bin": b"\0" * (4 << 20)}))
    assert unpack("pack-1.0.tar.gz", gzip.compress(tar)) is None
    assert unpack("pack-1.0.tar.bz2", bz2.compress(tar)) is None


def test_a_zip_holds_the_same() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        link = zipfile.ZipInfo("pack-1.0/link.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("pack-1.0/setup.py", "setup(name='pack')")
        archive.writestr("pack-1.0/../../out.py", "")
    assert unpack("pack-1.0.zip", held.getvalue()) == {"setup.py": b"setup(name='pack')"}
