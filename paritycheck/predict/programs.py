"""Which programs do what to a stage: the table that a RUN's commands are looked up in.

What a command brings is one of three: files of others (package managers: ``distributions``),
files that it makes out of what is there (compilers, the project's own programs: ``generated``),
or copies from elsewhere that may well be the project (``git clone``, archives: ``anything``).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from paritycheck.parse.shell import parse_script
from paritycheck.predict import modesteps, shellsteps, transfersteps
from paritycheck.predict.buildnotes import RunStart
from paritycheck.predict.commandoptions import Options
from paritycheck.predict.findsteps import find
from paritycheck.predict.following import follow
from paritycheck.predict.installing import bring_distributions, target_below
from paritycheck.predict.managersteps import INSTALLERS
from paritycheck.predict.pipsteps import run_setup
from paritycheck.predict.programnames import GENERATORS, SILENT, STARTED, SYSTEM_TOOLS
from paritycheck.predict.shellstate import Shell, Status, covers
from paritycheck.predict.shellwords import Field, Unsure
from paritycheck.predict.testing import test

Program = Callable[[Shell, list[Field], bytes | None], Status]

_DEPTH = 8  # of scripts that call scripts
_SYSTEM = frozenset({"usr", "opt", "bin", "sbin", "lib", "lib64", "etc", "var", "root", "tmp"})


def perform(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """Run one program with its words; ``text`` is what it reads from a here-document."""
    if isinstance(fields[0], Unsure):
        shell.touch(shell.cwd, "anything")
        return None
    name = posixpath.basename(fields[0])
    entry = shell.place(fields[0]).entry if "/" in fields[0] else None
    if entry is not None and (entry.source or entry.digest in shell.tree.inline):
        return run_script(shell, fields[0], fields[1:])
    program = PROGRAMS.get(name)
    if program is None and re.fullmatch(r"(python|pypy)[\d.]*", name):
        program = PROGRAMS.get("python")
    if program is None and re.fullmatch(r"pip[\d.]*", name):
        program = PROGRAMS.get("pip")
    if program is not None:
        return program(shell, fields, text)
    if "/" in fields[0]:
        return run_script(shell, fields[0], fields[1:])
    shell.touch(shell.cwd, "generated")
    return None


def _silent(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return None


def _true(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return True


def _false(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return False


def _system(shell: Shell, _: list[Field], __: bytes | None) -> Status:
    shell.touch("", "distributions")
    return None


def _generate(shell: Shell, _: list[Field], __: bytes | None) -> Status:
    shell.touch(shell.cwd, "generated")
    return None


def _files(step: Callable[[Shell, list[Field]], Status]) -> Program:
    return lambda shell, fields, _: step(shell, fields[1:])


def _exit(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    shell.is_over = True
    shell.ended = fields[1] == "0" if len(fields) > 1 and isinstance(fields[1], str) else None
    return shell.ended


def _set(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    words = [field for field in fields[1:] if isinstance(field, str)]
    for word in words:
        if re.fullmatch(r"-[a-z]*e[a-z]*", word) or word == "errexit":
            shell.errexit = True
        elif re.fullmatch(r"\+[a-z]*e[a-z]*", word):
            shell.errexit = False
    if "--" in fields:
        shell.parameters = tuple(fields[fields.index("--") + 1 :])
    return True


def _unset(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    for field in fields[1:]:
        shell.env.pop(str(field), None)
    return True


def _export(shell: Shell, fields: list[Field], __: bytes | None) -> Status:
    for field in fields[1:]:
        if isinstance(field, str) and "=" in field:
            name, _, value = field.partition("=")
            shell.env[name] = value
    return True


def _evaluate(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    if any(isinstance(field, Unsure) for field in fields[1:]):
        shell.touch(shell.cwd, "anything")
        return None
    return run_text(shell, " ".join(str(field) for field in fields[1:]), ())


# What runs another program: how many words of its own it has, and its options that take a value.
_WRAPPERS: dict[str, tuple[int, str]] = {
    "builtin": (0, ""), "chpst": (0, "u"), "chronic": (0, ""), "command": (0, ""), "dumb-init": (0, ""),
    "env": (0, "uC"), "eatmydata": (0, ""),
    "exec": (0, ""), "gosu": (1, ""), "nice": (0, "n"),
    "nohup": (0, ""), "retry": (0, ""), "runuser": (0, "ug"), "setpriv": (0, ""), "stdbuf": (0, "ioe"),
    "su-exec": (1, ""),
    "sudo": (0, "ugHC"), "time": (0, ""), "timeout": (1, "ks"), "tini": (0, ""), "xvfb-run": (0, "ns"),
}  # fmt: skip


def _wrap(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    own, valued = _WRAPPERS[posixpath.basename(str(fields[0]))]
    rest = list(fields[1:])
    before = dict(shell.env)
    while rest and isinstance(rest[0], str) and (rest[0].startswith("-") or "=" in rest[0].split("/")[0]):
        word = rest.pop(0)
        if not isinstance(word, str) or word == "--":
            break
        if word.startswith("-"):
            if len(word) == 2 and word[1] in valued and rest:
                rest.pop(0)
        else:
            name, _, value = word.partition("=")
            shell.env[name] = value
    rest = rest[own:]
    status = shell.scene.perform(shell, rest, text) if rest else True
    shell.env = before
    return status


def _shell(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``sh``, ``bash`` and others: ``-c TEXT``, a script, or a here-document."""
    rest = list(fields[1:])
    while rest and isinstance(rest[0], str) and rest[0][:1] in "-+" and len(rest[0]) > 1:
        word = rest.pop(0)
        if word in ("-o", "+o", "-O") and rest:
            rest.pop(0)
        elif isinstance(word, str) and not word.startswith("--") and "c" in word:
            if rest and isinstance(rest[0], str):
                return run_text(shell, rest[0], tuple(rest[2:]), "e" in word)
            shell.touch(shell.cwd, "anything")
            return None
    if rest:
        return run_script(shell, rest[0], rest[1:])
    if text is not None:
        return run_text(shell, text.decode("utf-8", "surrogateescape"), ())
    return None


