"""Which modules the standard library has, release by release.

Source: the "What's New" pages of CPython 3.9 to 3.14 (removed and new modules) and PEP 594; the present
list is that of the interpreter that runs this.
"""

from __future__ import annotations

import sys

Release = tuple[int, int]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first release without them.
REMOVED: dict[Release, frozenset[str]] = {
    (3, 9): _words("_dummy_thread dummy_threading"),
    (3, 10): _words("formatter parser symbol macpath"),
    (3, 11): _words("binhex"),
    (3, 12): _words("asynchat asyncore distutils imp smtpd"),
    (3, 13): _words(
        "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes "
        "sndhdr spwd sunau telnetlib uu xdrlib"
    ),
}
# The first release with them.
ADDED: dict[Release, frozenset[str]] = {
    (3, 7): _words("contextvars dataclasses"),
    (3, 9): _words("graphlib zoneinfo"),
    (3, 11): _words("tomllib _typing"),
    (3, 14): _words("annotationlib compression _interpreters"),
}


def standard_library(release: Release) -> frozenset[str]:
    """Return the top-level modules of a release's standard library, the private ones too."""
    here = sys.version_info[:2]
    names = set(sys.stdlib_module_names)
    for version, words in REMOVED.items():
        names |= words if version > release else frozenset()
        names -= words if version <= release else frozenset()
    for version, words in ADDED.items():
        names |= words if version <= release and here < version else frozenset()
        names -= words if version > release else frozenset()
    return frozenset(names)


def gone_since(name: str, release: Release) -> Release | None:
    """Return the release that dropped the module ``name``, if ``release`` is no older; else ``None``."""
    top = name.partition(".")[0]
    return next((since for since, words in REMOVED.items() if top in words and since <= release), None)


def comes_with(name: str) -> Release | None:
    """Return the release that brought the module ``name``, if it is one that older ones lack."""
    top = name.partition(".")[0]
    return next((since for since, words in ADDED.items() if top in words), None)
