"""In which directories the loader of a system looks for libraries, read from the system's files.

Facts: ld.so(8) and ldconfig(8); glibc, elf/ldconfig.c (``parse_conf``), and the multiarch directories that
Debian builds it with; musl, ldso/dynlink.c (``/etc/ld-musl-ARCH.path``, or three directories).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from paritycheck.predict.environment.imagefiles import ImageFiles

# What uname says -> the name of Debian's multiarch directory.
TRIPLES = {
    "x86_64": "x86_64-linux-gnu",
    "i686": "i386-linux-gnu",
    "aarch64": "aarch64-linux-gnu",
    "armv7l": "arm-linux-gnueabihf",
    "ppc64le": "powerpc64le-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
}
MUSL_DEFAULT = ("/lib", "/usr/local/lib", "/usr/lib")
MOST_FILES = 200  # files that ld.so.conf may include


def gnu_directories(files: ImageFiles, machine: str) -> tuple[str, ...]:
    """Return where glibc's loader looks after the search paths of the files themselves.

    What ``ld.so.conf`` names counts if ``ldconfig`` has run: the loader reads its cache alone.
    """
    triple = TRIPLES.get(machine)
    own = (f"/lib/{triple}", f"/usr/lib/{triple}") if triple else ()
    configured = _configured(files) if files.is_file("/etc/ld.so.cache") else ()
    return tuple(dict.fromkeys((*configured, *own, "/lib64", "/usr/lib64", "/lib", "/usr/lib")))


def musl_directories(files: ImageFiles, loader: str) -> tuple[str, ...]:
    """Return where musl's loader (``/lib/ld-musl-x86_64.so.1``) looks."""
    match = re.search(r"ld-musl-(.+)\.so", loader)
    text = files.read_text(f"/etc/ld-musl-{match[1]}.path") if match else ""
    return tuple(part for part in re.split(r"[:\n]", text) if part) or MUSL_DEFAULT


def _configured(files: ImageFiles) -> Iterator[str]:
    waiting, seen = ["/etc/ld.so.conf"], set[str]()
    while waiting and len(seen) < MOST_FILES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        for line in files.read_text(path).splitlines():
            words = line.partition("#")[0].replace(",", " ").replace(":", " ").split()
            if words[:1] == ["include"]:
                waiting += [one for word in words[1:] for one in _included(files, path, word)]
            elif words[:1] != ["hwcap"]:
                yield from (word.partition("=")[0] for word in words if word.startswith("/"))


def _included(files: ImageFiles, path: str, pattern: str) -> list[str]:
    directory, name = posixpath.split(posixpath.join(posixpath.dirname(path), pattern))
    return [f"{directory}/{each}" for each in files.names(directory) if fnmatchcase(each, name)]
