"""What stands in for a public base image that is not at hand: its interpreter, and nothing of anybody's.

Sources: the Containerfiles of Docker's official ``python`` images (``/usr/local``, PATH, PYTHON_VERSION;
no setuptools and wheel from 3.12 on), of ``ghcr.io/astral-sh/uv`` (built on those), and the Python
that each release of Debian, Ubuntu and Alpine packages. A stand-in knows no file of the system:
everything outside of the directories for distributions stays unknown.
"""

from __future__ import annotations

import hashlib
import re

from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.building.request import BaseImage

# What a tag without a version means: the newest release that the tables here know.
NEWEST = "3.14"
# Until this release an image brought setuptools and wheel beside pip.
_BARE_FROM = (3, 12)
_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
_MIRRORS = (
    r"(?:docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/|registry\.hub\.docker\.com/)?"
    r"(?:library/|(?:amd64|arm64v8|arm32v7|i386)/)?"
)
_PYTHON = re.compile(_MIRRORS + r"python(?::(?P<tag>[^@]*))?(?:@.*)?")
_UV = re.compile(
    r"(?:ghcr\.io/astral-sh|docker\.io/astral|astral)/uv:(?:[\d.]+-)?python(?P<tag>\d[^@]*)(?:@.*)?"
)
_PLAIN = re.compile(
    _MIRRORS
    + r"(?:almalinux|alpine|amazonlinux|archlinux|busybox|buildpack-deps|caddy|centos|debian|docker|fedora|"
    r"golang|httpd|memcached|mysql|mariadb|nginx|node|oraclelinux|postgres|redis|rockylinux|rust|traefik|ubuntu)"
    r"(?::[^@]*)?(?:@.*)?|nvidia/cuda:[^@]*(?:@.*)?"
)
_VERSION = re.compile(r"(?P<minor>\d+\.\d+)(?P<micro>\.\d+)?(?:(?:a|b|rc)\d+)?(?![\d.])")

# Release names, and numbers where images are tagged by them -> the Python that `python3` installs there.
_PACKAGED = {
    "debian": {
        "stretch": "3.5", "9": "3.5", "buster": "3.7", "10": "3.7", "bullseye": "3.9", "11": "3.9",
        "bookworm": "3.11", "12": "3.11",
        "trixie": "3.13", "13": "3.13", "stable": "3.13", "latest": "3.13",
    },
    "ubuntu": {
        "xenial": "3.5", "16.04": "3.5", "bionic": "3.6", "18.04": "3.6", "focal": "3.8", "20.04": "3.8",
        "jammy": "3.10", "22.04": "3.10",
        "noble": "3.12", "24.04": "3.12", "latest": "3.12",
    },
    "alpine": {
        "3.5": "3.5", "3.6": "3.6", "3.7": "3.6", "3.8": "3.6", "3.9": "3.6", "3.10": "3.7", "3.11": "3.8",
        "3.12": "3.8", "3.13": "3.8", "3.14": "3.9", "3.15": "3.9", "3.16": "3.10", "3.17": "3.10",
        "3.18": "3.11", "3.19": "3.11", "3.20": "3.12", "3.21": "3.12", "3.22": "3.12",
    },
}  # fmt: skip


def stand_in(name: str) -> BaseImage | None:
    """Return what an image of this name is known to hold; ``None`` if it may bring its own distributions."""
    found = _PYTHON.fullmatch(name) or _UV.fullmatch(name)
    if found is not None:
        return _official_python(found["tag"] or "latest")
    if _PLAIN.fullmatch(name):
        entries = [*_loader(name)]
        return BaseImage(FileTree(entries), ImageConfig(env={"PATH": _PATH}))
    return None


def packaged_python(name: str) -> str:
    """Return the version of the system's own ``python3`` in an image of this name, ``""`` if unknown."""
    image, _, tag = name.partition("@")[0].rpartition("/")[2].partition(":")
    tag = tag or "latest"
    for system, releases in _PACKAGED.items():
        if image == system or system in tag:
            words = re.split(r"[-_]", tag)
            for word in words:
                word = word.removeprefix(system)
                number = re.match(r"\d+\.\d+", word)
                for key in (word, number[0] if number else word, word.partition(".")[0]):
                    if key in releases:
                        return releases[key]
    for releases in _PACKAGED.values():
        for word in re.split(r"[-_]", tag):
            if not word[:1].isdigit() and word in releases and word != "latest":
                return releases[word]
    return ""


def interpreter_entries(prefix: str, minor: str, site: str) -> list[FileEntry]:
    """Return the files by which an interpreter is recognised below ``prefix``, with its empty ``site``."""
    library = f"{prefix}/lib/python{minor}"
    return [
        FileEntry(f"{prefix}/bin/python{minor}", "file", mode=0o755),
        FileEntry(f"{prefix}/bin/python3", "link", target=f"python{minor}", mode=0o777),
        FileEntry(f"{library}/os.py", "file", mode=0o644),
        FileEntry(f"{library}/lib-dynload", "dir", mode=0o755),
        FileEntry(site, "dir", mode=0o755),
    ]


def _official_python(tag: str) -> BaseImage | None:
    version = _VERSION.match(tag)
    if version is None and tag[:1].isdigit() and not re.match(r"3(?!\d|\.)", tag):
        return None
    minor = version["minor"] if version else NEWEST
    if not minor.startswith("3."):
        return None
    site = f"usr/local/lib/python{minor}/site-packages"
    entries = [
        *interpreter_entries("usr/local", minor, site),
        FileEntry("usr/local/bin/python", "link", target="python3", mode=0o777),
        FileEntry("usr/local/bin/pip", "file", mode=0o755),
        *_loader(tag),
    ]
    number = tuple(int(part) for part in minor.split("."))
    brought = ("pip",) if number >= _BARE_FROM else ("pip", "setuptools", "wheel")
    texts: dict[str, bytes] = {}
    for name in brought:
        modules = ("pkg_resources", "setuptools", "_distutils_hack") if name == "setuptools" else (name,)
        folder = f"{site}/{name}.dist-info"
        texts[f"{folder}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n".encode()
        texts[f"{folder}/top_level.txt"] = "\n".join(modules).encode()
        entries += [FileEntry(f"{site}/{module}/__init__.py", "file", mode=0o644) for module in modules]
    inline = {hashlib.sha256(data).hexdigest(): data for data in texts.values()}
    entries += [
        FileEntry(path, "file", size=len(data), mode=0o644, digest=hashlib.sha256(data).hexdigest())
        for path, data in texts.items()
    ]
    full = f"{minor}{version['micro'] or ''}" if version else minor
    env: dict[str, str | None] = {"PATH": _PATH, "LANG": "C.UTF-8"}
    if full.count(".") == 2:
        env["PYTHON_VERSION"] = full
    config = ImageConfig(env=env, cmd=("python3",), architecture="amd64", os="linux")
    return BaseImage(FileTree(entries), config, inline=inline)


def _loader(name: str) -> list[FileEntry]:
    """Tell musl from glibc by the name of the loader, as an image itself does."""
    loader = "lib/ld-musl-x86_64.so.1" if "alpine" in name else "lib64/ld-linux-x86-64.so.2"
    return [FileEntry(loader, "file", mode=0o755)]
