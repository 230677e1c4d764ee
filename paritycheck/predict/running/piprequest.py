"""What the words of ``pip install`` and its relatives ask for: requirements, files, local projects, wheels.

Source: pip's ``install``, ``wheel`` and requirements file format; ``uv pip install`` and ``uv pip sync``.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.predict.running.installing import is_fetched, is_project
from paritycheck.predict.running.managerwords import Values
from paritycheck.predict.running.recording import write_bytes
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellwords import Field, Unsure
from paritycheck.predict.selecting.request import PipRequest

_LETTERS = "recteifwdbop"
_VALUED = frozenset(
    {"--abi", "--build", "--build-option", "--cache-dir", "--categories", "--category", "--cert",
    "--compile-args",
    "--config-settings", "--constraint", "--constraints", "--default-index", "--dest", "--directory",
    "--editable", "--env-file", "--exclude", "--exclude-newer", "--extra", "--extra-index-url", "--extras",
    "--file", "--find-links", "--format", "--global-option", "--group", "--implementation", "--index",
    "--index-strategy", "--index-url", "--keyring-provider", "--link-mode", "--log", "--log-file", "--name",
    "--no-binary", "--no-binary-package", "--no-build-isolation-package", "--no-extra", "--no-group",
    "--no-install-package", "--only", "--only-binary", "--only-group", "--out-dir", "--outdir", "--output",
    "--output-file", "--override", "--overrides", "--package", "--platform", "--prefix", "--prerelease",
    "--progress-bar", "--project", "--prompt", "--proxy", "--python", "--python-version",
    "--report", "--requirement", "--requirements", "--resolution", "--retries", "--root", "--src", "--target",
    "--timeout", "--torch-backend", "--trusted-host", "--upgrade-package", "--upgrade-strategy",
    "--wheel-dir", "--with", "--without"}
)  # fmt: skip
_INDEX = ("--index-url", "-i", "--extra-index-url", "--default-index", "--index", "--find-links", "-f")
_NESTING = 8  # of requirements files
STREAM = "dev/stdin"  # where what a command reads lies while it is followed
_STREAMS = ("-", "/dev/stdin", "/proc/self/fd/0")
# shop[web] @ file:///src, and as uv also takes it: shop@dist/shop-1.whl
_NAMED_PATH = re.compile(r"[\w.-]+(?:\[[^\]]*\])?\s*@\s*(file:.+|[^:@\s]+/[^:@\s]*)")
# Of shop==$VERSION only the version is open, of shop @ file://$WHEEL the address.
_NAMED_VERSION = re.compile(r"\s*([A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?)\s*(?:===?|[~!<>]=|[<>@])")


class Wanted:
    """What an install is asked for; ``unclear``: what of it nobody can read."""

    def __init__(self) -> None:
        self.projects: list[tuple[str, bool]] = []
        self.extras: dict[str, tuple[str, ...]] = {}
        self.wheels: list[Field] = []
        self.words: list[str] = []
        self.files: list[str] = []
        self.constraints: list[str] = []
        self.absent: list[str] = []
        self.sources: list[str] = []  # projects of which only the requirements are wanted
        self.unclear = ""


def read_words(words: list[Field], letters: str = _LETTERS) -> tuple[Values, list[Field]]:
    """Return options with their values (repeated ones in order) and operands; ``letters`` take a value."""
    values: Values = {}
    operands: list[Field] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unsure) or not word.startswith("-") or word == "-":
            operands.append(word)
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            entry = values.setdefault(name, [])
            if equals:
                entry.append(value)
            elif name in _VALUED and rest:
                entry.append(rest.pop(0))
        else:
            for index, letter in enumerate(word[1:], start=2):
                entry = values.setdefault(f"-{letter}", [])
                if letter in letters:
                    if word[index:]:
                        entry.append(word[index:].removeprefix("="))
                    elif rest:
                        entry.append(rest.pop(0))
                    break
    return values, operands


def given(values: Values, *names: str) -> list[Field]:
    """Return the values of options, whatever they are called, each name's in order."""
    return [value for name in names for value in values.get(name, ())]


def texts(values: Values, *names: str) -> tuple[str, ...]:
    """Return the values of options that are known, those with commas and spaces taken apart."""
    known = (value for value in given(values, *names) if isinstance(value, str))
    return tuple(part for value in known for part in re.split(r"[,\s]+", value) if part)


def command_text(fields: list[Field]) -> str:
    """Return a command's words, as far as they are known."""
    return " ".join(field if isinstance(field, str) else f"{field.start}…" for field in fields)


