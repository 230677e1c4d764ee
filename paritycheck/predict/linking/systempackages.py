"""Which libraries a system has by the name of its base image and by the packages that its build installs.

Sources: the Containerfiles of Docker's official ``python`` and ``buildpack-deps`` images; what packages bring
along by ``apt-cache depends --recurse`` of Debian bookworm and by Alpine 3.19 (see ``packages``); apt-get(8)
for what ``--auto-remove`` leaves, apk(8), which always removes what nothing needs any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from paritycheck.predict.building.notes import SystemPackage

BaseKind = Literal["", "bare", "alpine", "full"]

# The repository, without registry and folders, and the tag -> what it is; the first that fits.
_KINDS: tuple[tuple[re.Pattern[str], BaseKind], ...] = (
    (re.compile(r"(?:python|uv):.*windows.*"), ""),
    (re.compile(r"(?:python|uv):.*alpine.*|alpine:.*"), "alpine"),
    (
        re.compile(r"(?:python|uv):.*slim.*|debian:.*|ubuntu:.*|(?:python\d?|base|cc|static)-debian\d+:.*"),
        "bare",
    ),
    (re.compile(r"python:.*|uv:.*python.*|buildpack-deps:(?!.*(?:curl|scm)).*"), "full"),
)
_OFFICIAL = re.compile(
    r"(?:(?:docker\.io|public\.ecr\.aws/docker|mirror\.gcr\.io)/)?(?:library/)?"
    r"|(?:ghcr\.io/astral-sh|astral|docker\.io/astral|gcr\.io/distroless)/"
)

# What is in every image with glibc and a Python of its own, slim ones included.
EVERYWHERE = re.compile(
    r"(?:ld-linux.*|ld64|lib(?:c|m|dl|rt|util|pthread|resolv|nsl|crypt|anl|gcc_s|stdc\+\+|z|bz2|lzma|ffi|ssl|crypto"
    r"|sqlite3|uuid|readline|ncursesw?|tinfow?|panelw?|gdbm|gdbm_compat|db-5\.3|tirpc|python3.*|selinux|pcre2-8"
    r"|c\.musl-.*|zstd|lz4|udev|systemd|gssapi_krb5|krb5|k5crypto|com_err|krb5support|keyutils))\.so(?:\..*)?"
)

# library without version: packages that have it or depend on one that does (patterns; `apt:` only there)
_BROUGHT_TABLE = """
libGL: libgl1 libgl1-mesa-glx libgl1-mesa-dev libgl-dev mesa-gl mesa-dev mesa-utils ffmpeg libopencv-* xvfb
    libqt5* qt5-* libglew* freeglut3* libglu1-mesa* libsdl2-* libreoffice* python3-pyqt5* glu glu-dev
libEGL: libegl* mesa-egl mesa-dev libgl1-mesa-dev libqt5gui5* libreoffice*
libGLU: libglu1-mesa* libglew-dev freeglut3* glu glu-dev
libX11: libx11 libx11-* libxext* libxrender* libsm6 libsm-dev libgl1 libgl1-mesa-glx mesa-* ffmpeg imagemagick
    graphviz libcairo* libgtk* xvfb tk tk-dev python3-tk cairo* pango*
libXrender: libxrender* ffmpeg graphviz libcairo* libgtk* cairo* pango*
libSM: libsm* graphviz libcairo2-dev libpango1.0-dev xvfb ghostscript libqt5gui5*
libglib-2.0: libglib2.0* glib glib-dev ffmpeg imagemagick* graphviz* tesseract-ocr libtesseract* libgtk*
    gstreamer* libgstreamer* python3-gi* librsvg* libvips* vips* libpango* pango* libcairo2-dev libopencv-*
    libgdk-pixbuf* gdk-pixbuf* libreoffice* weasyprint libharfbuzz* gobject-introspection* libmagick*
    libzbar* zbar*
libgomp: libgomp libgomp1 gcc gcc-* g++* gfortran* build-essential build-base alpine-sdk ffmpeg imagemagick*
    libmagick* tesseract-ocr libopenblas* openblas* apt:gettext python3-numpy sox zbar-tools libopencv-*
    clang*
libpq: libpq libpq5 libpq-dev postgresql* odbc-postgresql gdal* libgdal* python3-psycopg2 python3-gdal
libmariadb: libmariadb* mariadb-connector-c* mariadb-dev apt:mariadb-client* default-libmysqlclient*
    libmysqlclient* default-mysql-client* apt:mysql-client* mysql-dev gdal-bin libgdal* python3-mysqldb
libldap: libldap libldap2* libldap-2* libldap-dev ldap-utils openldap* libcurl4* libcurl3* apt:curl apt:git
    apt:cmake libpq5 apt:libpq-dev apt:postgresql-client* gdal-bin libgdal* apt:apache2* apt:gnupg dirmngr
    python3-ldap
