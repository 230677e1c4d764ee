"""Which interpreter a command name leads to in an image, and where its standard library lies.

Source: CPython, Modules/getpath.py (3.11 on) and Modules/getpath.c (before): ``pyvenv.cfg`` beside
the executable or one directory above, its ``home``; else the executable with links at its last
component followed; from there upwards the first directory with ``lib/pythonX.Y/os.py``.
"""

import posixpath
import re
from collections.abc import Iterator

import msgspec

from paritycheck.model.snapshot import ImageConfig
from paritycheck.predict.environment.imagefiles import ImageFiles

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LIBRARY = re.compile(r"(python|pypy)(3)\.(\d+)(t?)")
_MAX_SCRIPT = 1 << 16  # bytes; larger executables are programs


class VirtualEnvironment(msgspec.Struct, frozen=True):
    """What ``pyvenv.cfg`` says; ``version`` as written when it was made."""

    directory: str
    home: str = ""
    system_site: bool = False
    version: str = ""


class Located(msgspec.Struct, frozen=True):
    """An interpreter found in an image; paths absolute. ``library`` is ``lib`` or ``lib64``."""

    executable: str
    program: str
    base_prefix: str
    library: str
    folder: str
    minor: tuple[int, int]
    venv: VirtualEnvironment | None = None

    @property
    def prefix(self) -> str:
        """``sys.prefix``."""
        return self.venv.directory if self.venv else self.base_prefix

    @property
    def stdlib(self) -> str:
        """The directory of the standard library."""
        return posixpath.join(self.base_prefix, self.library, self.folder)

    @property
    def pypy(self) -> bool:
        """Tell PyPy from CPython, by the name of its library."""
        return self.folder.startswith("pypy")


def locate_interpreter(
    files: ImageFiles, config: ImageConfig, executable: str
) -> tuple[Located | None, tuple[str, ...]]:
    """Return what ``executable`` (a name, or a path) runs, and what is wrong on the way."""
    problems: list[str] = []
    names = [executable, "python3"] if executable == "python" else [executable]
    for name in names:
        for path in _candidates(config, name):
            trouble = _unusable(files, path)
            if trouble:
                problems.append(trouble)
            elif files.is_file(path):
                found, why = _identify(files, config, path)
                return found, (*problems, *why)
    wanted = " or ".join(names)
    searched = "" if "/" in executable else f" on PATH {config.env.get('PATH') or DEFAULT_PATH}"
    return None, (*problems, f"no interpreter: there is no {wanted}{searched} in the image")


def _candidates(config: ImageConfig, name: str) -> Iterator[str]:
    if "/" in name:
        yield _absolute(config, name)
        return
    for directory in (config.env.get("PATH") or DEFAULT_PATH).split(":"):
        yield posixpath.join(_absolute(config, directory or "."), name)


def _absolute(config: ImageConfig, path: str) -> str:
    """Return ``path`` as seen from the image's working directory; an empty one stays empty."""
    return posixpath.normpath(posixpath.join("/", config.workdir, path)) if path else ""


def _unusable(files: ImageFiles, path: str) -> str:
    """Say why a file of the right name would be passed over; empty if it would not, or is not there."""
    if files.is_dangling(path):
        return f"{path} is a link to {files.follow(path)}, which is not in the image"
    entry = files.entry(path)
    # A tree that does not know permissions has none at all.
    if entry is not None and entry.kind == "file" and entry.mode and not entry.mode & 0o111:
        return f"{path} is not executable"
    return ""


