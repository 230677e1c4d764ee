"""Where a command reads from and what its redirections write, as far as that can be told.

Source: POSIX.1-2024, Shell Command Language 2.7 (redirection); echo and printf.
"""

from __future__ import annotations

from paritycheck.parse.command import shellscript as sh
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellwords import Field, Unsure, expand_text


def read_input(redirects: tuple[sh.Redirect, ...], shell: Shell) -> bytes | None:
    """Return the here-document that a command reads; ``None``: none, or nobody knows it."""
    for given in reversed(redirects):
        if given.operator in ("<<", "<<<"):
            body = expand_text(given.target, shell.lookup)
            return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else None
    return None


def redirect(redirects: tuple[sh.Redirect, ...], output: bytes | None, shell: Shell) -> None:
    """Write the files that output is sent to; ``output`` is what the command prints, if known."""
    for given in redirects:
        if given.operator not in (">", ">>", ">|", "&>", "&>>"):
            continue
        own = given.descriptor in ("", "1") and not given.operator.startswith("&")
        target = expand_text(given.target, shell.lookup)
        shell.write(target, output if own else None, append=given.operator.endswith(">>"))


def tell_output(fields: list[Field], text: bytes | None) -> bytes | None:
    """Return what a command prints, where that is plain."""
    if not fields or any(isinstance(field, Unsure) for field in fields):
        return b"" if not fields else None
    name, *words = (str(field) for field in fields)
    if name == "cat" and not words:
        return text
    if name in (":", "true"):
        return b""
    if name == "echo":
        return _echo(words)
    if name == "printf" and words:
        plain = _unescape(words[0])
        if plain == "%s\n" and len(words) > 1:
            return "".join(f"{word}\n" for word in words[1:]).encode()
        return plain.encode() if "%" not in plain and len(words) == 1 else None
    return None


def _echo(words: list[str]) -> bytes:
    end = "\n"
    while words and words[0] in ("-n", "-e", "-E", "-ne", "-en"):
        end = "" if "n" in words[0] else end
        words = words[1:]
    # Whether \n is a line end depends on the shell; whoever writes it means one.
    return (_unescape(" ".join(words)) + end).encode("utf-8", "surrogateescape")


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    ends = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r"}
    result, rest = "", text
    while rest:
        head, backslash, rest = rest.partition("\\")
        result += head
        if backslash:
            result += ends.get(rest[:1], "\\" + rest[:1])
            rest = rest[1:]
    return result
