"""What packs a project or compiles its requirements: ``python -m build``, setup.py, ``pip-compile``.

Source: pypa/build; the ``build`` commands of uv, Poetry, hatch, flit and pdm; setuptools' commands; pip-tools
``pip-compile`` and ``uv pip compile``.
"""

from __future__ import annotations

import posixpath

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.exporting import export
from paritycheck.predict.running.installing import install_project, is_project
from paritycheck.predict.running.installsites import current_target, target_below
from paritycheck.predict.running.piprequest import collect, command_text, given, pip_request, read_words
from paritycheck.predict.running.pipsteps import required_by, select_wanted
from paritycheck.predict.running.recording import record
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading
from paritycheck.predict.running.wheelhouse import BOTH, pack_wheel

# Options that choose between a wheel and a source archive.
_CHOOSING = frozenset({"--wheel", "-w", "--format", "-f", "--target", "-t", "--no-sdist"})


def run_compile(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``pip-compile`` and ``uv pip compile``: a requirements file of what the named ones select."""
    values, operands = read_words(list(fields[1:]), "forc")
    operands = [field for field in operands if field not in ("pip", "compile")]
    wanted = collect(shell, {**values, "-r": operands or ["pyproject.toml"]}, [])
    target = current_target(shell)
    selection = select_wanted(shell, pip_request(shell, values, wanted), wanted, [], target, Reading(shell))
    outputs = given(values, "-o", "--output-file")
    first = operands[0] if operands and isinstance(operands[0], str) else "requirements.in"
    if not outputs and posixpath.basename(str(fields[0])).startswith("pip-compile"):
        outputs = [posixpath.splitext(first)[0] + ".txt" if first.endswith(".in") else "requirements.txt"]
    export(shell, selection, outputs)
    return None


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
        requires = required_by(shell, directory, current_target(shell))
        ends = BOTH[:1] if _CHOOSING & values.keys() or "wheel" in fields else BOTH
        pack_wheel(shell, directory, path, requires, complete=False, ends=ends)
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
        selection = required_by(shell, directory, target)
        record(shell, target, command_text(["python", *fields]), selection)
        install_project(shell, directory, target, editable="develop" in actions)
    elif actions & {"bdist_wheel", "sdist"}:
        requires = required_by(shell, directory, target)
        ends = BOTH if "bdist_wheel" in actions else BOTH[1:]
        ends = ends if "sdist" in actions else BOTH[:1]
        pack_wheel(shell, directory, f"{directory}/dist".lstrip("/"), requires, complete=False, ends=ends)
    shell.touch(directory, "anything" if "build_ext" in actions else "generated")
    return None
