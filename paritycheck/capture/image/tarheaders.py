"""How a tar lists its members: POSIX ustar and PAX, GNU long names, nothing of the contents.

Reading headers by hand takes a quarter of what the standard library's tarfile takes, and it works as
well on the squeezed streams in which container stores keep the headers of a layer without its files.
Facts: POSIX.1-2017 ``pax``, section "ustar Interchange Format"; GNU tar manual, "Basic Tar Format";
Go's archive/tar for which types carry no data (the engines read layers with it).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from paritycheck.errors import SourceError

BLOCK = 512
MAX_EXTENSION = 1 << 20  # bytes of one PAX or long-name record; Go's reader has the same limit
HEADER = struct.Struct("100s8s8s8s12s12s8sc100s6s2x32s32s8s8s155s12x")
NO_DATA = frozenset(b"123456")
REGULAR = frozenset(b"\x0007")
SPARSE = 0x53

AGAIN = "save or download the image again"

ReadAt = Callable[[int, int], bytes]


class Member(NamedTuple):
    """One member. ``offset`` is where its content begins, -1 where it is not to be had (sparse files).

    ``type`` is the type flag (``0`` for every kind of regular file), ``name`` and ``link`` raw bytes.
    """

    name: bytes
    type: int
    size: int
    mode: int
    uid: int
    gid: int
    link: bytes
    offset: int


def read_members(read_at: ReadAt, size: int, what: str, *, squeezed: bool = False) -> Iterator[Member]:
    """Yield the members of the tar of ``size`` bytes whose bytes ``read_at(offset, length)`` returns.

    ``what`` names the tar in messages. ``squeezed``: the contents of regular files have been
    cut out, their padding has not.
    Raises SourceError for anything that is no tar, ends early or announces more than there is.
    """
    offset = 0
    extension: dict[bytes, bytes] = {}
    while offset < size:
        block = read_at(offset, BLOCK)
        if len(block) < BLOCK:
            raise SourceError(f"{what} ends in the middle of a header, at byte {offset}", AGAIN)
        offset += BLOCK
        if block[0] == 0 and not block.strip(b"\0"):
            return
        member = _read_header(block, offset, what)
        kind = member.type
        if kind in b"xgLK":
            if member.size > MAX_EXTENSION:
                raise SourceError(f"{what} announces a name of {member.size} bytes at byte {offset}", AGAIN)
            body = read_at(offset, member.size)
            if len(body) < member.size:
                raise SourceError(f"{what} ends in the middle of a name, at byte {offset}", AGAIN)
            if kind == 0x78:
                extension.update(_read_records(body, what))
            elif kind != 0x67:
                extension[b"path" if kind == 0x4C else b"linkpath"] = body.rstrip(b"\0")
            offset += _padded(member.size)
            continue
        if extension:
            member = _extend(member, extension, what)
            extension = {}
        data = 0 if kind in NO_DATA else member.size
        if kind == SPARSE:
            member, offset = _skip_sparse_map(member, block, offset, read_at)
        if not squeezed and offset + data > size:
            name = member.name.decode("utf-8", "backslashreplace")
            raise SourceError(
                f"{what} is cut short: {name} announces {data} bytes, {max(size - offset, 0)} are left", AGAIN
            )
        yield member._replace(offset=offset) if member.offset == 0 else member
        offset += -data % BLOCK if squeezed else _padded(data)


def _skip_sparse_map(member: Member, block: bytes, offset: int, read_at: ReadAt) -> tuple[Member, int]:
    real_size = _number(block[483:495], "a sparse file")
    more = block[482]
    while more:
        more = read_at(offset, BLOCK)[504:505] == b"\x01"
        offset += BLOCK
    return member._replace(type=0x30, size=real_size, offset=-1), offset


def _read_header(block: bytes, offset: int, what: str) -> Member:
    name, mode, uid, gid, size, _, checksum, kind, link, magic, _, _, _, _, prefix = HEADER.unpack(block)
    if magic[:5] != b"ustar" and not _has_checksum(block, checksum):
        raise SourceError(f"byte {offset - BLOCK} of {what} is no tar header", AGAIN)
    name = name.split(b"\0", 1)[0]
    if prefix[0] and magic == b"ustar\0":
        name = prefix.split(b"\0", 1)[0] + b"/" + name
    flag = kind[0]
    if flag in REGULAR:
        # Before POSIX a directory was a file whose name ends with a slash.
        flag = 0x35 if flag == 0 and name.endswith(b"/") else 0x30
    length = _number(size, what)
    if length < 0:
        raise SourceError(f"{what} announces a size below zero at byte {offset}", AGAIN)
    return Member(
        name,
        flag,
        length,
        _number(mode, what) & 0o7777,
        _number(uid, what),
        _number(gid, what),
        link.split(b"\0", 1)[0] if link[0] else b"",
        0,
    )


def _has_checksum(block: bytes, field: bytes) -> bool:
    try:
        announced = int(field.strip(b" \0"), 8)
    except ValueError:
        return False
    return announced == sum(block) - sum(block[148:156]) + 8 * 32


def _number(field: bytes, what: str) -> int:
    if field[0] & 0x80:  # GNU and star: a binary number, for what octal digits cannot hold
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big") if field[0] != 0xFF else -1
    try:
        return int(field.split(b"\0", 1)[0] or b"0", 8)
    except ValueError:
        digits = field.replace(b"\0", b" ").split()
        if not digits:
            return 0
        try:
            return int(digits[0], 8)
        except ValueError:
            raise SourceError(f"{what} holds {field!r} where a number belongs", AGAIN) from None


def _read_records(body: bytes, what: str) -> dict[bytes, bytes]:
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(body):
        length, space, _ = body[position : position + 20].partition(b" ")
        if not space or not length.isdigit() or int(length) <= len(length) + 1:
            raise SourceError(f"a PAX header of {what} is broken", AGAIN)
        key, equals, value = body[position + len(length) + 1 : position + int(length) - 1].partition(b"=")
        if not equals:
            raise SourceError(f"a PAX header of {what} is broken", AGAIN)
        records[key] = value
        position += int(length)
    return records


def _extend(member: Member, records: dict[bytes, bytes], what: str) -> Member:
    try:
        member = member._replace(
            name=records.get(b"path", member.name),
            link=records.get(b"linkpath", member.link),
            size=int(records.get(b"size", member.size)),
            uid=int(records.get(b"uid", member.uid)),
            gid=int(records.get(b"gid", member.gid)),
        )
    except ValueError:
        raise SourceError(f"a PAX header of {what} holds text where a number belongs", AGAIN) from None
    if member.size < 0:
        raise SourceError(f"a PAX header of {what} announces a size below zero", AGAIN)
    if any(key.startswith(b"GNU.sparse.") for key in records):
        return member._replace(offset=-1, name=records.get(b"GNU.sparse.name", member.name))
    return member


def _padded(size: int) -> int:
    return size + -size % BLOCK