def collect(shell: Shell, values: Values, operands: list[Field]) -> Wanted:
    """Return what the arguments name, and the local projects and wheels of the files among them."""
    wanted = Wanted()
    extras = texts(values, "--extra")
    for value in given(values, "-e", "--editable"):
        _want(shell, wanted, value, "/" + shell.cwd, editable=True)
    for value in given(values, "-r", "--requirement", "--requirements"):
        if value in _STREAMS and shell.piped is not None:
            write_bytes(shell, STREAM, shell.piped)
            wanted.files.append(STREAM)
            continue
        if isinstance(value, Unsure) or value in _STREAMS or "://" in value:
            wanted.unclear = f"what {command_text([value])} holds is not known"
            continue
        path = shell.place(value).path
        if posixpath.basename(path) in ("pyproject.toml", "setup.cfg", "setup.py"):
            shell.need(value)
            folder = posixpath.dirname(path)
            wanted.sources.append(folder)
            wanted.extras[folder] = ("*",) if "--all-extras" in values else extras
            continue
        wanted.files.append(path)
        if shell.is_absent(value):
            wanted.absent.append(path)
        _read_requirements(shell, wanted, value, 0)
    for value in given(values, "-c", "--constraint", "--constraints"):
        if isinstance(value, str) and "://" not in value:
            shell.need(value)
            wanted.constraints.append(shell.place(value).path)
    for operand in operands:
        _want(shell, wanted, operand, "/" + shell.cwd, editable=False, named=True)
    return wanted


def pip_request(shell: Shell, values: Values, wanted: Wanted, exact: bool = False) -> PipRequest:
    """Return the request of an install that is asked for what was collected."""
    groups = []
    for name in texts(values, "--group"):
        file, colon, group = name.rpartition(":")
        groups.append((shell.place(file if colon else "pyproject.toml").path, group))
    local = [path for path, _ in wanted.projects] + wanted.sources
    options = [
        f"{name} {value}" for name in _INDEX for value in values.get(name, ()) if isinstance(value, str)
    ]
    return PipRequest(
        location=shell.scene.location,
        words=tuple(wanted.words),
        files=tuple(wanted.files),
        constraints=tuple(wanted.constraints),
        projects=tuple((path, wanted.extras.get(path, ())) for path in dict.fromkeys(local)),
        groups=tuple(groups),
        options=(*options, *(name for name in ("--pre", "--no-index") if name in values)),
        cwd=shell.cwd,
        no_deps="--no-deps" in values,
        exact=exact,
    )


def _want(
    shell: Shell, wanted: Wanted, written: Field, base: str, editable: bool, named: bool = False
) -> None:
    """Note one requirement; ``named``: on the command line, not in a file that is read as a whole."""
    if isinstance(written, Unsure):
        version_open = _NAMED_VERSION.match(written.start) if named else None
        if version_open is None:
            wanted.unclear = f"what {command_text([written])} stands for is not known"
        else:
            wanted.words.append(version_open[1].strip())
        return
    text = written.split(";")[0].strip()
    named_path = _NAMED_PATH.fullmatch(text)
    if named_path is not None:
        text = named_path[1]
    text = re.sub(r"^file:(//)?", "", text)
    extras = re.search(r"\[([^\]]*)\]$", text)
    text = re.sub(r"\[[^\]]*\]$", "", text)
    if "://" in text or text.startswith("git+"):
        if named or editable:
            wanted.words.append(written)
        return
    if "/" in text and re.search(r"[*?]", text):
        wanted.wheels += _built_wheels(shell, posixpath.join(base, text))
        return
    if text.endswith((".whl", ".tar.gz", ".zip")):
        wanted.wheels.append(posixpath.join(base, text))
        return
    path = shell.place(posixpath.join(base, text)).path
    local = editable or text.startswith((".", "/")) or "/" in text
    if not local:
        if named:
            wanted.words.append(written)
        return
    if extras is not None:
        wanted.extras[path] = tuple(part.strip() for part in extras[1].split(",") if part.strip())
    if is_project(shell, path):
        wanted.projects.append((path, editable))
    elif shell.tree.is_dir(path) or editable or text.startswith("."):
        choices = [f"/{path}/{name}" for name in ("pyproject.toml", "setup.py")]
        if all(shell.is_absent(choice) for choice in choices) and not (editable and is_fetched(shell, path)):
            shell.need(choices[0])
        else:
            wanted.projects.append((path, editable))


def _built_wheels(shell: Shell, pattern: str) -> list[str]:
    """Return what a pattern that no file matches may mean: the wheels there, whose real tags nobody knows."""
    folder = posixpath.dirname(pattern)
    built = [name for name in shell.tree.children(shell.path(folder)) if name.endswith(".whl")]
    return [posixpath.join(folder, name) for name in built] or [pattern]


def _read_requirements(shell: Shell, wanted: Wanted, written: Field, depth: int) -> None:
    if isinstance(written, Unsure) or "://" in written or depth > _NESTING:
        return
    shell.need(written)
    text = (shell.read(written) or b"").decode("utf-8", "replace")
    folder = posixpath.dirname(written)
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        option, _, value = re.sub(r"[\s=]+", " ", line, count=1).partition(" ")
        value = value.strip().strip("\"'")
        if option in ("-r", "--requirement", "-c", "--constraint"):
            nested = posixpath.join(folder, value)
            if option in ("-r", "--requirement"):
                _read_requirements(shell, wanted, nested, depth + 1)
            elif "://" not in value:
                shell.need(nested)
        elif option in ("-e", "--editable"):
            # Relative to where pip runs, not to the file.
            _want(shell, wanted, value, "/" + shell.cwd, editable=True)
        elif line and not line.startswith("-"):
            _want(shell, wanted, line, "/" + shell.cwd, editable=False)
