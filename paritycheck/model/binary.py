"""What one ELF file says to the loader: what it needs, where to look for it, and for which machine it is."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Libc = Literal["", "gnu", "musl"]
_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)")


class SharedObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """A shared library, an extension module or a program.

    ``needed`` are the DT_NEEDED names in order; ``rpath`` and ``runpath`` the directories of DT_RPATH and
    DT_RUNPATH as they are written (``$ORIGIN/../x.libs``). ``machine`` as ``uname -m`` names it, ``bits``
    32 or 64. ``libc``: the C library that it was linked to (``""``: it does not say). ``interpreter``
    is a program's loader. ``versions`` are the symbol versions that must be there, as (library, version),
    ``defines`` those that the file has itself.
    """

    soname: str = ""
    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    machine: str = ""
    bits: int = 64
    libc: Libc = ""
    interpreter: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    defines: tuple[str, ...] = ()

    @property
    def glibc(self) -> str:
        """The oldest GNU C library that has all it needs, as ``2.34``; empty if it needs none."""
        found = (_GLIBC.fullmatch(version) for _, version in self.versions)
        numbers = [(int(match[1]), int(match[2])) for match in found if match]
        return "{}.{}".format(*max(numbers)) if numbers else ""
