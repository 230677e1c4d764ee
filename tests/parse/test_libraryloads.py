"""Libraries that a source loads by a literal name."""

from __future__ import annotations

import pytest

from paritycheck.parse.python.libraryloads import LibraryLoad, library_loads


@pytest.mark.parametrize(
    ("source", "loads"),
    [
        ("ctypes.CDLL('libzbar.so.0')", [LibraryLoad(1, "libzbar.so.0")]),
        ("cdll.LoadLibrary('libfoo.so')", [LibraryLoad(1, "libfoo.so")]),
        ("ffi.dlopen('libcairo.so.2')", [LibraryLoad(1, "libcairo.so.2")]),
        ("find_library('magic')", [LibraryLoad(1, "magic", search=True)]),
        ("ctypes.util.find_library('xml2')", [LibraryLoad(1, "xml2", search=True)]),
        ("def f():\n    CDLL('liba.so')", [LibraryLoad(2, "liba.so", context="function")]),
        (
            "try:\n    CDLL('liba.so.1')\nexcept OSError:\n    CDLL('liba.so.2')",
            [LibraryLoad(2, "liba.so.1", context="guarded"), LibraryLoad(4, "liba.so.2", condition="...")],
        ),
        ("try:\n    CDLL('liba.so')\nexcept KeyError:\n    pass", [LibraryLoad(2, "liba.so")]),
        (
            "if os.name == 'nt':\n    CDLL('liba.so')\nelse:\n    CDLL('libb.so')",
            [
                LibraryLoad(2, "liba.so", condition="(os.name == 'nt')"),
                LibraryLoad(4, "libb.so", condition="not (os.name == 'nt')"),
            ],
        ),
        ("CDLL('a.dll'); CDLL('liba.dylib'); CDLL(name); CDLL('/opt/liba.so'); CDLL(None)", []),
        ("CDLL('liba.so'", []),
        ("load('liba.so')", []),
    ],
)
def test_loads(source: str, loads: list[LibraryLoad]) -> None:
    assert list(library_loads(source.encode())) == loads
