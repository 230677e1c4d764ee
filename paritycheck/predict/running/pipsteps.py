"""The commands of pip, ``uv pip``, ``python -m build`` and setup.py, as they change a stage.

Source: pip's ``install``, ``wheel`` and requirements file format; ``uv pip install``; pypa/build.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.installing import (
    Target,
    bring_distributions,
    current_target,
    install_project,
    install_wheel,
    is_project,
    pack_wheel,
    target_below,
)
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure

_LETTERS = "recteifwdbop"
_VALUED = frozenset(
    {"--abi", "--build", "--build-option", "--cache-dir", "--cert", "--compile-args",
    "--config-settings", "--constraint", "--default-index", "--dest", "--directory", "--editable",
    "--exclude", "--exclude-newer", "--extra", "--extra-index-url", "--find-links", "--global-option",
    "--group", "--implementation", "--index", "--index-strategy", "--index-url", "--keyring-provider",
    "--link-mode", "--log", "--log-file", "--no-binary", "--no-binary-package",
    "--no-build-isolation-package", "--only-binary", "--out-dir", "--outdir", "--override",
    "--overrides", "--platform", "--prefix", "--prerelease", "--progress-bar", "--project", "--proxy",
    "--python", "--python-version", "--report", "--requirement", "--requirements", "--resolution",
    "--retries", "--root", "--src", "--target", "--timeout", "--torch-backend", "--trusted-host",
    "--upgrade-package", "--upgrade-strategy", "--wheel-dir"}
)  # fmt: skip
_NESTING = 8  # of requirements files


class _Wanted:
    """What an install is asked for: projects, wheels, and whether each is editable."""

    def __init__(self) -> None:
        self.projects: list[tuple[str, bool]] = []
        self.wheels: list[Field] = []


def run_pip(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``pip``: whatever it installs is third-party, but for paths of the project."""
    words = list(fields[1:])
    values, operands = read_words(words)
    action = operands.pop(0) if operands else ""
    program = fields[0] if isinstance(fields[0], str) else ""
    if action == "install":
        _install(shell, values, operands, pip_target(shell, program, values))
    elif action == "wheel":
        folder = values.get("--wheel-dir", values.get("-w", ["."]))[-1]
        _wheels(shell, values, operands, folder)
    elif action == "download":
        folder = values.get("--dest", values.get("-d", ["."]))[-1]
        shell.touch(shell.place(folder).path if isinstance(folder, str) else shell.cwd, "distributions")
    return None


def read_words(words: list[Field]) -> tuple[dict[str, list[Field]], list[Field]]:
    """Return options with their values (repeated ones in order) and operands."""
    values: dict[str, list[Field]] = {}
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
                if letter in _LETTERS:
                    if word[index:]:
                        entry.append(word[index:].removeprefix("="))
                    elif rest:
                        entry.append(rest.pop(0))
                    break
    return values, operands


def pip_target(shell: Shell, program: str, values: dict[str, list[Field]]) -> Target:
    """Return where ``pip install`` with these options goes."""
    for names in (("--target", "-t"), ("--prefix",)):
        given = next((values[name][-1] for name in names if values.get(name)), None)
        if given is None:
            continue
        path = shell.place(given).path if isinstance(given, str) else shell.place(given.start or ".").path
        return Target(path, path) if "--target" in names else target_below(shell, path)
    if "--user" in values or shell.scene.unprivileged:
        venv = current_target(shell, program)
        if "--user" in values or venv.prefix in ("usr/local", "usr"):
            home = shell.lookup("HOME")
            base = shell.variable("PYTHONUSERBASE") or f"{home if isinstance(home, str) else '/root'}/.local"
            return target_below(shell, shell.path(base))
    return current_target(shell, program)


def _install(shell: Shell, values: dict[str, list[Field]], operands: list[Field], target: Target) -> None:
    wanted = collect(shell, values, operands)
    bring_distributions(shell, target)
    for operand in operands:
        pin = re.fullmatch(r"poetry(?:==|~=|<=?)(\d[\w.]*)", operand) if isinstance(operand, str) else None
        if pin:
            # What this version of Poetry will do is asked when it installs.
            shell.make_directory(f"{target.site}/poetry-{pin[1]}.dist-info")
    for directory, editable in wanted.projects:
        install_project(shell, directory, target, editable)
    for wheel in wanted.wheels:
        if isinstance(wheel, str):
            install_wheel(shell, shell.path(wheel), target)


