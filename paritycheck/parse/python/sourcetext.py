"""Reads the bytes of a Python source file as the interpreter does: encoding, line ends, syntax.

The rules are CPython's: PEP 263 for the encoding (``tokenize.detect_encoding``), and for the rest
its own parser, which is the only reader that agrees with it everywhere.
"""

import ast
import gc
import io
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from paritycheck.model.source import Problem

MAX_SOURCE = 8 * 1024 * 1024  # bytes; generated tables beyond this cost gigabytes as a syntax tree


def parse_module(data: bytes) -> ast.Module | Problem:
    """Return the syntax tree of a source file, or why there is none; never raises for bad source."""
    if len(data) > MAX_SOURCE:
        return Problem(f"larger than {MAX_SOURCE >> 20} MiB, not read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except SyntaxError as error:
        return (
            _null_byte(data) or _undecodable(data) or Problem(error.msg or "syntax error", error.lineno or 0)
        )
    except (RecursionError, MemoryError):
        return Problem("nested too deeply to be parsed")
    except (ValueError, LookupError, OverflowError) as error:
        return _null_byte(data) or _undecodable(data) or Problem(str(error) or type(error).__name__)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector off: a tree is no garbage, and it would be walked again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _null_byte(data: bytes) -> Problem | None:
    at = data.find(b"\0")
    return None if at < 0 else Problem("source contains a null byte", data.count(b"\n", 0, at) + 1)


def _undecodable(data: bytes) -> Problem | None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return _bad_byte(data, error)
    except SyntaxError as error:
        # Raised for an unknown encoding, but also for a bad byte in the first two lines.
        try:
            data.decode()
        except UnicodeDecodeError as bad:
            return _bad_byte(data, bad)
        return Problem(str(error.msg or "unknown encoding"), 1)
    except (LookupError, ValueError) as error:
        return Problem(f"cannot be decoded: {error}", 1)
    return None


def _bad_byte(data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    return Problem(f"not {error.encoding}: byte 0x{data[error.start]:02x}", line)
