"""What an ELF file asks of the loader, read from its program headers alone, as the loader does.

Facts: System V ABI, "Dynamic Linking"; Linux Standard Base, "Symbol Versioning"; elf.h of glibc. The headers
are read with pyelftools' definitions of them. Section headers are never looked at: the loader does not need
them, and a file without them, or with false ones, is loaded all the same.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

import msgspec
from elftools.common.exceptions import ELFError
from elftools.common.utils import struct_parse
from elftools.elf.enums import ENUM_D_TAG
from elftools.elf.structs import ELFStructs

from paritycheck.model.binary import Libc, SharedObject

# e_machine -> what uname says on such a machine.
MACHINES = {
    "EM_X86_64": "x86_64",
    "EM_386": "i686",
    "EM_AARCH64": "aarch64",
    "EM_ARM": "armv7l",
    "EM_PPC64": "ppc64le",
    "EM_S390": "s390x",
    "EM_RISCV": "riscv64",
}
# Several times what the largest real files have.
MOST_SEGMENTS = 128
MOST_TAGS = 4096
MOST_VERSIONS = 4096
LONGEST = 4096  # bytes of a name

_BROKEN = (
    ELFError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    AssertionError,
    struct.error,
)


def read_object(source: bytes | BinaryIO) -> SharedObject | None:
    """Return what a file says to the loader; ``None`` if it is no ELF file or a broken one.

    ``source`` is its content, or a file that can be read at any place: then little of it is read.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        start = file.read(64)
        if not start.startswith(b"\x7fELF") or len(start) < 52:
            return None
        return _Reading(file, start).read()
    except _BROKEN:
        return None


class _Segment(msgspec.Struct, frozen=True):
    """A program header: what lies where in the file and in memory."""

    kind: str
    offset: int
    address: int
    size: int


@cache
def _structs(little_endian: bool, bits: int) -> ELFStructs:
    """Return the definitions for one byte order and size: making them takes longer than reading a file."""
    structs = ELFStructs(little_endian=little_endian, elfclass=bits)
    structs.create_basic_structs()
    structs.create_advanced_structs()
    return structs


class _Reading:
    """One file being read."""

    def __init__(self, file: BinaryIO, start: bytes) -> None:
        self.file = file
        self.bits = {1: 32, 2: 64}[start[4]]
        self.order = {1: "<", 2: ">"}[start[5]]
        structs = _structs(self.order == "<", self.bits)
        header = struct_parse(structs.Elf_Ehdr, file, 0)
        self.machine = str(header["e_machine"])
        place, size = header["e_phoff"], header["e_phentsize"]
        count = min(header["e_phnum"], MOST_SEGMENTS) if size == structs.Elf_Phdr.sizeof() else 0
        found = (struct_parse(structs.Elf_Phdr, file, place + number * size) for number in range(count))
        self.segments = tuple(
            _Segment(str(each["p_type"]), each["p_offset"], each["p_vaddr"], each["p_filesz"])
            for each in found
        )

    def read(self) -> SharedObject:
        tags = list(self._tags())
        values = dict(tags)
        names = values.get("DT_STRTAB")
        place = None if names is None else self._place(names)

        def strings(tag: str) -> list[str]:
            return [self._string(place, value) for key, value in tags if key == tag and place is not None]

        def directories(tag: str) -> tuple[str, ...]:
            return tuple(part for text in strings(tag)[-1:] for part in text.split(":") if part)

        needed = tuple(filter(None, strings("DT_NEEDED")))
        versions = tuple(dict.fromkeys(self._required(values, place)))
        interpreter = self._interpreter()
        return SharedObject(
            soname=next(iter(strings("DT_SONAME")), ""),
            needed=needed,
            rpath=directories("DT_RPATH"),
            runpath=directories("DT_RUNPATH"),
            machine=MACHINES.get(self.machine, self.machine),
            bits=self.bits,
            libc=_libc((*needed, interpreter.rpartition("/")[2]), versions),
            interpreter=interpreter,
            versions=versions,
            defines=tuple(dict.fromkeys(self._defined(values, place))),
        )

    def _at(self, offset: int, size: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(size)

    def _place(self, address: int) -> int | None:
        """Return where in the file lies what will be at ``address`` in memory."""
        for each in self.segments:
            if each.kind == "PT_LOAD" and each.address <= address < each.address + each.size:
                return address - each.address + each.offset
        return None

    def _string(self, table: int | None, index: int) -> str:
        if table is None:
            return ""
        return self._at(table + index, LONGEST).partition(b"\0")[0].decode("utf-8", "backslashreplace")

    def _interpreter(self) -> str:
        for each in self.segments:
            if each.kind == "PT_INTERP":
                data = self._at(each.offset, min(each.size, LONGEST))
                return data.partition(b"\0")[0].decode("utf-8", "backslashreplace")
        return ""

    def _tags(self) -> Iterator[tuple[str, int]]:
        dynamic = next((each for each in self.segments if each.kind == "PT_DYNAMIC"), None)
        if dynamic is None:
            return
        form = struct.Struct(self.order + ("QQ" if self.bits == 64 else "II"))
        data = self._at(dynamic.offset, min(dynamic.size, MOST_TAGS * form.size))
        for number, value in form.iter_unpack(data[: len(data) // form.size * form.size]):
            if number == ENUM_D_TAG["DT_NULL"]:
                return
            if number in _TAGS:
                yield _TAGS[number], value

    def _required(self, values: dict[str, int], names: int | None) -> Iterator[tuple[str, str]]:
        """Yield the versions without which the loader refuses the file."""
        place = self._place(values["DT_VERNEED"]) if "DT_VERNEED" in values else None
        left = MOST_VERSIONS
        while place is not None and left > 0:
            _, count, library, first, after = struct.unpack(self.order + "HHIII", self._at(place, 16))
            name, entry = self._string(names, library), place + first
            for _ in range(min(count, left)):
                _, flags, _, version, step = struct.unpack(self.order + "IHHII", self._at(entry, 16))
                if not flags & _WEAK:
                    yield name, self._string(names, version)
                entry += step
            left -= count + 1
            place = place + after if after else None

    def _defined(self, values: dict[str, int], names: int | None) -> Iterator[str]:
        place = self._place(values["DT_VERDEF"]) if "DT_VERDEF" in values else None
        left = MOST_VERSIONS
        while place is not None and left > 0:
            fields = struct.unpack(self.order + "HHHHIII", self._at(place, 20))
            first, after = fields[5:]
            (version,) = struct.unpack(self.order + "I", self._at(place + first, 4))
            yield self._string(names, version)
            left -= 1
            place = place + after if after else None


_WEAK = 2  # VER_FLG_WEAK
_WANTED = "DT_NEEDED DT_STRTAB DT_SONAME DT_RPATH DT_RUNPATH DT_VERNEED DT_VERDEF"
_TAGS = {ENUM_D_TAG[name]: name for name in _WANTED.split()}


def _libc(names: tuple[str, ...], versions: tuple[tuple[str, str], ...]) -> Libc:
    if any(name.startswith(("libc.musl-", "ld-musl-")) or name == "libc.so" for name in names):
        return "musl"
    if any(name.startswith(("libc.so.", "ld-linux", "ld64.so.")) for name in names):
        return "gnu"
    return "gnu" if any(version.startswith("GLIBC_") for _, version in versions) else ""
