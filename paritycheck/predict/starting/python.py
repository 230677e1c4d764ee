"""The interpreter's own command line: a script, ``-m``, ``-c``, and what each puts first on ``sys.path``.

Sources: CPython, Python/initconfig.c (``config_parse_cmdline``), Python/pathconfig.c
(``_PyPathConfig_ComputeSysPath0``: a script's links are followed, ``-m`` and ``-c`` mean the working
directory), Lib/runpy.py (directories and zip files), "Command line and environment".
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from paritycheck.model.tree import FileTree
from paritycheck.parse.command.optionwords import flag_names
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.scene import (
    UNKNOWN,
    Call,
    Named,
    Outcome,
    Process,
    Scene,
    module_file,
    script_root,
    start_entry,
)

MANAGE = "./manage.py"  # how Django's script is called here: no program or module has a slash in its name
IS_PYTHON = re.compile(r"(?:python|pypy)(?:\d(?:\.\d+)?t?)?")
_WITH_VALUE = "WX"
# Nothing of the program's is run.
_ASKS = frozenset({"-h", "-?", "-V", "--version", "--help", "--help-env", "--help-xoptions", "--help-all"})
_ZIPPED = frozenset({".zip", ".pyz", ".egg"})

# They prepare a start and are over before it.
_PREPARING = frozenset({"pip", "ensurepip", "venv", "virtualenv", "compileall"})


class Runner(msgspec.Struct, frozen=True):
    """A module that runs another program in the same interpreter, with its sys.path.

    ``flags`` are its options without a value, ``command`` is the word that asks for a run, if there is one.
    """

    flags: frozenset[str] = frozenset()
    command: str = ""


RUNNERS: dict[str, Runner] = {
    "debugpy": Runner(flag_names("--wait-for-client --log-to-stderr")),
    "cProfile": Runner(),
    "profile": Runner(),
    "pdb": Runner(),
    "ipdb": Runner(),
    "coverage": Runner(
        flag_names("-p --parallel-mode -a --append --branch --timid -L --pylib -h --help"), "run"
    ),
    "memray": Runner(
        flag_names(
            "--live --follow-fork --native --trace-python-allocators --aggregate -q --quiet -v --verbose "
            "-f --force --compress-on-exit --no-compress"
        ),
        "run",
    ),
    "pyinstrument": Runner(flag_names("--show-all --timeline --unicode --no-unicode --color --no-color -t")),
    "viztracer": Runner(flag_names("--quiet -q --log_async --open --ignore_c_function --ignore_frozen")),
    "scalene": Runner(flag_names("--cli --json --html --reduced-profile --cpu --gpu --memory --off --on")),
    "kernprof": Runner(flag_names("-l --line-by-line -b --builtin -v --view -z --skip-zero")),
    "hupper": Runner(),
}


class Flags(msgspec.Struct, frozen=True):
    """What the options before the program say, and the words from the program on."""

    letters: str
    mode: str
    program: str
    arguments: tuple[str, ...]


def read_flags(words: tuple[str, ...]) -> Flags | None:
    """Read the words after ``python``; ``None`` if only help or the version is asked for."""
    letters = ""
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word in _ASKS:
            return None
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            return Flags(letters, "file", word, words[position:])
        if word.startswith("--"):
            position += word == "--check-hash-based-pycs"
            continue
        for index, letter in enumerate(word[1:], 2):
            if letter in "cm":
                value = word[index:]
                if not value:
                    value = words[position] if position < len(words) else ""
                    position += 1
                return Flags(letters, letter, value, words[position:])
            if letter in _WITH_VALUE:
                position += not word[index:]
                break
            letters += letter
    rest = words[position:]
    return Flags(letters, "file", rest[0], rest[1:]) if rest else Flags(letters, "file", "", ())


def run_python(words: tuple[str, ...], scene: Scene, given: str | None = None) -> Outcome:
    """Follow ``python …``; the first word names the interpreter, ``given`` is what it reads as input."""
    executable = scene.absolute(words[0]) if "/" in words[0] else words[0]
    start = Process(words, scene.cwd, location=scene.location, interpreter=words[0], executable=executable)
    flags = read_flags(words[1:])
    if flags is None:
        return msgspec.structs.replace(start, idle=True, reason="shows the interpreter's help or version")
    changes = _switches(flags.letters)
    call = Call(flags.arguments, scene.given(changes), start)
    if UNKNOWN in flags.program and flags.mode != "c":
        return call.fails(f"what {words[0]} runs is not known: {shown(flags.program)}")
    if flags.mode == "c":
        return _run_code(call, flags.program, "code after -c")
    if flags.program in ("", "-") and flags.mode == "file" and given is not None:
        return _run_code(call, given, "code that it is given to read")
    if flags.mode == "m":
        return _run_module(call, flags)
    return _run_file(call, flags)


def shown(text: str) -> str:
    """Return a word for a message, what is unknown in it as dots."""
    return repr(text.replace(UNKNOWN, "…"))


def _switches(letters: str) -> dict[str, str]:
    """Return the options that stand for variables; isolation takes those away that add to sys.path."""
    changes: dict[str, str] = {}
    if "E" in letters or "I" in letters:
        changes.update(PYTHONPATH="", PYTHONHOME="", PYTHONSAFEPATH="", PYTHONUSERBASE="")
    if "s" in letters or "I" in letters:
        changes["PYTHONNOUSERSITE"] = "1"
    if "P" in letters or "I" in letters:
        changes["PYTHONSAFEPATH"] = "1"
    return changes


def put_first(call: Call, path: str) -> Call:
    """Return the call with a directory first on sys.path, unless the interpreter is told not to."""
    interpreter = call.scene.container.environment.interpreter
    old = interpreter is not None and tuple(
        int(part) for part in interpreter.version.split(".")[:2] if part.isdecimal()
    ) < (3, 11)
    if call.scene.env.get("PYTHONSAFEPATH") and not old:
        return call
    entries = (start_entry(call.scene, path), *call.process.path_entries)
    return msgspec.structs.replace(call, process=msgspec.structs.replace(call.process, path_entries=entries))


def _run_code(call: Call, code: str, what: str) -> Process:
    call = put_first(call, ".")
    says = parse_source(code.encode("utf-8", "replace"))
    if says.problem is not None:
        return call.fails(f"{what} cannot be read: {says.problem.message}")
    statements = [each for each in says.imports if not each.level and each.context in ("module", "function")]
    return call.becomes(
        what,
        modules=tuple(each.module for each in statements),
        attributes=tuple((each.module, name) for each in statements for name in each.names if name != "*"),
    )


def _run_module(call: Call, flags: Flags) -> Outcome:
    call = put_first(call, ".")
    name = flags.program
    if not name:
        return call.fails("python -m without a module")
    if name in RUNNERS:
        return _run_through(call, flags)
    found = module_file(call.scene, call.search, name)
    package = found and not found.endswith(".py")
    process = call.becomes(
        f"runs the module {name}", roots=(Root(f"{name}.__main__" if package else name, main=True),)
    )
    if (found and not _installed(found)) or "/" in name:
        return process  # the project's own, whatever it is called
    if name in _PREPARING:
        return msgspec.structs.replace(process, idle=True)
    return Named(name.removesuffix(".__main__"), call, process)


def _run_through(call: Call, flags: Flags) -> Outcome:
    """Follow ``python -m debugpy [options] FILE | -m MODULE``: as if its own options were not there."""
    runner = RUNNERS[flags.program]
    words = list(flags.arguments)
    if runner.command and words[:1] != [runner.command]:
        return call.fails(f"{flags.program}: {runner.command} is not asked for")
    words = words[1:] if runner.command else words
    while words and words[0].startswith("-") and words[0] not in ("-m", "-c"):
        option = words.pop(0)
        if option == "--":
            break
        if option not in runner.flags and "=" not in option and words:
            words.pop(0)
    again = run_python((call.process.interpreter, *words), call.scene)
    if isinstance(again, Process):
        return msgspec.structs.replace(again, programs=(flags.program, *again.programs))
    return again


def _installed(path: str) -> bool:
    return "/site-packages/" in path or "/dist-packages/" in path


def _run_file(call: Call, flags: Flags) -> Outcome:
    scene, name = call.scene, flags.program
    if not name or name == "-":
        return call.fails("python without a program: it reads what it is given to run")
    path = scene.absolute(name)
    if scene.files.is_dir(path):
        call = _first_always(call, path)
        return call.becomes(f"runs the directory {name}", roots=(script_root(scene, path + "/__main__.py"),))
    place = scene.files.real(path).lstrip("/")
    members = scene.container.archives.get(place)
    if members is not None:
        return _run_archive(_first_always(call, path), name, members)
    if posixpath.splitext(path)[1] in _ZIPPED:
        doubt = scene.container.project_doubt(place)
        if scene.files.exists(path):
            return call.fails(f"{name} is an archive, which is not looked into")
        if doubt is not None:
            return call.fails(f"{name} is an archive that only the build makes: {doubt.reason}")
    return run_script(call, path)


def _run_archive(call: Call, name: str, members: FileTree) -> Process:
    """Follow ``python app.pyz``, the archive already first on sys.path: ``__main__`` is imported from it."""
    if not any(f"__main__{suffix}" in members for suffix in (".py", ".pyc")):
        return call.fails(f"there is no __main__ in {name}")
    return call.becomes(f"runs the archive {name}", roots=(Root("__main__", main=True),))


def _first_always(call: Call, path: str) -> Call:
    entries = (start_entry(call.scene, path), *call.process.path_entries)
    return msgspec.structs.replace(call, process=msgspec.structs.replace(call.process, path_entries=entries))


_CONSOLE_SCRIPT = re.compile(
    r"^from\s+([\w.]+)\s+import\s+(\w+).{0,400}?sys\.exit\(\s*(\w+)", re.MULTILINE | re.DOTALL
)


def run_script(call: Call, path: str) -> Outcome:
    """Follow a Python script by its absolute path, whether or not it is there."""
    scene = call.scene
    directory = posixpath.dirname(scene.files.real(path))
    call = put_first(call, directory)
    name = posixpath.basename(path)
    text = scene.text(path) or ""
    process = call.becomes(f"runs the script {path}", roots=(script_root(scene, path),))
    if posixpath.basename(posixpath.dirname(path)) in ("bin", "sbin", "Scripts") and not name.endswith(".py"):
        target = console_target(text)
        if target is not None:
            process = call.becomes(f"runs {name}", modules=target[:1], attributes=(target,))
        return Named(name, call, process)
    if name == "manage.py" or "execute_from_command_line" in text:
        inner = msgspec.structs.replace(call, arguments=(path, *call.arguments))
        return Named(MANAGE, inner, process)
    return process


def console_target(text: str) -> tuple[str, str] | None:
    """Return module and attribute that the text of a generated console script calls."""
    match = _CONSOLE_SCRIPT.search(text[:4096])
    return (match[1], match[2]) if match and match[2] == match[3] else None
