"""The ``sys.path`` that an interpreter in an image starts with, before the start command adds to it.

Sources: CPython, Modules/getpath.py (PYTHONPATH, zip, library, lib-dynload) and Lib/site.py
(``main``: duplicates out, virtual environment, user site, site directories; ``addsitedir``).
Debian's Lib/site.py adds ``local/lib/pythonX.Y/dist-packages`` and ``lib/python3/dist-packages``,
Fedora's puts ``/usr/local`` before the prefixes: which one is there is read from the site.py of
the image.
"""

import posixpath

import msgspec

from paritycheck.model.environment import EditableModule, PathEntry, PathReason
from paritycheck.model.location import Location
from paritycheck.model.snapshot import ImageConfig
from paritycheck.parse.python.sitedirectory import read_site_directory
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.environment.interpreting import Located

# From these releases on, site ignores .pth files whose name begins with a dot (CPython gh-113659).
_SKIPS_HIDDEN = {8: 19, 9: 19, 10: 14, 11: 8, 12: 2}


class SearchPath(msgspec.Struct, frozen=True):
    """The entries in order, the modules behind import hooks, and what may be otherwise."""

    entries: tuple[PathEntry, ...]
    editables: tuple[EditableModule, ...]
    problems: tuple[str, ...]


class _Builder:
    """Collects entries as site does: each path once, the first time."""

    def __init__(self, files: ImageFiles, skip_hidden: bool) -> None:
        self.files = files
        self.skip_hidden = skip_hidden
        self.entries: dict[str, PathEntry] = {}
        self.editables: dict[EditableModule, None] = {}
        self.problems: dict[str, None] = {}

    def add(self, path: str, reason: PathReason, location: Location | None = None) -> None:
        if path not in self.entries:
            exists = reason != "editable-finder" and self.files.exists(path)
            self.entries[path] = PathEntry(path, reason, location, exists)

    def add_site(self, directory: str, reason: PathReason) -> None:
        if not self.files.is_dir(directory):
            return
        self.add(directory, reason)
        effects = read_site_directory(
            directory, self.files.names(directory), self.files.read, skip_hidden=self.skip_hidden
        )
        for entry in effects.additions:
            if entry.reason == "editable-finder" or self.files.exists(entry.path):
                self.add(entry.path, entry.reason, entry.location)
        self.editables.update(dict.fromkeys(effects.editables))
        self.problems.update(dict.fromkeys((*effects.problems, *effects.doubts)))


def infer_search_path(files: ImageFiles, located: Located, version: str, config: ImageConfig) -> SearchPath:
    """Return the search path; ``version`` as far as it is known."""
    builder = _Builder(files, _skips_hidden(located.minor, version))
    for path in _pythonpath(config, builder):
        builder.add(path, "pythonpath")
    for path in _standard_library(located):
        builder.add(path, "stdlib")
    text = _site_module(files, located, builder)
    venv = located.venv
    isolated = venv is not None and not venv.system_site
    user_site = "" if isolated or config.env.get("PYTHONNOUSERSITE") else _user_site(files, located, config)
    prefixes = [located.base_prefix]
    if venv is not None:
        for directory in _site_directories(located, text, [venv.directory]):
            builder.add_site(directory, "site")
        prefixes = [venv.directory] if isolated else [venv.directory, located.base_prefix]
    if user_site:
        builder.add_site(user_site, "user-site")
        if "RPM_BUILD_ROOT" in text:
            prefixes.insert(0, "/usr/local")
    for directory in _site_directories(located, text, prefixes):
        builder.add_site(directory, "site")
    _note_customisation(builder)
    return SearchPath(tuple(builder.entries.values()), tuple(builder.editables), tuple(builder.problems))


