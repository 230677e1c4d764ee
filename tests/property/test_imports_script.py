"""What the script of the build step says of drawn projects is what importing them in this Python does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parent.parent.parent / "paritycheck/integrations/templates/paritycheck_imports.py"
# In this order: each imports only what comes later, so that no cycle makes the outcome depend on timing.
MODULES = ("start", "one", "one.inner", "one.inner.deep", "one.side", "two", "two.side", "three")
PACKAGES = {"one", "one.inner", "two"}
FORMS = (
    "import {name}",
    "import {name} as other",
    "from {parent} import {tail}",
    "from {parent} import {tail} as other, __name__ as also",
    "try:\n    import {name}\nexcept ImportError:\n    pass",
    "def later():\n    import nowhere",
)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Files of a project whose module ``start`` is there, while others may be missing."""
    absent = draw(st.sets(st.sampled_from(MODULES[1:]), max_size=3))
    bare = draw(st.sets(st.sampled_from(sorted(PACKAGES))))  # directories without __init__.py
    files = {}
    for number, name in enumerate(MODULES):
        gone = [f"{package}.gone" for package in sorted(PACKAGES) if package in MODULES[number:]]
        later = [*MODULES[number + 1 :], *gone, "gone", "json", "json.decoder"]
        lines = []
        for target in draw(st.lists(st.sampled_from(later), max_size=2)):
            parent, _, tail = target.rpartition(".")
            forms = [form for form in FORMS if parent or "{parent}" not in form]
            lines.append(draw(st.sampled_from(forms)).format(name=target, parent=parent, tail=tail))
        if name in absent or (name in PACKAGES and name in bare):
            continue
        path = name.replace(".", "/") + ("/__init__.py" if name in PACKAGES else ".py")
        files[path] = "\n".join([*lines, ""])
    return files


def outcome(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-E", "-B", *words],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@settings(max_examples=40, deadline=None)
@given(files=projects())
def test_the_script_and_the_interpreter_agree(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for path, text in files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text)
        said = outcome(directory, str(SCRIPT), "start")
        done = outcome(directory, "-c", "import start")
    assert done.returncode == 0 or "ImportError" in done.stderr or "ModuleNotFoundError" in done.stderr
    assert said.returncode == done.returncode, f"{files}\n{said.stderr}\n{done.stderr}"