def run_text(shell: Shell, text: str, parameters: tuple[Field, ...], errexit: bool = False) -> Status:
    """Follow a script in a shell of its own; its files stay, its variables do not."""
    if shell.depth >= _DEPTH:
        shell.touch(shell.cwd, "anything")
        return None
    inner = Shell(shell.scene, shell.tree, shell.cwd, {}, shell.notes)
    inner.adopt_variables(shell)
    inner.depth, inner.parameters, inner.errexit = shell.depth + 1, parameters, errexit
    status = follow(
        parse_script(text),
        inner,
    )
    return inner.ended if inner.is_over else status


def run_script(shell: Shell, written: Field, words: list[Field]) -> Status:
    """Run a file: shell scripts that can be read are followed, Python programs and others are noted."""
    if isinstance(written, Unsure):
        shell.touch(shell.cwd, "generated")
        return None
    place = shell.place(written)
    if place.certainty != "present":
        if not covers("usr", place.path) and not covers("bin", place.path):
            shell.need(written)
        shell.touch(shell.cwd, "generated")
        return None
    data = shell.read(written)
    if data is None or b"\0" in data[:1024]:
        shell.touch(shell.cwd, "generated")
        return None
    first = data.split(b"\n", 1)[0]
    if first.startswith(b"#!") and b"python" in first:
        return start_program(shell, ["python", written, *words])
    if written.endswith(".py"):
        return start_program(shell, ["python", written, *words])
    if first.startswith(b"#!") and not re.search(rb"\b(ba|da|a|z|k)?sh\b", first):
        shell.touch(shell.cwd, "generated")
        return None
    errexit = re.search(rb"sh\s+-\w*e", first) is not None
    return run_text(shell, data.decode("utf-8", "surrogateescape"), tuple(words), errexit)


