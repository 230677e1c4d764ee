"""What the container's dynamic loader would find for a compiled file, and what not.

Facts: ld.so(8); glibc, elf/dl-load.c (``_dl_map_object``: DT_RPATH of the file and of those that loaded it
unless there is DT_RUNPATH, LD_LIBRARY_PATH, DT_RUNPATH of the file alone, the cache, the default
directories; a file for another machine is passed over) and elf/dl-version.c; musl, ldso/dynlink.c
(``load_library``: names that musl is itself, LD_LIBRARY_PATH, the paths of the file and of those that
loaded it, the system's).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from paritycheck.model.binary import SharedObject
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.linking.directories import TRIPLES, gnu_directories, musl_directories

Trouble = Literal["absent", "machine", "libc", "version"]
_KERNEL = ("linux-vdso.so.1", "linux-gate.so.1")
_MUSL_ITSELF = re.compile(r"lib(?:c|pthread|rt|m|dl|util|xnet)\.")
_COMPATIBLE = re.compile(r"ld-linux.*\.so\.\d+")  # gcompat: programs for glibc run on musl, mostly
_TOKEN = re.compile(r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM))")
MOST_LOADED = 5000


class Missing(msgspec.Struct, frozen=True):
    """Why a file cannot be loaded: ``library`` is what ``needed_by`` (absolute) lacks.

    ``machine`` and ``libc``: it is there, or ``needed_by`` itself is, for another machine or C library.
    ``detail``: what is found instead, or which version is missing.
    """

    library: str
    needed_by: str
    trouble: Trouble = "absent"
    detail: str = ""


class _Loaded(msgspec.Struct, frozen=True):
    """A file in memory, and what loaded it, the nearest first."""

    path: str
    object: SharedObject
    above: tuple[_Loaded, ...] = ()


class Loader:
    """The loader of one container, for what ``program`` (the interpreter, absolute) loads.

    ``objects`` tells of files by tree path. Answers are kept.
    """

    def __init__(
        self,
        files: ImageFiles,
        objects: Mapping[str, SharedObject],
        program: str,
        library_path: str = "",
        cwd: str = "/",
    ) -> None:
        self._files = files
        self._objects = objects
        self.program = self.object(program)
        self._origin = _Loaded(program, self.program) if self.program else None
        loader = self.program.interpreter if self.program else ""
        self.musl = "ld-musl-" in loader
        self.machine = self.program.machine if self.program else ""
        named = re.split("[:;]", library_path) if library_path else ()
        self._environment = tuple(posixpath.join(cwd, each) for each in named)
        self._system = musl_directories(files, loader) if self.musl else gnu_directories(files, self.machine)
        self._compatible = any(
            _COMPATIBLE.fullmatch(name) for each in ("/lib", "/lib64") for name in files.names(each)
        )
        self._present: dict[str, _Loaded | None] = dict.fromkeys((*_KERNEL, posixpath.basename(loader)))
        self._ready = self._origin is not None
        if self._origin is not None:
            self._close(self._origin, self._present)

    @property
    def ready(self) -> bool:
        """Whether the interpreter's program is known, so that anything can be told at all."""
        return self._ready

    @property
    def directories(self) -> tuple[str, ...]:
        """Where it looks for what a program opens by name."""
        return (*self._environment, *self._system)

    def object(self, path: str) -> SharedObject | None:
        """Return what the file at the absolute ``path`` says, links followed."""
        entry = self._files.entry(path)
        return None if entry is None or entry.kind != "file" else self._objects.get(entry.path)

    def missing(self, path: str) -> tuple[Missing, ...]:
        """Return why importing the extension module at ``path`` (absolute) would fail; empty if it would not.

        A file that cannot be understood is not judged.
        """
        known = self.object(path)
        if known is None or self._origin is None:
            return ()
        wrong = self._foreign(path, known)
        if wrong is not None:
            return (wrong,)
        present = dict(self._present)
        return self._close(_Loaded(path, known, (self._origin,)), present)

    def find(self, name: str, caller: str = "") -> str | None:
        """Return the file that ``dlopen(name)`` finds, called from the compiled file ``caller``."""
        if self._origin is None or name in self._present or (self.musl and _MUSL_ITSELF.match(name)):
            return name
        known = self.object(caller) if caller else None
        by = _Loaded(caller, known, (self._origin,)) if known else self._origin
        found = self._search(name, by)
        return found.path if isinstance(found, _Loaded) else None

    def _close(self, first: _Loaded, present: dict[str, _Loaded | None]) -> tuple[Missing, ...]:
        """Load what ``first`` needs, breadth first, into ``present``; return what is missing."""
        missing: list[Missing] = []
        waiting = [first]
        loaded = [first]
        while waiting and len(loaded) < MOST_LOADED:
            by = waiting.pop(0)
            for name in by.object.needed:
                if name in present or (self.musl and _MUSL_ITSELF.match(name)):
                    continue
                found = self._search(name, by)
                if isinstance(found, Missing):
                    missing.append(found)
                    continue
                for each in {name, found.object.soname} - {""}:
                    present.setdefault(each, found)
                waiting.append(found)
                loaded.append(found)
        if not self.musl:
            missing += [each for one in loaded for each in _unversioned(one, present)]
        return tuple(dict.fromkeys(missing))

    def _search(self, name: str, by: _Loaded) -> _Loaded | Missing:
        if "/" in name:
            directories = self._expand((posixpath.dirname(name),), by)
        else:
            directories = self._gnu_search(by) if not self.musl else self._musl_search(by)
        tail = posixpath.basename(name)
        other = ""
        for directory in dict.fromkeys(directories):
            path = posixpath.normpath(posixpath.join("/", directory, tail))
            if not self._files.is_file(path):
                continue
            known = self.object(path)
            if known is None:
                continue  # a linker script, or damaged
            if known.machine == self.machine and known.bits == (self.program or known).bits:
                return _Loaded(path, known, (by, *by.above))
            other = other or f"{path} is for {known.machine}"
        foreign = name.startswith("libc.musl-") and not self.musl
        trouble: Trouble = "machine" if other else "libc" if foreign else "absent"
        return Missing(name, by.path, trouble, other or (_BUILT_FOR["musl"] if foreign else ""))

    def _gnu_search(self, by: _Loaded) -> Iterator[str]:
        if not by.object.runpath:
            for each in (by, *by.above):
                if not each.object.runpath:
                    yield from self._expand(each.object.rpath, each)
        yield from self._environment
        yield from self._expand(by.object.runpath, by)
        yield from self._system

    def _musl_search(self, by: _Loaded) -> Iterator[str]:
        yield from self._environment
        for each in (by, *by.above):
            yield from self._expand(each.object.runpath or each.object.rpath, each)
        yield from self._system

    def _expand(self, directories: Sequence[str], by: _Loaded) -> Iterator[str]:
        values = {"ORIGIN": posixpath.dirname(by.path), "PLATFORM": self.machine, "LIB": ""}
        for directory in directories:
            for library in ("lib64", f"lib/{TRIPLES.get(self.machine, '')}", "lib"):
                values["LIB"] = library
                yield _TOKEN.sub(lambda match: values[match[1] or match[2]], directory)
                if "LIB" not in directory:
                    break

    def _foreign(self, path: str, known: SharedObject) -> Missing | None:
        """Return what is wrong with the file itself, if it is not for this container."""
        name = posixpath.basename(path)
        if known.machine != self.machine:
            return Missing(name, path, "machine", f"it is for {known.machine}")
        if self.musl and known.libc == "gnu" and not self._compatible:
            return Missing(name, path, "libc", _BUILT_FOR["gnu"])
        if not self.musl and known.libc == "musl":
            return Missing(name, path, "libc", _BUILT_FOR["musl"])
        return None


_BUILT_FOR = {
    "gnu": "it is built for the GNU C library, and the container has musl",
    "musl": "it is built for musl, and the container has the GNU C library",
}


def _unversioned(one: _Loaded, present: Mapping[str, _Loaded | None]) -> Iterator[Missing]:
    """Yield the symbol versions that the libraries found do not have; one without any is not refused."""
    for library, version in one.object.versions:
        found = present.get(library)
        if found is not None and found.object.defines and version not in found.object.defines:
            yield Missing(library, one.path, "version", version)
