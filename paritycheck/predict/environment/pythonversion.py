"""The full version of an interpreter in an image, from what lies around it.

Sources: CPython's Include/patchlevel.h; the official images' ``PYTHON_VERSION``; conda's
``conda-meta``; dpkg's status file (or status.d) and apk's installed database; the version string
that every CPython binary carries; ``pyvenv.cfg``, which only knows the day it was made.
"""

import posixpath
import re
from collections.abc import Callable

from paritycheck.model.snapshot import ImageConfig
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.environment.interpreting import Located

Witness = Callable[[ImageFiles, Located, ImageConfig], str]


def infer_version(files: ImageFiles, located: Located, config: ImageConfig) -> str:
    """Return ``3.12.4``, or ``3.12`` if no witness knows more."""
    minor = ".".join(map(str, located.minor))
    full = re.compile(re.escape(minor) + r"\.\d+(?:(?:a|b|rc)\d+)?")
    for witness in WITNESSES:
        match = full.match(witness(files, located, config))
        if match:
            return match[0]
    return minor


def _header(files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    for folder in (located.folder, located.folder + "m"):
        text = files.read_text(posixpath.join(located.base_prefix, "include", folder, "patchlevel.h"))
        match = re.search(r'#define\s+PY_VERSION\s+"([^"+]+)', text)
        if match:
            return match[1]
    return ""


def _official_image(_files: ImageFiles, located: Located, config: ImageConfig) -> str:
    return config.env.get("PYTHON_VERSION") or "" if located.base_prefix == "/usr/local" else ""


def _conda(files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    for name in files.names(posixpath.join(located.base_prefix, "conda-meta")):
        match = re.fullmatch(r"python-(\d+\.\d+\.\w+)-[^-]*\.json", name)
        if match:
            return match[1]
    return ""


def _dpkg(files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    if located.base_prefix != "/usr":
        return ""
    wanted = (f"{located.folder}-minimal", f"lib{located.folder}-minimal", f"lib{located.folder}-stdlib")
    texts = [files.read_text("/var/lib/dpkg/status")]
    # Images without a package manager keep one file for each package instead.
    texts += [files.read_text(f"/var/lib/dpkg/status.d/{name}") for name in wanted]
    for text in texts:
        for package in wanted:
            match = re.search(
                rf"^Package: {re.escape(package)}\n(?:(?!\n).+\n)*?Version: (?:\d+:)?([^-\s+]+)",
                text,
                re.MULTILINE,
            )
            if match:
                return match[1].replace("~", "")
    return ""


def _apk(files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    if located.base_prefix != "/usr":
        return ""
    for path in ("/lib/apk/db/installed", "/usr/lib/apk/db/installed"):
        match = re.search(r"^P:python3\n(?:.+\n)*?V:([^-\s_]+)", files.read_text(path), re.MULTILINE)
        if match:
            return match[1]
    return ""


def _binary(files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    """Look for the version string in the shared library or the program; it must be the only candidate.

    Linkers let one string be the end of another, so what stands before it says nothing.
    """
    # A search that begins with a literal is ten times faster than one that begins with a lookbehind.
    minor = re.escape(".".join(map(str, located.minor)).encode() + b".")
    string = re.compile(rb"(" + minor + rb"(?<![\d.]" + minor + rb")\d+(?:(?:a|b|rc)\d+)?)\+?\0")
    library = posixpath.join(located.base_prefix, located.library)
    shared = [name for name in files.names(library) if name.startswith(f"lib{located.folder}")]
    for path in [*(posixpath.join(library, name) for name in shared if ".so" in name), located.program]:
        found = set(string.findall(files.read(path) or b""))
        if len(found) == 1:
            return str(found.pop(), "ascii")
    return ""


def _virtual_environment(_files: ImageFiles, located: Located, _config: ImageConfig) -> str:
    return located.venv.version if located.venv else ""


# Nearest to the interpreter first; the binary is read only when nothing cheaper knows.
WITNESSES: tuple[Witness, ...] = (
    _header,
    _official_image,
    _conda,
    _dpkg,
    _apk,
    _binary,
    _virtual_environment,
)