def _source(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``. FILE``: a virtual environment's activation, or a script in this very shell."""
    if len(fields) < 2 or isinstance(fields[1], Unsure):
        shell.touch(shell.cwd, "anything")
        return None
    path = shell.path(fields[1])
    if posixpath.basename(path) == "activate":
        prefix = posixpath.dirname(posixpath.dirname(path))
        shell.env["VIRTUAL_ENV"] = "/" + prefix
        return None
    data = shell.read(fields[1])
    if data is None or shell.depth >= _DEPTH:
        return None
    shell.depth += 1
    status = follow(parse_script(data.decode("utf-8", "surrogateescape")), shell)
    shell.depth -= 1
    return status


def start_program(shell: Shell, words: list[Field]) -> Status:
    """Note that a program of the project is started; it may make files where it is."""
    shell.notes.starts.append(
        RunStart(
            location=shell.scene.location,
            command=tuple(word if isinstance(word, str) else "" for word in words),
            cwd=shell.cwd,
            env={name: value for name, value in shell.env.items() if value is not None and _steers(name)},
            tree=shell.tree.fork(),
            certain=shell.guarded == 0,
        )
    )
    shell.touch(shell.cwd, "generated")
    return None


def _steers(name: str) -> bool:
    return name.startswith("PYTHON") or name in ("PATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "FLASK_APP")


def _start(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    return start_program(shell, fields)


_THIRD_PARTY_MODULES = frozenset(
    {"compileall", "ensurepip", "nltk.downloader", "playwright", "spacy", "site", "sysconfig",
     "textblob.download_corpora", "pipx", "json.tool", "py_compile", "zipfile", "cmdstanpy.install_cmdstan"}
)  # fmt: skip


def run_python(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``python``: a module, code or a file of the project."""
    rest = list(fields[1:])
    while rest and isinstance(rest[0], str) and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in ("-W", "-X") and rest:
            rest.pop(0)
        elif option == "-m" and rest:
            return _run_module(shell, rest, text)
        elif option == "-c":
            return start_program(shell, ["python", "-c", *rest])
        elif option in ("--version", "-V", "-VV", "--help"):
            return True
        elif option == "-":
            shell.touch(shell.cwd, "generated")
            return None
    if not rest:
        if text is not None:
            shell.touch(shell.cwd, "generated")
        return None
    if isinstance(rest[0], str):
        if posixpath.basename(rest[0]) == "setup.py":
            return PROGRAMS["setup.py"](shell, rest, text)
        shell.need(rest[0])
    return start_program(shell, ["python", *rest])


def _run_module(shell: Shell, rest: list[Field], text: bytes | None) -> Status:
    name = rest[0] if isinstance(rest[0], str) else ""
    if name in _THIRD_PARTY_MODULES:
        shell.touch("", "distributions")
        return None
    program = PROGRAMS.get(f"-m {name}") or (
        PROGRAMS.get(name) if name in ("pip", "uv", "poetry", "pdm", "pipenv") else None
    )
    if program is not None:
        return program(shell, rest, text)
    return start_program(shell, ["python", "-m", *rest])


def _download(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
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


def _unpack(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
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


def _git(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
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


def _fetch(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """Copies from elsewhere: their last word is where to."""
    target = fields[-1]
    path = shell.place(target).path if isinstance(target, str) and "://" not in target else shell.cwd
    shell.touch(path, "anything")
    return None


def _node(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
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


def _tee(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    options = Options(fields[1:])
    for operand in options.operands:
        shell.write(operand, None, append=options.has("a", "--append"))
    return None


def _xargs(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    options = Options(fields[1:], "nLPIdas")
    rest = options.operands
    # What it reads is not known: removals are uncertain, all else is as the program says.
    if rest and posixpath.basename(str(rest[0])) not in ("rm", "mv", "cp", "rmdir"):
        shell.scene.perform(shell, [*rest, Unsure("")], text)
    elif rest and rest[0] in ("mv", "cp"):
        shell.touch(shell.cwd, "anything")
    return None


def _virtualenv(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    operands = Options(fields[1:], "p", ("--python", "--prompt")).operands
    if operands and isinstance(operands[0], str):
        path = shell.place(operands[0]).path
        shell.make_directory(f"{path}/bin")
        bring_distributions(shell, target_below(shell, path))
    return None


def _change(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """Files are edited in place: they stay the modules that they are."""
    for field in fields[1:]:
        if isinstance(field, str) and re.fullmatch(r"[\w./-]+\.\w+", field) and not field.startswith("-"):
            shell.need(field)
    return None


def _su(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    if "-c" in fields[:-1]:
        script = fields[fields.index("-c") + 1]
        if isinstance(script, str):
            return run_text(shell, script, ())
    return None


PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(SILENT, _silent),
    **dict.fromkeys(SYSTEM_TOOLS, _system),
    **dict.fromkeys(GENERATORS, _generate),
    **dict.fromkeys(STARTED, _start),
    **dict.fromkeys(_WRAPPERS, _wrap),
    **dict.fromkeys(("ash", "bash", "dash", "ksh", "sh", "zsh"), _shell),
    **dict.fromkeys(("bsdtar", "tar", "unzip", "7z", "bsdcpio"), _unpack),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), _node),
    **dict.fromkeys(
        ("aws", "azcopy", "dvc", "gcloud", "gsutil", "hg", "rsync", "scp", "svn", "gdown"), _fetch
    ),
    **dict.fromkeys(("aria2c", "curl", "wget"), _download),
    **dict.fromkeys(("dos2unix", "patch", "unix2dos"), _change),
    **dict.fromkeys((".", "source"), _source),
    **dict.fromkeys(("[", "[[", "test"), lambda shell, fields, _: test(shell, fields)),
    **dict.fromkeys(("rm", "rmdir", "unlink"), _files(shellsteps.remove)),
    **dict.fromkeys(("declare", "export", "local", "readonly", "typeset"), _export),
    **dict.fromkeys(("virtualenv", "-m venv", "-m virtualenv"), _virtualenv),
    **INSTALLERS,
    ":": _true,
    "true": _true,
    "false": _false,
    "cd": _files(shellsteps.change_directory),
    "pushd": _files(shellsteps.change_directory),
    "chmod": _files(modesteps.change_mode),
    "chown": _files(modesteps.change_owner),
    "cp": _files(transfersteps.copy),
    "eval": _evaluate,
    "exit": _exit,
    "find": _files(find),
    "git": _git,
    "install": _files(transfersteps.install),
    "ln": _files(transfersteps.link),
    "mkdir": _files(shellsteps.make_directories),
    "mv": _files(transfersteps.move),
    "npx": _generate,
    "python": run_python,
    "set": _set,
    "setup.py": run_setup,
    "su": _su,
    "tee": _tee,
    "touch": _files(shellsteps.create),
    "unset": _unset,
    "xargs": _xargs,
}
