import pytest

from paritycheck.parse.python.distmetadata import (
    Metadata,
    module_names,
    parse_direct_url,
    parse_metadata,
    parse_record,
    parse_requires_txt,
    parse_scripts,
)


@pytest.mark.parametrize(
    ("content", "metadata"),
    [
        (b"", None),
        (b"Version: 1\n", None),
        (b"Name:\nVersion: 1\n", None),
        (b"Name: a\nVersion: 1\n\nName: b\nRequires-Dist: no\n", Metadata("a", "1")),
        (b"name:a\r\nVERSION: 1\r\n\r\nRequires-Dist: no\r\n", Metadata("a", "1")),
        (b"Name: a\nVersion: 1\nRequires-Dist: x\nRequires-Dist: y;\n  extra == 'z'\n",
         Metadata("a", "1", ("x", "y; extra == 'z'"))),
        (b"Description: Name\n        Name: b\nName: a\n", Metadata("a", "")),
        (b"\xef\xbb\xbfName: a\nAuthor: \xff\n", Metadata("a", "")),
    ],
)  # fmt: skip
def test_metadata(content: bytes, metadata: Metadata | None) -> None:
    assert parse_metadata(content) == metadata


def test_requires_txt() -> None:
    content = (
        b"a>=1\nb\n\n[x]\nc\n[x:python_version < '3']\nd\n[:os_name == 'nt']\ne\nf @ https://host/f.whl\n"
    )
    assert parse_requires_txt(content) == (
        "a>=1",
        "b",
        'c; extra == "x"',
        "d; (python_version < '3') and extra == \"x\"",
        "e; os_name == 'nt'",
        "f @ https://host/f.whl ; os_name == 'nt'",
    )


@pytest.mark.parametrize(
    ("content", "scripts"),
    [
        (b"", ()),
        (b"no section", ()),
        (b"[gui_scripts]\na = b:c\n", ()),
        (b"[console_scripts]\nA-b = pkg.mod:main\nc=d:e [extra]\nempty\n[other]\nx = y\n",
         ("A-b=pkg.mod:main", "c=d:e")),
        (b"[console_scripts]\na:b = c:d\n", ("a:b=c:d",)),
    ],
)  # fmt: skip
def test_scripts(content: bytes, scripts: tuple[str, ...]) -> None:
    assert parse_scripts(content) == scripts


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"{", ("", "")),
        (b"[]", ("", "")),
        (b'{"url": 3}', ("", "")),
        (b'{"url": "file:///a%20b", "dir_info": {"editable": true}}', ("file:///a%20b", "/a b")),
        (b'{"url": "file:///a", "dir_info": {}}', ("file:///a", "")),
        (b'{"url": "https://u:p@h/x", "dir_info": {"editable": true}}', ("https://h/x", "")),
        (b'{"url": "ssh://git@h/x@1", "vcs_info": {}}', ("ssh://h/x@1", "")),
    ],
)
def test_direct_url(content: bytes, answer: tuple[str, str]) -> None:
    assert parse_direct_url(content) == answer


def test_record() -> None:
    content = b'a/__init__.py,sha256=x,1\r\n"b, ""c"".py",,\n../../bin/x.py,,\n/abs.py,,\nd.txt,,\n'
    content += b"e.cpython-311.so\n"
    assert parse_record(content) == ("a/__init__.py", 'b, "c".py', "e.cpython-311.so")


@pytest.mark.parametrize(
    ("paths", "namespaces", "names"),
    [
        (["a/__init__.py", "a/b.py", "a/c/__init__.py", "a/data/x/y.py"], [], ("a",)),
        (["a.py", "_b.abi3.so", "c.cpython-312-x86_64-linux-gnu.so"], [], ("_b", "a", "c")),
        (["g/c/s/__init__.py", "g/c/s/x.py", "g/c/one.py", "g/two.py"], [], ("g.c.one", "g.c.s", "g.two")),
        (["g/__init__.py", "g/s/__init__.py", "g/one.py"], ["g"], ("g.one", "g.s")),
        (["g/__init__.py", "g/s/__init__.py"], [], ("g",)),
        (["e/__init__.cpython-312.so", "e/x.py"], [], ("e",)),
        (["not-a-name.py", "a b/__init__.py", "ok/no-name/x.py"], [], ()),
        (["/".join(["d"] * 5000) + "/x.py"], [], (".".join([*["d"] * 5000, "x"]),)),
    ],
)
def test_module_names(paths: list[str], namespaces: list[str], names: tuple[str, ...]) -> None:
    assert module_names(paths, namespaces) == names
