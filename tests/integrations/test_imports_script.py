"""The script that runs inside of images, against drawn trees and every Python of this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "paritycheck/integrations/templates/paritycheck_imports.py"
PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python3")) or [Path(sys.executable)]


def look(
    root: Path, files: dict[str, str], *words: str, python: Path | str = sys.executable
) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # -S -E: nothing of this machine's site directories and variables.
    command = [str(python), "-S", "-E", "-W", "error", str(SCRIPT), *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)


HERE = {"app/__init__.py": "", "app/main.py": ""}


@pytest.mark.parametrize(
    ("main", "missing"),
    [
        ("import app.gone", "app.gone"),
        ("from app import gone", "app.gone"),
        ("from . import gone", "app.gone"),
        ("from .gone import x", "app.gone"),
        ("import nowhere", "nowhere"),
        ("from nowhere.deep import x", "nowhere"),
        ("def f():\n    from app import gone", "app.gone"),
        ("if 1 > 0:\n    import app.gone", "app.gone"),
        ("try:\n    import app.gone\nexcept ValueError:\n    pass", "app.gone"),
        ("try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import nowhere", "nowhere"),
        ("import json.nothing", ""),  # a package of others may make it while it runs
        ("import json, os.path, xml.etree.ElementTree", ""),
        ("try:\n    import nowhere\nexcept ImportError:\n    nowhere = None", ""),
        ("try:\n    import nowhere\nexcept (KeyError, ModuleNotFoundError):\n    pass", ""),
        ("try:\n    import nowhere\nexcept:\n    pass", ""),
        ("import contextlib\nwith contextlib.suppress(ImportError):\n    import nowhere", ""),
        ("import typing\nif typing.TYPE_CHECKING:\n    import nowhere", ""),
        ("def f():\n    import nowhere", ""),
        ("from app import main, __name__", ""),
        ("from app.main import anything", ""),
    ],
)
def test_what_fails_and_what_does_not(main: str, missing: str, tmp_path: Path) -> None:
    done = look(tmp_path, {**HERE, "app/main.py": main + "\n"}, "app.main")
    assert done.returncode == (1 if missing else 0), done.stderr
    if missing:
        assert f"paritycheck: {missing} is missing" in done.stderr
        assert f"needed by {tmp_path}/app/main.py:" in done.stderr


@pytest.mark.parametrize(
    ("init", "code"),
    [
        ("name = 1", 0),
        ("from os import path as name", 0),
        ("def __getattr__(name): return 1", 0),
        ("from os import *", 0),
        ("other = 1", 1),
    ],
)
def test_a_name_that_the_package_itself_binds_is_no_module(init: str, code: int, tmp_path: Path) -> None:
    files = {"app/__init__.py": init + "\n", "app/main.py": "from app import name\n"}
    assert look(tmp_path, files, "app.main").returncode == code


def test_nothing_of_the_project_is_run_unless_it_is_said(tmp_path: Path) -> None:
    shout = "import pathlib\npathlib.Path('ran').touch()\n"
    files = {"app/__init__.py": shout, "app/main.py": "import app.deep.er\n" + shout}
    files |= {"app/deep/__init__.py": shout, "app/deep/er.py": shout}
    assert look(tmp_path, files, "app.main").returncode == 0
    assert not (tmp_path / "ran").exists()
    assert look(tmp_path, {}, "--execute", "app.main").returncode == 0
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parent.parent.name)
def test_every_python_agrees(python: Path, tmp_path: Path) -> None:
    files = {
        "space/inner/part.py": "from . import twin\nimport space.inner.lost\n",
        "space/inner/twin.py": "",
        "pkg/__init__.py": "from .sub import thing\n",
        "pkg/__main__.py": "import space.inner.part\n",
        "pkg/sub.py": "thing = 1\n",
    }
    done = look(tmp_path, files, "pkg", python=python)
    assert done.returncode == 1, done.stderr
    assert "space.inner.lost is missing" in done.stderr
    assert "reached through pkg.__main__ > space.inner.part" in done.stderr
    assert "1 missing; looked at 5 modules from pkg" in done.stderr


def test_scripts_and_paths(tmp_path: Path) -> None:
    files = {"bin/serve.py": "import near\nimport far\n", "bin/near.py": "", "lib/far.py": ""}
    script = tmp_path / "bin/serve.py"
    assert "far is missing" in look(tmp_path, files, str(script)).stderr
    assert look(tmp_path, {}, "--path", "bin", "--path", "lib", str(script)).returncode == 0


@pytest.mark.parametrize("words", [[], ["--wrong", "app"], ["--path"]])
def test_a_wrong_call_checks_nothing(words: list[str], tmp_path: Path) -> None:
    done = look(tmp_path, HERE, *words)
    assert done.returncode == 2
    assert "Exit code" in done.stderr


def test_a_file_that_this_python_cannot_read_fails(tmp_path: Path) -> None:
    done = look(tmp_path, {**HERE, "app/main.py": "def f(:\n"}, "app.main")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
