"""Which package of Debian and of Alpine has a library, and which others bring it along.

Sources: the package lists of Debian bullseye, bookworm and trixie (contents, and ``apt-cache depends
--recurse`` of bookworm for what is brought along) and of Alpine 3.19 to 3.22. A library whose name changes
with the release has a line for each of its names: ``libldap-2.5.so.0`` is bookworm's, ``libldap.so.2`` that
of trixie and Alpine. Names with ``t64`` (trixie) are provided under their old names as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec


class Package(msgspec.Struct, frozen=True):
    """A library by its file name, and the packages that have it; ``""``: not known, or there is none."""

    library: str
    debian: str = ""
    alpine: str = ""


# library                     Debian                    Alpine
_TABLE = """
libGL.so.1                    libgl1                    mesa-gl
libGLX.so.0                   libglx0                   -
libOpenGL.so.0                libopengl0                libopengl
libEGL.so.1                   libegl1                   mesa-egl
libGLESv2.so.2                libgles2                  mesa-gles
libGLU.so.1                   libglu1-mesa              glu
libOSMesa.so.8                libosmesa6                mesa-osmesa
libglib-2.0.so.0              libglib2.0-0              glib
libgthread-2.0.so.0           libglib2.0-0              glib
libgobject-2.0.so.0           libglib2.0-0              glib
libgio-2.0.so.0               libglib2.0-0              glib
libgmodule-2.0.so.0           libglib2.0-0              glib
libgirepository-1.0.so.1      libgirepository-1.0-1     gobject-introspection
libSM.so.6                    libsm6                    libsm
libICE.so.6                   libice6                   libice
libX11.so.6                   libx11-6                  libx11
libX11-xcb.so.1               libx11-xcb1               libx11
libXext.so.6                  libxext6                  libxext
libXrender.so.1               libxrender1               libxrender
libxcb.so.1                   libxcb1                   libxcb
libXi.so.6                    libxi6                    libxi
libXrandr.so.2                libxrandr2                libxrandr
libXcursor.so.1               libxcursor1               libxcursor
libXinerama.so.1              libxinerama1              libxinerama
libXfixes.so.3                libxfixes3                libxfixes
libXtst.so.6                  libxtst6                  libxtst
libXft.so.2                   libxft2                   libxft
libXss.so.1                   libxss1                   libxscrnsaver
libxkbcommon.so.0             libxkbcommon0             libxkbcommon
libdbus-1.so.3                libdbus-1-3               dbus-libs
libpq.so.5                    libpq5                    libpq
libmariadb.so.3               libmariadb3               mariadb-connector-c
libmysqlclient.so.21          libmysqlclient21          -
libodbc.so.2                  libodbc2                  unixodbc
libodbcinst.so.2              libodbcinst2              unixodbc
libsybdb.so.5                 libsybdb5                 freetds
libct.so.4                    libct4                    freetds
libaio.so.1                   libaio1                   libaio
libfbclient.so.2              libfbclient2              -
libldap-2.5.so.0              libldap-2.5-0             libldap
liblber-2.5.so.0              libldap-2.5-0             libldap
libldap-2.4.so.2              libldap-2.4-2             libldap
libldap_r-2.4.so.2            libldap-2.4-2             libldap
liblber-2.4.so.2              libldap-2.4-2             libldap
libldap.so.2                  libldap2                  libldap
liblber.so.2                  libldap2                  libldap
libsasl2.so.2                 libsasl2-2                libsasl
libsasl2.so.3                 -                         libsasl
libkrb5.so.3                  libkrb5-3                 krb5-libs
libgssapi_krb5.so.2           libgssapi-krb5-2          krb5-libs
libgomp.so.1                  libgomp1                  libgomp
libgfortran.so.5              libgfortran5              libgfortran
libquadmath.so.0              libquadmath0              libquadmath
libatomic.so.1                libatomic1                libatomic
libstdc++.so.6                libstdc++6                libstdc++
libgcc_s.so.1                 libgcc-s1                 libgcc
libopenblas.so.0              libopenblas0              openblas
libblas.so.3                  libblas3                  blas
liblapack.so.3                liblapack3                lapack
libtbb.so.12                  libtbb12                  onetbb
libnuma.so.1                  libnuma1                  numactl
libmagic.so.1                 libmagic1                 libmagic
libexpat.so.1                 libexpat1                 libexpat
libxml2.so.2                  libxml2                   libxml2
libxslt.so.1                  libxslt1.1                libxslt
libexslt.so.0                 libxslt1.1                libxslt
libxmlsec1.so.1               libxmlsec1                xmlsec
libxmlsec1-openssl.so.1       libxmlsec1-openssl        xmlsec
libltdl.so.7                  libltdl7                  libltdl
libffi.so.6                   libffi6                   -
libffi.so.7                   libffi7                   -
libffi.so.8                   libffi8                   libffi
libssl.so.1.1                 libssl1.1                 openssl1.1-compat
libcrypto.so.1.1              libssl1.1                 openssl1.1-compat
libssl.so.3                   libssl3                   libssl3
libcrypto.so.3                libssl3                   libcrypto3
libcurl.so.4                  libcurl4                  libcurl
libcurl-gnutls.so.4           libcurl3-gnutls           -
libz.so.1                     zlib1g                    zlib
libbz2.so.1.0                 libbz2-1.0                -
libbz2.so.1                   -                         libbz2
liblzma.so.5                  liblzma5                  xz-libs
libzstd.so.1                  libzstd1                  zstd-libs
liblz4.so.1                   liblz4-1                  lz4-libs
libsnappy.so.1                libsnappy1v5              snappy
libsqlite3.so.0               libsqlite3-0              sqlite-libs
libreadline.so.8              libreadline8              readline
libncursesw.so.6              libncursesw6              libncursesw
libtinfo.so.6                 libtinfo6                 -
libuuid.so.1                  libuuid1                  libuuid
libgdbm.so.6                  libgdbm6                  gdbm
libdb-5.3.so                  libdb5.3                  db
libtk8.6.so                   libtk8.6                  tk
libtcl8.6.so                  libtcl8.6                 tcl
libyaml-0.so.2                libyaml-0-2               yaml
libcairo.so.2                 libcairo2                 cairo
libcairo-gobject.so.2         libcairo-gobject2         cairo-gobject
libpango-1.0.so.0             libpango-1.0-0            pango
libpangocairo-1.0.so.0        libpangocairo-1.0-0       pango
libpangoft2-1.0.so.0          libpangoft2-1.0-0         pango
libharfbuzz.so.0              libharfbuzz0b             harfbuzz
libharfbuzz-subset.so.0       libharfbuzz-subset0       harfbuzz-subset
libgdk_pixbuf-2.0.so.0        libgdk-pixbuf-2.0-0       gdk-pixbuf
libfontconfig.so.1            libfontconfig1            fontconfig
libfreetype.so.6              libfreetype6              freetype
libpng16.so.16                libpng16-16               libpng
libjpeg.so.62                 libjpeg62-turbo           -
libjpeg.so.8                  libjpeg-turbo8            libjpeg-turbo
libturbojpeg.so.0             libturbojpeg0             libturbojpeg
libtiff.so.5                  libtiff5                  -
libtiff.so.6                  libtiff6                  tiff
libwebp.so.6                  libwebp6                  -
libwebp.so.7                  libwebp7                  libwebp
libopenjp2.so.7               libopenjp2-7              openjpeg
liblcms2.so.2                 liblcms2-2                lcms2
libvips.so.42                 libvips42                 vips
libMagickWand-6.Q16.so.6      libmagickwand-6.q16-6     -
libheif.so.1                  libheif1                  libheif
libzbar.so.0                  libzbar0                  zbar
libdmtx.so.0                  libdmtx0b                 libdmtx
libtesseract.so.5             libtesseract5             tesseract-ocr
libleptonica.so.6             libleptonica6             leptonica
libsndfile.so.1               libsndfile1               libsndfile
libportaudio.so.2             libportaudio2             portaudio
libasound.so.2                libasound2                alsa-lib
libpulse.so.0                 libpulse0                 libpulse
libavcodec.so.59              libavcodec59              -
libusb-1.0.so.0               libusb-1.0-0              libusb
libpcap.so.0.8                libpcap0.8                -
libpcap.so.1                  -                         libpcap
libgdal.so.28                 libgdal28                 -
libgdal.so.32                 libgdal32                 -
libgdal.so.36                 libgdal36                 -
libgeos_c.so.1                libgeos-c1v5              geos
libproj.so.19                 libproj19                 -
libproj.so.25                 libproj25                 proj
libspatialindex.so.6          libspatialindex6          -
libhdf5_serial.so.103         libhdf5-103-1             -
libenchant-2.so.2             libenchant-2-2            enchant2-libs
libhunspell-1.7.so.0          libhunspell-1.7-0         libhunspell
libmemcached.so.11            libmemcached11            libmemcached-libs
libzmq.so.5                   libzmq5                   libzmq
librdkafka.so.1               librdkafka1               librdkafka
libsodium.so.23               libsodium23               libsodium
libsecp256k1.so.1             libsecp256k1-1            libsecp256k1
libgmp.so.10                  libgmp10                  gmp
libmpfr.so.6                  libmpfr6                  mpfr
libcgraph.so.6                libcgraph6                graphviz
libgvc.so.6                   libgvc6                   graphviz
libcups.so.2                  libcups2                  cups-libs
libnss3.so                    libnss3                   nss
libnspr4.so                   libnspr4                  nspr
libsystemd.so.0               libsystemd0               -
libudev.so.1                  libudev1                  eudev-libs
libjemalloc.so.2              libjemalloc2              jemalloc
"""

PACKAGES: dict[str, Package] = {
    words[0]: Package(*(word.removeprefix("-") for word in words))
    for words in map(str.split, _TABLE.strip().splitlines())
}

# A release of Debian -> what the library is there called, where Python code asks for it without a version.
RELEASES = {"libldap": ("libldap-2.4-2 in bullseye", "libldap-2.5-0 in bookworm", "libldap2 in trixie")}


def find_package(library: str) -> Package | None:
    """Return the packages that have a library; ``libmagic.so`` and ``magic`` are any version of it."""
    known = PACKAGES.get(library)
    if known is not None:
        return known
    stem = re.sub(r"\.so(?:\..*)?$", "", library)
    stems = (stem, f"lib{stem}")
    if ".so." in library:
        return None  # another version is another package
    return next((each for name, each in PACKAGES.items() if name.partition(".so")[0] in stems), None)


def install_hint(libraries: Sequence[str], system: str) -> str:
    """Say which packages to install; ``system`` is ``debian``, ``alpine`` or ``""`` if it is not known."""
    known = [package for package in map(find_package, libraries) if package]
    apt = " ".join(dict.fromkeys(each.debian for each in known if each.debian))
    apk = " ".join(dict.fromkeys(each.alpine for each in known if each.alpine))
    others = [each for each in libraries if find_package(each) is None]
    if system == "alpine":
        apk = " ".join(filter(None, (apk, *(f"so:{each}" for each in others))))
        return f"Install it in the final stage: `apk add {apk}`."
    ways = [f"`apt-get install -y --no-install-recommends {apt}`{_releases(known)}"] if apt else []
    if system == "debian" and ways:
        return f"Install it in the final stage: {ways[0]}."
    if system == "debian":
        return f"Install the package that has it in the final stage: `apt-file search {others[0]}` names it."
    ways += [f"`apk add {apk}`"] if apk else []
    if not ways:
        return f"Install the package of the image's system that has {libraries[0]} in the final stage."
    return f"Install it in the final stage: {', on Alpine '.join(ways)}."


def _releases(known: Sequence[Package]) -> str:
    for each in known:
        names = RELEASES.get(re.split(r"[-_.]", each.library)[0])
        if names:
            return f" ({', '.join(names)})"
    return ""
