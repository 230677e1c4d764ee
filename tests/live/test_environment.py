"""Images that real Podman builds: what their interpreter says and what their files say must agree."""

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from paritycheck.capture.python.description import decode_probe
from paritycheck.capture.python.interpreter import new_marker, probe_command, probe_script
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree, Kind
from paritycheck.predict.environment.inferring import infer_environment
from tests.live.conftest import LiveImage, build, run_podman

PROJECT = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[project]\nname = "demo-app"\nversion = "0.1"\n[tool.setuptools]\npackages = ["demo_app"]\n',
    "demo_app/__init__.py": "",
    "vendored/json.py": "raise SystemExit('the probe ran project code')\n",
}
CONTAINERFILES = {
    "slim": "FROM localhost/python:slim\n",
    "debian": "FROM localhost/debian-python:bookworm\n",
    "installed": """
        FROM localhost/python:slim
        WORKDIR /app
        COPY . .
        RUN pip install requests setuptools && pip install --no-build-isolation -e .
        ENV PYTHONPATH=/app/vendored::/gone:$PYTHONPATH
        """,
    "user": """
        FROM localhost/python:slim
        RUN echo 'app:x:1000:1000::/home/app:/bin/sh' >> /etc/passwd && \
            mkdir -p /home/app && chown 1000 /home/app
        USER app
        RUN HOME=/home/app pip install --user idna
        """,
    "venv": """
        FROM localhost/python:slim
        RUN python -m venv /opt/venv
        ENV PATH=/opt/venv/bin:$PATH
        RUN pip install idna requests
        """,
    "debian-venv": """
        FROM localhost/debian-python:bookworm
        RUN python3 -m venv --without-pip --system-site-packages /opt/venv
        RUN mkdir -p /usr/local/lib/python3.11/dist-packages/extra && \
            echo extra > /usr/local/lib/python3.11/dist-packages/x.pth
        ENV PATH=/opt/venv/bin:$PATH
        """,
    "multi-stage": """
        FROM localhost/python:slim AS build
        WORKDIR /src
        COPY . .
        RUN python -m venv --copies /venv && /venv/bin/pip install setuptools idna && \
            /venv/bin/pip install --no-build-isolation .
        FROM localhost/python:slim
        COPY --from=build /venv /venv
        ENV PATH=/venv/bin:$PATH
        """,
    "dangling": """
        FROM localhost/python:slim AS build
        RUN python -m venv /venv
        FROM localhost/debian-python:bookworm
        COPY --from=build /venv /venv
        ENV PATH=/venv/bin:$PATH
        """,
    "bin-first": """
        FROM localhost/debian-python:bookworm
        ENV PATH=/bin:/usr/bin
        """,
}
EXECUTABLES = {"debian": "python3", "dangling": "python3", "bin-first": "python3", "debian-venv": "python3"}


@pytest.fixture(scope="module", params=sorted(CONTAINERFILES))
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    context = tmp_path_factory.mktemp("context")
    for path, text in PROJECT.items():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(text)
    (context / "Containerfile").write_text(CONTAINERFILES[request.param])
    name = f"localhost/paritycheck-environment:{request.param}"
    build(context, name)
    yield name, EXECUTABLES.get(request.param, "python")
    run_podman("rmi", "-f", name)


def read_config(name: str) -> ImageConfig:
    (document,) = json.loads(run_podman("image", "inspect", name))
    config = document["Config"]
    env = dict(pair.split("=", 1) for pair in config.get("Env") or ())
    return ImageConfig(
        env=env,
        workdir=config.get("WorkingDir", ""),
        user=config.get("User", ""),
        architecture=document["Architecture"],
        os=document["Os"],
    )


def read_tree(root: Path) -> FileTree:
    entries = []
    for directory, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(directory) / name
            info = path.lstat()
            kind: Kind = "link" if path.is_symlink() else "dir" if stat.S_ISDIR(info.st_mode) else "file"
            target = str(path.readlink()) if kind == "link" else ""
            mode = stat.S_IMODE(info.st_mode)
            entries.append(FileEntry(str(path.relative_to(root)), kind, info.st_size, mode, target=target))
    return FileTree(entries)


def ask(name: str, executable: str) -> Environment:
    marker = new_marker()
    command = [
        "podman",
        "--remote=false",
        "run",
        "--rm",
        "-i",
        "--network=none",
        "--read-only",
        "--entrypoint=",
    ]
    command += [name, *probe_command(executable, marker)]
    output = subprocess.run(command, input=probe_script(), capture_output=True, check=True).stdout
    return decode_probe(output, marker)


def read_image(name: str, executable: str) -> Environment:
    root = Path(run_podman("image", "mount", name).strip())
    try:
        return infer_environment(
            read_tree(root), lambda path: (root / path).read_bytes(), read_config(name), executable
        )
    finally:
        run_podman("image", "unmount", name)


def assert_agree(name: str, executable: str) -> Environment:
    probed = ask(name, executable)
    inferred = read_image(name, executable)
    assert probed.interpreter is not None
    host_only = ("platform_release", "platform_version")
    markers = {key: value for key, value in probed.interpreter.markers.items() if key not in host_only}
    assert inferred.interpreter == replace(probed.interpreter, markers=markers)
    assert inferred.sys_path == probed.sys_path
    assert inferred.distributions == probed.distributions
    assert inferred.editables == probed.editables
    return probed


def test_probe_and_inference_agree(built: tuple[str, str]) -> None:
    name, executable = built
    probed = assert_agree(name, executable)
    assert ("user-site" in [entry.reason for entry in probed.sys_path]) is name.endswith(":user")


def test_probe_and_inference_agree_on_applications(image: LiveImage) -> None:
    assert_agree(image.reference, "python3")