def _site_module(files: ImageFiles, located: Located, builder: _Builder) -> str:
    """Return the text of site.py; without one, a directory that only Debian has speaks for Debian's."""
    path = posixpath.join(located.stdlib, "site.py")
    text = files.read_text(path)
    if text or not files.is_dir(posixpath.join(located.base_prefix, "lib/python3/dist-packages")):
        return text
    builder.problems[f"{path} is not to be had: its site directories are taken to be Debian's"] = None
    return "dist-packages"


def _skips_hidden(minor: tuple[int, int], version: str) -> bool:
    if minor >= (3, 13):
        return True
    parts = version.split(".")
    micro = int(parts[2]) if len(parts) == 3 and parts[2].isdigit() else 0
    return micro >= _SKIPS_HIDDEN.get(minor[1], 1 << 16)


def _pythonpath(config: ImageConfig, builder: _Builder) -> list[str]:
    if "PYTHONPATH" not in config.env:
        return []
    value = config.env["PYTHONPATH"]
    if value is None:
        builder.problems["the value of PYTHONPATH is not known: what it adds to sys.path is missing"] = None
        return []
    workdir = posixpath.join("/", config.workdir)
    # An empty element is the working directory; an empty variable is no variable.
    return [posixpath.normpath(posixpath.join(workdir, part)) for part in value.split(":")] if value else []


def _standard_library(located: Located) -> list[str]:
    if located.pypy:
        return [located.stdlib]
    major, minor = located.minor
    threads = "t" if located.folder.endswith("t") else ""
    zipped = posixpath.join(located.base_prefix, located.library, f"python{major}{minor}{threads}.zip")
    return [zipped, located.stdlib, posixpath.join(located.stdlib, "lib-dynload")]


def _site_directories(located: Located, site: str, prefixes: list[str]) -> list[str]:
    """Return the candidates of ``site.getsitepackages``, in order."""
    found: list[str] = []
    for prefix in dict.fromkeys(prefixes):
        libraries = dict.fromkeys((located.library, "lib"))
        if "dist-packages" in site:
            if located.venv is not None:
                found.append(posixpath.join(prefix, "lib", located.folder, "site-packages"))
            found.append(posixpath.join(prefix, "local/lib", located.folder, "dist-packages"))
            found.append(posixpath.join(prefix, "lib/python3/dist-packages"))
            found += [posixpath.join(prefix, name, located.folder, "dist-packages") for name in libraries]
        else:
            found += [posixpath.join(prefix, name, located.folder, "site-packages") for name in libraries]
    return found


def _user_site(files: ImageFiles, located: Located, config: ImageConfig) -> str:
    base = config.env.get("PYTHONUSERBASE")
    if not base:
        base = posixpath.join(_home(files, config), ".local")
    return posixpath.normpath(
        posixpath.join("/", config.workdir, base, "lib", located.folder, "site-packages")
    )


def _home(files: ImageFiles, config: ImageConfig) -> str:
    """Return HOME as the engine sets it: the image's own, else the user's in /etc/passwd, else ``/``."""
    given = config.env.get("HOME")
    return given or "/" if given is not None else home_of(config.user, files.read_text("/etc/passwd"))


def home_of(user: str, accounts: str) -> str:
    """Return the home directory of ``user`` (a name or a number, with or without a group).

    ``accounts`` is the text of /etc/passwd; a user who is not in it gets ``/``, but for root.
    """
    user = user.partition(":")[0] or "0"
    for line in accounts.splitlines():
        fields = line.split(":")
        if len(fields) >= 6 and user in (fields[0], fields[2]):
            return fields[5] or "/"
    return "/root" if user in ("0", "root") else "/"


def _note_customisation(builder: _Builder) -> None:
    """Note a sitecustomize or usercustomize that may change the path; only the first of each is run."""
    for module in ("sitecustomize", "usercustomize"):
        for entry in builder.entries:
            text = builder.files.read_text(f"{entry}/{module}.py")
            if text:
                if "sys.path" in text or "addsitedir" in text:
                    builder.problems[f"{entry}/{module}.py runs at start and may change sys.path"] = None
                break
