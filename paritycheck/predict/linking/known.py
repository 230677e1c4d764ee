"""Distributions that are known to need libraries of the operating system, and where these come from.

Sources: the DT_NEEDED entries of the wheels on PyPI that are not in their own ``.libs`` (``linked``), the
installation notes and build scripts of those that are built on the spot (``built``: there is no wheel for
Linux, so that it links to what the build had), and the modules that open a library by name when
they are imported (``loaded``).
"""

from __future__ import annotations

from typing import Literal

import msgspec
from packaging.utils import canonicalize_name

How = Literal["linked", "built", "loaded"]


class Known(msgspec.Struct, frozen=True):
    """A distribution, the name it is imported by, and the libraries of the system that it needs."""

    distribution: str
    module: str
    how: How
    libraries: tuple[str, ...]


# distribution (normalised)   module          how     libraries
_TABLE = """
opencv-python                 cv2             linked  libGL.so.1 libglib-2.0.so.0
opencv-contrib-python         cv2             linked  libGL.so.1 libglib-2.0.so.0
rasterio                      rasterio        linked  libexpat.so.1
fiona                         fiona           linked  libexpat.so.1
lightgbm                      lightgbm        loaded  libgomp.so.1
open3d                        open3d          loaded  libGL.so.1 libgomp.so.1 libX11.so.6
pyqt5                         PyQt5.QtGui     linked  libGL.so.1 libglib-2.0.so.0
pyqt6                         PyQt6.QtGui     linked  libGL.so.1 libEGL.so.1 libglib-2.0.so.0
pyside6-essentials            PySide6.QtGui   linked  libGL.so.1 libEGL.so.1 libglib-2.0.so.0
pyside6                       PySide6.QtGui   linked  libGL.so.1 libEGL.so.1 libglib-2.0.so.0
pyside2                       PySide2.QtGui   linked  libGL.so.1 libglib-2.0.so.0
vtk                           vtk             linked  libGL.so.1 libX11.so.6
bpy                           bpy             linked  libGL.so.1 libX11.so.6 libXrender.so.1 libSM.so.6
gmsh                          gmsh            loaded  libGLU.so.1 libGL.so.1
psycopg2                      psycopg2        built   libpq.so.5
psycopg-c                     psycopg_c       built   libpq.so.5
pygresql                      pg              built   libpq.so.5
mysqlclient                   MySQLdb         built   libmariadb.so.3
mariadb                       mariadb         built   libmariadb.so.3
python-ldap                   ldap            built   libldap-2.5.so.0
pyldap                        ldap            built   libldap-2.5.so.0
bonsai                        bonsai          built   libldap-2.5.so.0
pycairo                       cairo           built   libcairo.so.2
pygobject                     gi              built   libgirepository-1.0.so.1
pyaudio                       pyaudio         built   libportaudio.so.2
pygraphviz                    pygraphviz      linked  libX11.so.6 libglib-2.0.so.0
tesserocr                     tesserocr       built   libtesseract.so.5
pyenchant                     enchant         loaded  libenchant-2.so.2
hunspell                      hunspell        built   libhunspell-1.7.so.0
pylibmc                       pylibmc         built   libmemcached.so.11
fdb                           fdb             loaded  libfbclient.so.2
pyicu                         icu             built   libicuuc.so
dbus-python                   dbus            built   libdbus-1.so.3
python-magic                  magic           loaded  libmagic.so.1
pyzbar                        pyzbar.pyzbar   loaded  libzbar.so.0
pylibdmtx                     pylibdmtx.pylibdmtx loaded libdmtx.so.0
weasyprint                    weasyprint      loaded  libgobject-2.0.so.0 libpango-1.0.so.0
cairocffi                     cairocffi       loaded  libcairo.so.2
cairosvg                      cairosvg        loaded  libcairo.so.2
pangocffi                     pangocffi       loaded  libpango-1.0.so.0
pyvips                        pyvips          loaded  libvips.so.42
wand                          wand.image      loaded  libMagickWand-6.Q16.so.6
sounddevice                   sounddevice     loaded  libportaudio.so.2
pyodbc                        pyodbc          linked  libodbc.so.2
"""

KNOWN: dict[str, Known] = {
    words[0]: Known(words[0], words[1], words[2], tuple(words[3:]))  # type: ignore[arg-type]
    for words in map(str.split, _TABLE.strip().splitlines())
}


def find_known(distribution: str) -> Known | None:
    """Return what is known of a distribution."""
    return KNOWN.get(canonicalize_name(distribution))


def loads_at_import(distribution: str) -> bool:
    """Tell whether importing a distribution fails where the library that it opens is not there."""
    known = find_known(distribution)
    return known is not None and known.how == "loaded"


def is_built(distribution: str) -> bool:
    """Tell whether a distribution has no wheel for Linux, and links to what the build had."""
    known = find_known(distribution)
    return known is not None and known.how == "built"
