"""What installers bring with them in any of their releases.

Source: the metadata of their releases on the index. A name too many only keeps quiet what one could tell; a
name too few would make an error of what is there. So these are the names of all releases, for every
Python and platform together, and only distributions are listed here that require little and seldom change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BACKPORTS = _names(
    "configparser contextlib2 enum34 functools32 importlib-metadata importlib-resources ipaddress pathlib "
    "pathlib2 scandir singledispatch subprocess32 tomli typing typing-extensions zipp"
)
_VIRTUALENV = _BACKPORTS | _names(
    "appdirs backports-entry-points-selectable distlib filelock packaging platformdirs python-discovery six"
)
_BUILD = _BACKPORTS | _names("colorama packaging pep517 pyproject-hooks pyparsing toml")
_POETRY = _names(
    "anyio asn1crypto attrs backports-cached-property backports-functools-lru-cache backports-tarfile "
    "backports-zstd build cachecontrol cachy certifi cffi chardet charset-normalizer cleo clikit crashtest "
    "cryptography dulwich entrypoints exceptiongroup fastjsonschema findpython glob2 h11 html5lib httpcore "
    "httpcore2 httpx httpx2 httpx2-jsfetch idna installer jaraco-classes jaraco-context jaraco-functools "
    "jeepney jsonschema jsonschema-specifications keyring keyrings-alt lazy-importer lockfile "
    "more-itertools msgpack msgpack-python pastel pbs-installer pexpect pkginfo pkgutil-resolve-name "
    "poetry-core poetry-plugin-export ptyprocess pycparser pylev pyrsistent pywin32-ctypes pyyaml "
    "rapidfuzz referencing requests requests-toolbelt rpds-py secretstorage shellingham sniffio tomlkit "
    "trove-classifiers truststore urllib3 virtualenv webencodings xattr zstandard"
)
_PIPENV = _names(
    "certifi chardet flake8 idna mccabe ordereddict pip pycodestyle pyflakes requests setuptools urllib3 "
    "virtualenv virtualenv-clone"
)

_BROUGHT: Mapping[str, frozenset[str]] = {
    "build": _BUILD,
    "pip": frozenset(),
    "pip-tools": _BUILD | {"build", "click", "contextlib2", "first", "pip", "setuptools", "six", "wheel"},
    "pipenv": _VIRTUALENV | _PIPENV,
    "poetry": _VIRTUALENV | _BUILD | _POETRY,
    "poetry-core": _BACKPORTS,
    "setuptools": frozenset(),
    "uv": frozenset(),
    "uwsgi": frozenset(),
    "virtualenv": _VIRTUALENV,
    "wheel": frozenset({"packaging"}),
}


def brought_by(name: str, extras: Collection[str] = ()) -> frozenset[str] | None:
    """Return all that a distribution may bring with it; ``None`` if that is not known."""
    return None if extras else _BROUGHT.get(name)