def collect(shell: Shell, values: dict[str, list[Field]], operands: list[Field]) -> _Wanted:
    """Return the local projects and wheels among the arguments and in the requirements files they name."""
    wanted = _Wanted()
    for name in ("-e", "--editable"):
        for value in values.get(name, ()):
            _want(shell, wanted, value, "/" + shell.cwd, editable=True)
    for name in ("-r", "--requirement", "--requirements"):
        for value in values.get(name, ()):
            _read_requirements(shell, wanted, value, 0)
    for name in ("-c", "--constraint"):
        for value in values.get(name, ()):
            if isinstance(value, str) and "://" not in value:
                shell.need(value)
    for operand in operands:
        _want(shell, wanted, operand, "/" + shell.cwd, editable=False)
    return wanted


def _want(shell: Shell, wanted: _Wanted, written: Field, base: str, editable: bool) -> None:
    if isinstance(written, Unsure):
        return
    text = written.split(";")[0].strip()
    if " @ file:" in text:
        text = text.partition(" @ ")[2]
    text = re.sub(r"^file:(//)?", "", text)
    text = re.sub(r"\[[^\]]*\]$", "", text)
    if "://" in text or text.startswith("git+"):
        return
    if text.endswith((".whl", ".tar.gz", ".zip")):
        wanted.wheels.append(posixpath.join(base, text))
        return
    path = shell.place(posixpath.join(base, text)).path
    local = editable or text.startswith((".", "/")) or "/" in text
    if not local:
        return
    if is_project(shell, path):
        wanted.projects.append((path, editable))
    elif shell.tree.is_dir(path) or editable or text.startswith("."):
        choices = [f"/{path}/{name}" for name in ("pyproject.toml", "setup.py")]
        if all(shell.is_absent(choice) for choice in choices):
            shell.need(choices[0])
        else:
            wanted.projects.append((path, editable))


def _read_requirements(shell: Shell, wanted: _Wanted, written: Field, depth: int) -> None:
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


def _wheels(shell: Shell, values: dict[str, list[Field]], operands: list[Field], folder: Field) -> None:
    path = shell.place(folder).path if isinstance(folder, str) else shell.cwd
    shell.make_directory(path)
    shell.touch(path, "distributions")
    for directory, _ in collect(shell, values, operands).projects:
        pack_wheel(shell, directory, path)


def run_build(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``python -m build``, ``uv build``, ``poetry build``, ``hatch build``, ``flit build``, ``pdm build``."""
    values, operands = read_words(list(fields[1:]))
    operands = [o for o in operands if o not in ("build", "wheel")]
    folder: Field = next(
        (values[n][-1] for n in ("--outdir", "--out-dir", "--output", "-o", "-d", "--dest") if values.get(n)),
        "",
    )
    source = operands[0] if operands and isinstance(operands[0], str) else "."
    directory = shell.place(source).path
    path = shell.place(folder).path if isinstance(folder, str) and folder else f"{directory}/dist".lstrip("/")
    if is_project(shell, directory):
        pack_wheel(shell, directory, path)
    else:
        shell.touch(path, "generated")
    return None


def run_setup(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``python setup.py COMMAND``."""
    script = str(fields[0])
    shell.need(script)
    directory = shell.place(posixpath.dirname(script) or ".").path
    values = Options(fields[1:], "", ("--prefix", "--root", "--dist-dir")).values
    actions = {str(field) for field in fields[1:]}
    prefix = values.get("--prefix")
    target = target_below(shell, shell.path(prefix)) if isinstance(prefix, str) else current_target(shell)
    if actions & {"install", "develop", "easy_install"}:
        install_project(shell, directory, target, editable="develop" in actions)
    elif "bdist_wheel" in actions:
        pack_wheel(shell, directory, f"{directory}/dist".lstrip("/"))
    shell.touch(directory, "anything" if "build_ext" in actions else "generated")
    return None
