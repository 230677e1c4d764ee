"""Small ELF files for tests: a header, two program headers, and a dynamic section; nothing that could run."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

MACHINES = {"x86_64": 62, "aarch64": 183, "i686": 3, "armv7l": 40}
NEEDED, STRTAB, SONAME, RPATH, RUNPATH = 1, 5, 14, 15, 29
VERDEF, VERNEED = 0x6FFFFFFC, 0x6FFFFFFE
HEADER, SEGMENT = 64, 56


def elf(
    *needed: str,
    soname: str = "",
    rpath: str = "",
    runpath: str = "",
    machine: str = "x86_64",
    interpreter: str = "",
    versions: Mapping[str, Sequence[str]] | None = None,
    defines: Sequence[str] = (),
) -> bytes:
    """Return a 64-bit shared object that says this; ``versions`` are those it requires, by library."""
    names = bytearray(b"\0")

    def name(text: str) -> int:
        names.extend(text.encode() + b"\0")
        return len(names) - len(text.encode()) - 1

    tags = [(NEEDED, name(each)) for each in needed]
    tags += [
        (tag, name(text)) for tag, text in ((SONAME, soname), (RPATH, rpath), (RUNPATH, runpath)) if text
    ]
    required = _required(
        {name(library): [name(one) for one in each] for library, each in (versions or {}).items()}
    )
    defined = _defined([name(each) for each in defines])
    start = HEADER + 3 * SEGMENT
    program = interpreter.encode() + b"\0" if interpreter else b""
    places = [start]
    for part in (program, bytes(names), required, defined):
        places.append(places[-1] + len(part))
    tags.append((STRTAB, places[1]))
    tags += [(VERNEED, places[2])] if required else []
    tags += [(VERDEF, places[3])] if defined else []
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in (*tags, (0, 0)))
    whole = places[4] + len(dynamic)
    segments = [(1, 0, whole), (2, places[4], len(dynamic)), (3 if program else 0, places[0], len(program))]
    header = b"\x7fELF\2\1\1" + bytes(9)
    header += struct.pack(
        "<HHIQQQIHHHHHH", 3, MACHINES[machine], 1, 0, HEADER, 0, 0, HEADER, SEGMENT, len(segments), 64, 0, 0
    )
    table = b"".join(
        struct.pack("<IIQQQQQQ", kind, 4, offset, offset, offset, size, size, 1)
        for kind, offset, size in segments
    )
    return header + table + program + bytes(names) + required + defined + dynamic


def _required(libraries: Mapping[int, Sequence[int]]) -> bytes:
    """Version needs: an entry for each library, followed by its versions."""
    blocks = []
    for number, (library, versions) in enumerate(libraries.items(), start=1):
        after = 16 + 16 * len(versions) if number < len(libraries) else 0
        blocks.append(struct.pack("<HHIII", 1, len(versions), library, 16, after))
        for place, version in enumerate(versions, start=1):
            blocks.append(struct.pack("<IHHII", 0, 0, 2, version, 16 if place < len(versions) else 0))
    return b"".join(blocks)


def _defined(versions: Sequence[int]) -> bytes:
    """Version definitions, one name each."""
    return b"".join(
        struct.pack("<HHHHIII", 1, 0, number, 1, 0, 20, 28 if number < len(versions) else 0)
        + struct.pack("<II", version, 0)
        for number, version in enumerate(versions, start=1)
    )