def _identify(files: ImageFiles, config: ImageConfig, path: str) -> tuple[Located | None, tuple[str, ...]]:
    entry = files.entry(path)
    if entry is not None and entry.size <= _MAX_SCRIPT and (files.read(path) or b"").startswith(b"#!"):
        return None, (f"{path} is a script: the interpreter that it starts is not known",)
    venv = _read_venv(files, path)
    problems: list[str] = []
    program = files.follow(path)
    if venv and venv.home and not files.is_dir(venv.home):
        problems.append(f"{venv.directory}/pyvenv.cfg: home {venv.home} is not in the image")
    # With copies instead of links, only "home" leads to the interpreter that the environment is of.
    if venv and venv.home and program.startswith(venv.directory + "/"):
        names = [posixpath.basename(path), "python3", "python"]
        beside = (posixpath.join(venv.home, name) for name in names)
        program = files.follow(next((file for file in beside if files.is_file(file)), program))
    home = _absolute(config, config.env.get("PYTHONHOME") or "")
    # The last resort of CPython is the prefix that it was built with. A program that lies elsewhere
    # than it appears to (/bin where that is a link to /usr/bin) was built for where it lies.
    starts = [home] if home else [posixpath.dirname(program), posixpath.dirname(files.real(program))]
    if venv and venv.home and not home and files.is_dir(venv.home):
        starts.insert(0, venv.home)
    for start in starts:
        found = _search_up(files, start, posixpath.basename(program))
        if len(found) == 1:
            prefix, library, folder, minor = found[0]
            located = Located(path, program, prefix, library, folder, minor, venv)
            return located, (*problems, *_check_venv(files, located))
        if found:
            which = ", ".join(folder for _, _, folder, _ in found)
            return None, (*problems, f"{path}: its version is not known, the image has {which}")
    return None, (*problems, f"{path}: no standard library was found above {starts[0]}")


def _search_up(
    files: ImageFiles, directory: str, program: str
) -> list[tuple[str, str, str, tuple[int, int]]]:
    """Return (prefix, lib, pythonX.Y, version) of the nearest standard library, several if ambiguous.

    The root directory itself is never looked at: CPython stops before it.
    """
    named = _LIBRARY.match(program)
    found: list[tuple[str, str, str, tuple[int, int]]] = []
    while directory.strip("/") and not found:
        for library in ("lib", "lib64"):
            above = posixpath.join(directory, library)
            if library == "lib64" and files.link(above):
                continue
            for folder in files.names(above):
                match = _LIBRARY.fullmatch(folder)
                if match and (not named or named[0] == folder) and _is_stdlib(files, f"{above}/{folder}"):
                    found.append((directory, library, folder, (3, int(match[3]))))
        directory = posixpath.dirname(directory)
    return found


def _is_stdlib(files: ImageFiles, path: str) -> bool:
    return files.is_file(f"{path}/os.py") or files.is_file(f"{path}/os.pyc")


def _read_venv(files: ImageFiles, executable: str) -> VirtualEnvironment | None:
    beside = posixpath.dirname(executable)
    for directory in (beside, posixpath.dirname(beside)):
        content = files.read(posixpath.join(directory, "pyvenv.cfg"))
        if content is None:
            continue
        fields: dict[str, str] = {}
        for line in content.decode("utf-8", "replace").splitlines():
            key, equals, value = line.partition("=")
            if equals:
                fields[key.strip().lower()] = value.strip()
        return VirtualEnvironment(
            # sys.prefix is the parent of the executable's directory, wherever the file lies.
            directory=posixpath.dirname(beside),
            home=posixpath.normpath(posixpath.join("/", fields["home"])) if fields.get("home") else "",
            # CPython takes a missing line for "true", although venv always writes one.
            system_site=fields.get("include-system-site-packages", "true").lower() == "true",
            version=fields.get("version") or fields.get("version_info", ""),
        )
    return None


def _check_venv(files: ImageFiles, located: Located) -> tuple[str, ...]:
    venv = located.venv
    if venv is None or files.is_dir(posixpath.join(venv.directory, "lib", located.folder)):
        return ()
    made_for = [
        name for name in files.names(posixpath.join(venv.directory, "lib")) if _LIBRARY.fullmatch(name)
    ]
    if not made_for:
        return ()
    made = " and ".join(made_for)
    said = f"{venv.directory} was made for {made} but its interpreter is {located.folder}"
    return (f"{said}: its packages are not on sys.path",)
