"""Asking an interpreter and reading its files must give one answer: real environments, both ways.

``PARITYCHECK_PYTHONS`` names interpreters (separated by ``:``) beside the one that runs the tests.
"""

import json
import os
import platform
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from paritycheck.capture.python.interpreter import describe_interpreter
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree, Kind
from paritycheck.predict.environment.inferring import MACHINES, infer_environment

PYTHONS = [sys.executable, *filter(None, os.environ.get("PARITYCHECK_PYTHONS", "").split(os.pathsep))]
ARCHITECTURES = {machine: name for name, machine in MACHINES.items()}
HOST_ONLY = ("platform_release", "platform_version")


def read_disk(path: str) -> bytes | None:
    try:
        return (Path("/") / path).read_bytes()
    except OSError:
        return None


def entry(path: str) -> FileEntry:
    info = os.lstat(path)
    kind: Kind = "link" if stat.S_ISLNK(info.st_mode) else "dir" if stat.S_ISDIR(info.st_mode) else "file"
    target = str(Path(path).readlink()) if kind == "link" else ""
    return FileEntry(path.lstrip("/"), kind, info.st_size, stat.S_IMODE(info.st_mode), target=target)


def walk(root: Path) -> Iterator[str]:
    yield from (str(parent) for parent in [*root.parents, root] if str(parent) != "/")
    if root.is_symlink():
        yield from walk(root.resolve())
        return
    for directory, folders, files in os.walk(root):
        yield from (f"{directory}/{name}" for name in folders + files)
        # Of what is installed, only the metadata is read.
        if directory.endswith("-packages"):
            folders[:] = [name for name in folders if name.endswith((".dist-info", ".egg-info", ".egg"))]


def disk_tree(*roots: Path) -> FileTree:
    """Take from this disk what lies below the roots."""
    paths = dict.fromkeys(path for root in roots if root.exists() for path in walk(root))
    return FileTree(entry(path) for path in paths)


@cache
def interpreter_tree(prefix: str) -> FileTree:
    """Take from this disk the usual places of an interpreter; there may be much else below /usr."""
    places = ("bin", "lib", "local/lib", "include")
    return disk_tree(*(path for place in places for path in sorted((Path(prefix) / place).glob("*python*"))))


def make_venv(python: str, directory: Path, *options: str) -> Path:
    subprocess.run([python, "-m", "venv", "--without-pip", *options, str(directory)], check=True)
    return directory


def site_of(venv: Path) -> Path:
    (found,) = venv.glob("lib/python*/site-packages")
    return found


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def install(site: Path, name: str, version: str, *files: str, **metadata: str) -> None:
    """Lay a distribution as pip would: its files, METADATA, RECORD, and other metadata files."""
    folder = site / f"{name}-{version}.dist-info"
    for file in files:
        write(site / file)
    write(
        folder / "METADATA",
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: other>=1\n\nName: decoy\n",
    )
    write(folder / "RECORD", "".join(f"{file},sha256=x,1\n" for file in files))
    for key, text in metadata.items():
        write(folder / key.replace("__", "."), text)


def bare(venv: Path, _project: Path) -> None:
    install(site_of(venv), "demo", "1.0", "demo/__init__.py", "demo/inner.py", "demo_tool.py")


def pth_files(venv: Path, project: Path) -> None:
    site = site_of(venv)
    (project / "src").mkdir()
    (site / "sub").mkdir()
    lines = ["# comment", "", str(project / "src"), "sub", "gone", "./sub", "import sys; x = 1", str(project)]
    write(site / "b.pth", "\n".join(lines))
    write(site / "a.pth", f"{project}/\r\n")
    write(site / "ignored.pth.txt", "/usr")


def plain_editable(venv: Path, project: Path) -> None:
    site = site_of(venv)
    write(project / "src" / "demo_app" / "__init__.py")
    install(
        site,
        "demo-app",
        "0.1",
        direct_url__json=f'{{"dir_info": {{"editable": true}}, "url": "file://{project}"}}',
        entry_points__txt="[console_scripts]\ndemo = demo_app:main [x]\n[other]\na = b:c\n",
    )
    write(site / "_demo_app.pth", f"{project}/src\n")


def finder_editable(venv: Path, project: Path) -> None:
    site = site_of(venv)
    finder = (
        "import sys\n"
        f"MAPPING = {{'demo': {str(project / 'demo')!r}}}\n"
        f"NAMESPACES = {{'space': [{str(project / 'space')!r}]}}\n"
        "PATH_PLACEHOLDER = '__editable__.demo-1.finder' + '.__path_hook__'\n"
        "def install():\n"
        "    sys.path.append(PATH_PLACEHOLDER)\n"
    )
    name = "__editable___demo_1_finder"
    write(site / "__editable__.demo-1.pth", f"import {name}; {name}.install()")
    write(site / f"{name}.py", finder)
    install(
        site, "demo", "1", direct_url__json=f'{{"dir_info": {{"editable": true}}, "url": "file://{project}"}}'
    )
    write(site / "demo-1.dist-info" / "RECORD", f"__editable__.demo-1.pth,,\n{name}.py,,\n")


def develop(venv: Path, project: Path) -> None:
    site = site_of(venv)
    write(project / "demo.egg-info" / "PKG-INFO", "Name: demo\nVersion: 2\n")
    write(project / "demo.egg-info" / "requires.txt", "plain>=1\n[extra:python_version < '3']\nold\n")
    write(project / "demo.egg-info" / "top_level.txt", "demo\n")
    write(site / "demo.egg-link", f"{project}\n.")
    write(site / "easy-install.pth", f"{project}\n./tool-1-py3.egg\n")
    write(site / "tool-1-py3.egg" / "EGG-INFO" / "PKG-INFO", "Name: tool\nVersion: 1\n")
    write(site / "single-3.egg-info", "Name: single\nVersion: 3\n")
    write(site / "single.py")


