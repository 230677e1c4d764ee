"""Reading tar headers by hand gives what the standard library's tarfile gives."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paritycheck.capture.image.tarheaders import Member, read_members
from paritycheck.errors import SourceError

NAME = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=120)


def members(data: bytes) -> list[Member]:
    return list(read_members(lambda offset, length: data[offset : offset + length], len(data), "test.tar"))


def written(infos: list[tuple[tarfile.TarInfo, bytes]], form: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for info, data in infos:
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@given(
    files=st.lists(st.tuples(st.lists(NAME, min_size=1, max_size=4), st.binary(max_size=1500)), max_size=8),
    uid=st.integers(0, 2**31),
    form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_every_regular_file_is_where_tarfile_finds_it(
    files: list[tuple[list[str], bytes]], uid: int, form: int
) -> None:
    infos = []
    for parts, data in files:
        info = tarfile.TarInfo("/".join(parts))
        info.size, info.mode, info.uid, info.gid = len(data), 0o640, uid, 7
        infos.append((info, data))
    tar = written(infos, form)
    found = members(tar)
    assert [member.name.decode() for member in found] == [info.name for info, _ in infos]
    for member, (_, data) in zip(found, infos, strict=True):
        assert tar[member.offset : member.offset + member.size] == data
        assert (member.mode, member.uid, member.gid) == (0o640, uid, 7)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (tarfile.SYMTYPE, ord("2")),
        (tarfile.LNKTYPE, ord("1")),
        (tarfile.DIRTYPE, ord("5")),
        (tarfile.CHRTYPE, ord("3")),
        (tarfile.FIFOTYPE, ord("6")),
        (tarfile.AREGTYPE, ord("0")),
        (tarfile.CONTTYPE, ord("0")),
    ],
)
def test_kinds_without_content_take_no_room(flag: bytes, expected: int) -> None:
    odd = tarfile.TarInfo("odd")
    odd.type, odd.linkname = flag, "x" * 150 if flag in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    after = tarfile.TarInfo("after")
    first, second = members(written([(odd, b""), (after, b"")], tarfile.GNU_FORMAT))
    assert (first.type, first.link.decode(), second.name) == (expected, odd.linkname, b"after")


def test_a_directory_of_the_oldest_format_is_a_file_with_a_slash() -> None:
    old = tarfile.TarInfo("lib/")
    old.type = tarfile.AREGTYPE
    header = bytearray(old.tobuf(tarfile.USTAR_FORMAT))
    header[:5] = b"lib/\0"
    (member,) = members(bytes(header))
    assert member.type == ord("5")


def test_squeezed_streams_have_padding_but_no_content() -> None:
    one, two = tarfile.TarInfo("one"), tarfile.TarInfo("two")
    one.size, two.size = 700, 512
    squeezed = one.tobuf() + bytes(1024 - 700) + two.tobuf() + bytes(1024)
    found = read_members(
        lambda offset, length: squeezed[offset : offset + length], len(squeezed), "x", squeezed=True
    )
    assert [(member.name, member.size) for member in found] == [(b"one", 700), (b"two", 512)]


def header(**fields: object) -> bytes:
    info = tarfile.TarInfo("name")
    for key, value in fields.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.GNU_FORMAT)


BROKEN = {
    "no tar at all": (b"\x7fELF" + b"x" * 1020, "is no tar header"),
    "half a header": (header()[:300], "middle of a header"),
    "content cut off": (header(size=5000) + b"x" * 1000, "is cut short"),
    "petabytes": (header(size=10**15), "announces 1000000000000000 bytes, 0 are left"),
    "a name of a gigabyte": (header(type=tarfile.GNUTYPE_LONGNAME, size=2**30), "a name of 1073741824 bytes"),
    "name cut off": (header(type=tarfile.GNUTYPE_LONGNAME, size=900) + b"x" * 100, "middle of a name"),
    "PAX without sense": (header(type=tarfile.XHDTYPE, size=512) + b"hello".ljust(512), "PAX header"),
    "PAX size below zero": (
        header(type=tarfile.XHDTYPE, size=11) + b"11 size=-1\n".ljust(512, b"\0") + header(),
        "below zero",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_tars_are_refused_by_name(case: str) -> None:
    data, message = BROKEN[case]
    with pytest.raises(SourceError, match=message) as caught:
        members(data)
    assert "test.tar" in caught.value.message
    assert caught.value.hint
