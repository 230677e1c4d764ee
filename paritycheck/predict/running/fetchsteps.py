"""Programs that bring files from elsewhere or out of archives: ``curl``, ``git``, ``tar``, ``npm``.

Source: the reference pages of curl, wget, git clone, GNU tar, Info-ZIP unzip and npm.
"""

from __future__ import annotations

import posixpath

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure

_SYSTEM = frozenset({"usr", "opt", "bin", "sbin", "lib", "lib64", "etc", "var", "root", "tmp"})


def download(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``curl`` and ``wget``: a file whose content nobody knows."""
    name = posixpath.basename(str(fields[0]))
    options = Options(
        fields[1:], "oHdXuAeTFbcKmC" if name == "curl" else "OPoTtUi", ("--output", "--output-document")
    )
    output = options.values.get("o" if name == "curl" else "O")
    output = output or options.values.get("--output", options.values.get("--output-document"))
    urls = [u for u in options.operands if isinstance(u, str) and ("://" in u or "." in u)]
    if output is not None and output != "-":
        shell.write(output, None)
    elif urls and ((name == "wget" and output is None) or options.has("O", "--remote-name")):
        folder = options.values.get("P", "")
        leaf = posixpath.basename(urls[-1].split("?")[0])
        if leaf and isinstance(folder, str):
            shell.write(posixpath.join(folder, leaf), None)
    elif not urls and (options.has("O", "--remote-name") or name == "wget"):
        shell.touch(shell.cwd, "distributions")
    return None


def unpack(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``tar``, ``unzip``: the project's own archive may hold anything, one from elsewhere is third-party."""
    name = posixpath.basename(str(fields[0]))
    words = fields[1:]
    if name.endswith("tar") and words and isinstance(words[0], str) and not words[0].startswith("-"):
        words = ["-" + words[0], *words[1:]]
    options = Options(words, "Cfd" if name.endswith("tar") else "dxP", ("--directory", "--file"))
    if name.endswith("tar") and options.has("c", "--create"):
        archive = options.values.get("f", options.values.get("--file", "-"))
        if archive != "-":
            shell.write(archive, None)
        return None
    packed = options.values.get("f") if name.endswith("tar") else next(iter(options.operands), None)
    target = options.values.get("C" if name.endswith("tar") else "d", options.values.get("--directory", "."))
    if isinstance(target, Unsure):
        target = posixpath.dirname(target.start) or "."
    entry = shell.place(packed).entry if isinstance(packed, str) and packed != "-" else None
    own = entry is not None and entry.source != ""
    path = shell.place(target).path
    system = path.partition("/")[0] in _SYSTEM
    shell.touch(path, "anything" if own or not system else "distributions")
    return None


def run_git(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``git``: what it clones or checks out may well be the project."""
    words = list(fields[1:])
    directory = "."
    while len(words) > 1 and isinstance(words[0], str) and words[0].startswith("-"):
        if words.pop(0) in ("-C", "-c"):
            value = words.pop(0)
            directory = value if fields[1] == "-C" and isinstance(value, str) else directory
    action = words[0] if words else ""
    if action == "clone":
        operands = Options(words[1:], "bcjo", ("--branch", "--depth", "--config", "--jobs")).operands
        target = operands[1] if len(operands) > 1 else _leaf(operands[0]) if operands else "."
        if isinstance(target, str):
            shell.touch(shell.place(posixpath.join(directory, target)).path, "anything")
        else:
            shell.touch(shell.cwd, "anything")
    elif action in (
        "apply",
        "am",
        "checkout",
        "fetch",
        "lfs",
        "merge",
        "pull",
        "reset",
        "restore",
        "submodule",
        "switch",
    ):
        shell.touch(shell.place(directory).path, "anything")
    return None


def _leaf(url: Field) -> Field:
    if isinstance(url, Unsure):
        return url
    return posixpath.basename(url.rstrip("/")).removesuffix(".git") or "."


def fetch(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """Copies from elsewhere: their last word is where to."""
    target = fields[-1]
    path = shell.place(target).path if isinstance(target, str) and "://" not in target else shell.cwd
    shell.touch(path, "anything")
    return None


def run_node(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``npm``, ``yarn``, ``pnpm``, ``bun``: installed packages, or a script of the project."""
    options = Options(fields[1:], "C", ("--prefix", "--cwd", "--dir"))
    folder = next(
        (options.values[n] for n in ("--prefix", "--cwd", "--dir", "C") if n in options.values), "."
    )
    path = shell.place(folder).path if isinstance(folder, str) else shell.cwd
    action = options.operands[0] if options.operands else "install"
    if action in ("add", "ci", "clean-install", "i", "install", "cache", "config", "set", "prune", "rebuild"):
        if not options.has("g", "--global"):
            shell.touch(f"{path}/node_modules".lstrip("/"), "distributions")
        return None
    shell.touch(path, "generated")
    return None