def shadowed(venv: Path, project: Path) -> None:
    install(site_of(venv), "demo", "1", "demo.py")
    install(site_of(venv), "Demo", "2", "demo.py")
    install(project / "vendored", "De.mo", "3", "demo.py")
    install(project / "vendored", "space-part", "1", "space/part/__init__.py", "space/one.py")


LAYOUTS: list[Callable[[Path, Path], None]] = [
    bare,
    pth_files,
    plain_editable,
    finder_editable,
    develop,
    shadowed,
]


def both_ways(
    python: str, project: Path, home: Path, *roots: Path, **variables: str
) -> tuple[Environment, Environment]:
    env = {"PATH": str(Path(python).parent), "HOME": str(home), **variables}
    probed = describe_interpreter(python, project, env=env)
    config = ImageConfig(
        env=dict(env), workdir=str(project), architecture=ARCHITECTURES[platform.machine()], os="linux"
    )
    assert probed.interpreter is not None
    base = interpreter_tree(probed.interpreter.base_prefix)
    tree = FileTree([*base, *disk_tree(project, home, *roots, Path(python), Path(os.path.realpath(python)))])
    return probed, infer_environment(tree, read_disk, config, Path(python).name)


def assert_agree(probed: Environment, inferred: Environment) -> None:
    assert probed.interpreter is not None
    markers = {key: value for key, value in probed.interpreter.markers.items() if key not in HOST_ONLY}
    assert inferred.interpreter == replace(probed.interpreter, markers=markers)
    assert inferred.sys_path == probed.sys_path
    assert inferred.distributions == probed.distributions
    assert inferred.editables == probed.editables


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_virtual_environment(
    python: str, layout: Callable[[Path, Path], None], tmp_path: Path, project: Path
) -> None:
    venv = make_venv(python, tmp_path / "venv")
    layout(venv, project)
    probed, inferred = both_ways(str(venv / "bin/python"), project, tmp_path / "home", venv)
    assert_agree(probed, inferred)
    assert probed.distributions or layout is pth_files


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("options", [[], ["--system-site-packages"], ["--copies"]], ids=str)
def test_user_site(python: str, options: list[str], tmp_path: Path, project: Path) -> None:
    venv = make_venv(python, tmp_path / "venv", *options)
    home = tmp_path / "home"
    user = home / ".local/lib" / site_of(venv).parent.name / "site-packages"
    install(user, "mine", "1", "mine.py")
    write(user / "more.pth", str(project))
    probed, inferred = both_ways(str(venv / "bin/python"), project, home, venv)
    assert_agree(probed, inferred)
    assert (str(user) in [entry.path for entry in probed.sys_path]) is ("--system-site-packages" in options)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    "value", ["", ":", "{venv_site}:src", "/gone:{project}:", "{project}/vendored::{project}/./vendored"]
)
def test_pythonpath(python: str, value: str, tmp_path: Path, project: Path) -> None:
    venv = make_venv(python, tmp_path / "venv")
    shadowed(venv, project)
    write(site_of(venv) / "x.pth", f"{project}\n{project}/vendored")
    filled = value.format(project=project, venv_site=site_of(venv))
    probed, inferred = both_ways(str(venv / "bin/python"), project, tmp_path, venv, PYTHONPATH=filled)
    assert_agree(probed, inferred)
    truth = subprocess.run(
        [str(venv / "bin/python"), "-c", "import sys; print(*sys.path[1:], sep='\\n')"],
        env={"PYTHONPATH": filled, "HOME": str(tmp_path)},
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [entry.path for entry in probed.sys_path] == truth


@pytest.mark.parametrize("python", PYTHONS)
def test_interpreter_itself(python: str, tmp_path: Path, project: Path) -> None:
    real = os.path.realpath(python)
    assert_agree(*both_ways(real, project, tmp_path / "home"))


@pytest.mark.parametrize("python", PYTHONS)
def test_no_user_site(python: str, tmp_path: Path, project: Path) -> None:
    real = os.path.realpath(python)
    folder = f"python{'.'.join(describe_interpreter(real, project).interpreter.version.split('.')[:2])}"  # type: ignore[union-attr]
    install(tmp_path / "base/lib" / folder / "site-packages", "mine", "1", "mine.py")
    for variables in ({}, {"PYTHONNOUSERSITE": "1"}):
        probed, inferred = both_ways(
            real,
            project,
            tmp_path / "home",
            tmp_path / "base",
            PYTHONUSERBASE=str(tmp_path / "base"),
            **variables,
        )
        assert_agree(probed, inferred)
        assert ("user-site" in [entry.reason for entry in probed.sys_path]) is not bool(variables)


def test_probe_agrees_with_importlib_metadata(tmp_path: Path, project: Path) -> None:
    code = (
        "import importlib.metadata as m, json\n"
        "seen = {}\n"
        "for d in m.distributions():\n"
        "    seen.setdefault(d.metadata['Name'].lower().replace('_', '-'), [d.metadata['Name'], d.version,\n"
        "        list(d.requires or ())])\n"
        "print(json.dumps(sorted(seen.values())))"
    )
    output = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True).stdout
    probed = describe_interpreter(sys.executable, project, env={})
    found = sorted([item.name, item.version, list(item.requires)] for item in probed.distributions)

    assert found == json.loads(output)
