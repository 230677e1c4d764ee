import os
import signal
import sys
import time
from pathlib import Path

import pytest

from paritycheck.capture.python.description import decode_probe
from paritycheck.capture.python.execution import MAX_OUTPUT
from paritycheck.capture.python.interpreter import (
    NO_ENVIRONMENT,
    describe_interpreter,
    local_environment,
    probe_script,
)
from paritycheck.errors import SourceError

SHELL = "#!/bin/sh\n"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def broken_venv(directory: Path, text: str) -> Path:
    program(directory / "bin/python", text)
    (directory / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return directory


def wrapper(path: Path, before: str) -> Path:
    """A shell script that does something and then is the interpreter that runs the tests."""
    return program(path, f'{SHELL}{before}\nexec {sys.executable} "$@"\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHELL, "did not describe itself (exit code 0)"),
        (SHELL + "echo rubbish; echo trouble >&2; exit 3", "it printed: rubbish (exit code 3: trouble)"),
        (SHELL + 'for last; do :; done; echo "$last{}$last"', "damaged"),
        (SHELL + 'for last; do :; done; echo "$last{$last"', "damaged"),
        (SHELL + "yes | tr -d '\\n'", f"printed more than {MAX_OUTPUT >> 20} MB"),
        (SHELL + "cat >/dev/null; sleep 60 & wait", "did not answer within 0.5 s"),
        ("\x00\x01", "cannot be run"),
        (None, "cannot be run: No such file or directory"),
    ],
)
def test_an_interpreter_that_was_named_must_work(tmp_path: Path, text: str | None, said: str) -> None:
    python = tmp_path / "python"
    if text is not None:
        program(python, text)
    with pytest.raises(SourceError) as caught:
        local_environment(str(python), None, tmp_path, timeout=0.5 if "sleep" in (text or "") else 20)
    assert said in caught.value.message
    assert caught.value.message.startswith(str(python))
    assert caught.value.hint


def test_nothing_is_left_running(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    python = program(tmp_path / "python", f"{SHELL}sleep 60 &\necho $! > {note}\nwait\n")
    with pytest.raises(SourceError, match="did not answer"):
        describe_interpreter(str(python), tmp_path, timeout=0.5)
    pid = int(note.read_text())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, signal.SIG_DFL)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("the interpreter's child survived")


def test_what_is_printed_at_start_does_no_harm(tmp_path: Path) -> None:
    python = wrapper(tmp_path / "python", "echo '{\"version\": 1}'; echo noise >&2")
    found = describe_interpreter(str(python), tmp_path)
    assert found.interpreter is not None
    assert found.interpreter.version == sys.version.split()[0]


def test_no_code_of_the_project_is_run(tmp_path: Path) -> None:
    for module in ("json", "os", "re", "platform", "sysconfig", "sitecustomize", "usercustomize"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('ran project code')")
    variables = {"PYTHONPATH": f":{tmp_path}", "PYTHONWARNINGS": "error", "PYTHONINSPECT": "1"}
    found = describe_interpreter(sys.executable, tmp_path, env=variables)
    assert found.sys_path[0].path == str(tmp_path)
    assert found.sys_path[0].reason == "pythonpath"


def test_order_of_search(tmp_path: Path) -> None:
    mark = "export PYTHONPATH=/by/{}"
    named = wrapper(tmp_path / "named", mark.format("option"))
    active = tmp_path / "active"
    wrapper(active / "bin/python", mark.format("variable"))
    assert local_environment(None, None, tmp_path).problems == (NO_ENVIRONMENT,)

    def first(python: Path | None, virtual_env: Path | None) -> str:
        found = local_environment(
            str(python) if python else None, str(virtual_env) if virtual_env else None, tmp_path
        )
        return found.sys_path[0].path

    # Isolated mode hides the variable at first, but the probe describes what it stands for.
    for name in ("venv", ".venv"):
        wrapper(tmp_path / name / "bin/python", mark.format(name))
        (tmp_path / name / "pyvenv.cfg").write_text("")
        assert first(None, None) == f"/by/{name}"
    assert first(None, active) == "/by/variable"
    assert first(named, active) == "/by/option"


def test_a_broken_environment_found_by_convention_is_a_problem(tmp_path: Path) -> None:
    broken_venv(tmp_path / ".venv", SHELL + "exit 1")
    found = local_environment(None, None, tmp_path)
    assert found.interpreter is None
    assert "no local environment: .venv does not work" in found.problems[0]
    wrapper(tmp_path / "venv/bin/python", "")
    (tmp_path / "venv/pyvenv.cfg").write_text("")
    both = local_environment(None, None, tmp_path)
    assert both.interpreter is not None
    assert both.problems[0] == found.problems[0]


def test_a_broken_environment_that_is_active_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="VIRTUAL_ENV") as caught:
        local_environment(None, str(tmp_path / "gone"), tmp_path)
    assert "--python" in caught.value.hint


def test_credentials_are_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "demo-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: demo\nVersion: 1\n")
    (folder / "direct_url.json").write_text('{"url": "https://user:secret@host/x.git", "vcs_info": {}}')
    found = describe_interpreter(sys.executable, tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (
        next(item for item in found.distributions if item.name == "demo").direct_url == "https://host/x.git"
    )


def test_names_that_are_no_utf8_and_strange_entries(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff")
    (odd / "demo-1.dist-info").mkdir(parents=True)
    (odd / "demo-1.dist-info/METADATA").write_bytes(b"Name: demo\nVersion: \xfe\n")
    found = describe_interpreter(sys.executable, tmp_path, env={"PYTHONPATH": str(odd)})
    assert found.sys_path[0].path == f"{tmp_path}/\\xff"
    assert "demo" in [item.name for item in found.distributions]


def test_an_answer_needs_its_marker_twice() -> None:
    for output in (b"", b"m{}", b"m{}m m", b"\xff\xfe"):
        with pytest.raises(SourceError):
            decode_probe(output, "m")


def test_the_probe_fits_a_pipe_and_any_locale() -> None:
    script = probe_script()
    assert script.isascii()
    assert len(script) < 1 << 16


def test_modules_that_only_a_path_of_this_machine_brings(tmp_path: Path) -> None:
    for name in ("labels.py", "_fast.so", "notes.txt", "tools/__init__.py", "not-a-name.py"):
        program(tmp_path / "beside" / name, "")
    described = describe_interpreter(
        sys.executable, tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "beside")}
    )
    found = {each.name: each for each in described.strays if each.path == str(tmp_path / "beside")}
    assert sorted(found) == ["_fast", "labels", "tools"]
    assert found["labels"].location.path == str(tmp_path / "beside")
    assert "pytest" not in {each.name for each in described.strays}