libmagic: libmagic libmagic1* libmagic-dev file file-dev sox
libexpat: libexpat* expat expat-dev git cmake ffmpeg imagemagick* graphviz* ghostscript poppler-utils
    tesseract-ocr libreoffice* gdal* libgdal* libgl1 libgl1-mesa-* mesa-* libglib2.0-dev python3 python3-*
    supervisor fontconfig* libfontconfig* apache2* subversion libcairo* libpango* libgtk*
libodbc: unixodbc* libodbc* msodbcsql* mssql-tools* gdal-bin libgdal*
libcairo: libcairo* cairo* python3-cairo graphviz* poppler-utils ffmpeg libpango* pango* librsvg* libgtk*
    libvips* tesseract-ocr libmagick* libreoffice*
libpango-1.0: libpango* pango* graphviz* ffmpeg tesseract-ocr librsvg* libgtk* weasyprint libreoffice*
    libvips* libmagick*
libzbar: libzbar* zbar*
libdmtx: libdmtx*
libportaudio: libportaudio* portaudio* espeak*
libvips: libvips* vips*
libMagickWand-6.Q16: libmagick* imagemagick*
libenchant-2: libenchant* enchant*
libhunspell-1.7: libhunspell* hunspell* libreoffice*
libmemcached: libmemcached*
libfbclient: libfbclient* firebird*
libicuuc: libicu* icu* libxml2* libboost* apt:nodejs apt:npm
libdbus-1: libdbus* dbus* ffmpeg libgtk*
libcgraph: graphviz* libgraphviz* libcgraph*
libtesseract: tesseract* libtesseract*
libgirepository-1.0: libgirepository* python3-gi* gobject-introspection* gir1.2-*
"""
_BROUGHT = {
    library: tuple(words.split())
    for library, _, words in (
        line.partition(":") for line in _BROUGHT_TABLE.replace("\n    ", " ").strip().splitlines()
    )
}
_ALIASES = {"libgobject-2.0": "libglib-2.0", "libgthread-2.0": "libglib-2.0", "liblber-2.5": "libldap"}

# Of these buildpack-deps, and so the full python images, has the libraries.
_FULL = frozenset(
    {"libX11", "libXrender", "libSM", "libglib-2.0", "libgomp", "libpq", "libmariadb", "libldap", "libmagic",
     "libexpat", "libcairo", "libpango-1.0", "libMagickWand-6.Q16", "libicuuc"}
)  # fmt: skip


def base_kind(name: str) -> BaseKind:
    """Tell what an image of this name brings of the system; ``""`` where nobody knows."""
    plain = name.partition("@")[0]
    folder, slash, last = plain.rpartition("/")
    if not _OFFICIAL.fullmatch(folder + slash):
        return ""
    tagged = last if ":" in last else f"{last}:latest"
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(tagged)), "")


def stem_of(library: str) -> str:
    """Return the key of a library here: its name without version, ``libldap`` for every libldap."""
    stem = library.partition(".so")[0]
    if stem.startswith(("libldap", "liblber")):
        return "libldap"
    return _ALIASES.get(stem, stem)


def is_judged(library: str) -> bool:
    """Tell whether it is known which packages bring the library."""
    return stem_of(library) in _BROUGHT


def base_has(library: str, kind: BaseKind) -> bool:
    """Tell whether a base of that kind has the library; unknown bases are given the benefit of the doubt."""
    if kind in ("", "full"):
        return kind == "" or stem_of(library) in _FULL
    return EVERYWHERE.fullmatch(library) is not None


def packages_have(library: str, events: Iterable[SystemPackage]) -> bool:
    """Tell whether the packages that are left at the end, in the order of ``events``, have the library."""
    bringing = _BROUGHT[stem_of(library)]
    named: dict[str, None] = {}
    present = False
    for event in events:
        brings = _matches(bringing, event.name, event.manager)
        if event.action == "install":
            named[event.name] = None
            present = present or brings
        elif event.action == "remove":
            named.pop(event.name, None)
            present = present and not (brings and not _is_development(event.name))
        if event.action == "autoremove" or (event.action == "remove" and event.manager == "apk"):
            present = any(_matches(bringing, name, event.manager) for name in named)
    return present


def _matches(patterns: Sequence[str], name: str, manager: str) -> bool:
    return any(fnmatchcase(f"{manager}:{name}" if ":" in each else name, each) for each in patterns)


def _is_development(name: str) -> bool:
    """Tell whether removing the package leaves its library, which came as a dependency."""
    return not name.startswith("lib") or name.endswith("-dev")
