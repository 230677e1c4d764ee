"""The measured cases: laying one out on disk, predicting it, and putting both answers into one form."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.tree import FileEntry, FileTree, Kind
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.building.settings import Settings
from paritycheck.predict.context.discovery import find_containerfile, find_ignorefile
from paritycheck.predict.context.effective import build_context
from paritycheck.predict.planning.build import predict_build

CASES = Path(__file__).parents[2] / ".." / "shared" / "conformance" / "cases.json"
BUILDERS: dict[str, Engine] = {
    "buildkit": BUILDKIT,
    "legacy": DOCKER,
    "buildah": PODMAN,
    "bah-docker": PODMAN,
}
# BuildKit takes a file of the same size and time for unchanged: what was measured is what an
# earlier case had at this path. Only the content of this one path is not compared.
STALE = "<stale>"
STALE_CONTENT = {
    ("ignore-basic", "lead// ['//foo', 'dir//sub']", "buildkit"): "/.dockerignore",
    ("ignore-discovery", "lowercase dockerfile + dockerfile.dockerignore", "buildkit"): "/.dockerignore",
}
# The builder's own mark, not an effect of the Containerfile.
OWN_LABEL = "io.buildah.version"


class Answer(NamedTuple):
    """What a build makes: ``paths`` as the cases write them, ``config`` likewise; a refusal has neither."""

    refusal: str = ""
    paths: dict[str, tuple[str, str | None, str, str]] = {}  # noqa: RUF012
    config: dict[str, Any] = {}  # noqa: RUF012


@cache
def load_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(CASES.read_text())["cases"]
    return cases


def measurements() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each case with the name of each builder that was measured."""
    for case in load_cases() if CASES.exists() else []:
        for builder in case["results"]:
            yield case, builder


def lay_out(files: dict[str, Any], root: Path) -> None:
    """Write the files of a case below ``root``."""
    later: list[tuple[Path, str]] = []
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case ["dir"]:
                path.mkdir(exist_ok=True)
            case ["link", target]:
                path.symlink_to(target)
            case ["hard", target]:
                later.append((path, target))
            case ["mode", int(mode), text]:
                path.write_text(text, newline="")
                path.chmod(mode)
            case {"b64": data}:
                path.write_bytes(base64.b64decode(data))
            case str(text):
                path.write_text(text, newline="")
            case _:
                raise AssertionError(f"{name}: {content}")
    for path, target in later:
        os.link(root / target, path)


def predict(case: dict[str, Any], builder: str, root: Path) -> Answer:
    """Predict what ``builder`` makes of the case laid out at ``root``."""
    engine = BUILDERS[builder]
    tree = _capture(root)
    written = "" if case["no_f_flag"] else case["dockerfile"]
    try:
        containerfile = written or find_containerfile(tree, "", engine)
        if containerfile is None:
            return Answer("no Containerfile")
        ignore = None
        found = find_ignorefile(tree, "", containerfile, engine, written=written)
        if found is not None:
            ignore = parse_ignorefile((root / found).read_bytes(), found, engine)
        text = (root / containerfile).read_bytes().decode("utf-8", "replace")
        prediction = predict_build(
            BuildRequest(
                containerfile=parse_containerfile(text, containerfile, engine),
                engine=engine,
                context=build_context(tree, "", ignore, engine, containerfile),
                read=lambda path: (root / path).read_bytes(),
                build_args=case["build_args"],
                target=case["target"] or "",
                image_format="docker" if builder == "bah-docker" else "oci",
            )
        )
    except BuildRefused as refusal:
        return Answer(str(refusal))
    assert not prediction.unknown, prediction.unknown
    paths = {f"/{entry.path}": _describe(entry, prediction, root) for entry in prediction.tree}
    return Answer("", paths, _describe_settings(prediction.settings))


def measured(case: dict[str, Any], builder: str) -> Answer:
    """Return what ``builder`` made of the case."""
    result = case["results"][builder]
    if not result["ok"]:
        return Answer(result["error"])
    paths = {path: tuple(values) for path, values in result["paths"].items()}
    stale = STALE_CONTENT.get((case["group"], case["name"], builder))
    if stale is not None:
        kind, _, mode, owner = paths[stale]
        paths[stale] = (kind, STALE, mode, owner)
    for path, values in paths.items():
        if values[0] == "h":  # a further name of a file: the prediction has two files
            paths[path] = paths[values[1]]
    return Answer("", paths, result.get("config", {}))


def differences(predicted: Answer, real: Answer) -> list[str]:
    """Return in words where the two answers differ."""
    if bool(predicted.refusal) != bool(real.refusal):
        return [f"predicted: {predicted.refusal or 'builds'}; measured: {real.refusal or 'builds'}"]
    found = [f"{path}: not predicted" for path in sorted(real.paths.keys() - predicted.paths.keys())]
    found += [f"{path}: predicted only" for path in sorted(predicted.paths.keys() - real.paths.keys())]
    for path in sorted(real.paths.keys() & predicted.paths.keys()):
        if not _equal(predicted.paths[path], real.paths[path]):
            found.append(f"{path}: predicted {predicted.paths[path]}, measured {real.paths[path]}")
    if real.config:
        labels = {k: v for k, v in real.config.get("Labels", {}).items() if k != OWN_LABEL}
        wanted = {**real.config, "Labels": labels, "Env": sorted(real.config["Env"])}
        if {k: v for k, v in wanted.items() if v} != predicted.config:
            found.append(f"config: predicted {predicted.config}, measured {wanted}")
    return found


def _capture(root: Path) -> FileTree:
    """Walk everything, also what lies in a ``.git``: builders make no difference."""
    entries = []
    for directory, below, names in os.walk(root):
        for path in (Path(directory, name) for name in sorted([*below, *names])):
            status = path.lstat()
            kind: Kind = "link" if path.is_symlink() else "dir" if path.is_dir() else "file"
            entries.append(
                FileEntry(
                    path.relative_to(root).as_posix(),
                    kind,
                    size=status.st_size if kind == "file" else 0,
                    mode=stat.S_IMODE(status.st_mode),
                    target=str(path.readlink()) if kind == "link" else "",
                )
            )
    return FileTree(entries)


def _equal(predicted: tuple[str, str | None, str, str], real: tuple[str, str | None, str, str]) -> bool:
    content = predicted[1]
    if real[1] == STALE:
        real = (real[0], content, *real[2:])
    elif real[0] == "f" and str(real[1]).startswith("sha:") and content is not None:
        content = "sha:" + hashlib.sha1(content.encode("latin-1")).hexdigest()[:8]
    elif real[0] == "f" and content is not None:
        content = content.encode("latin-1").decode("utf-8", "replace")
    return (predicted[0], content, *predicted[2:]) == tuple(real)


def _describe(entry: FileEntry, prediction: Prediction, root: Path) -> tuple[str, str | None, str, str]:
    """Return kind, content (each character a byte) or target, mode, and owner."""
    content = None
    if entry.kind == "link":
        content = entry.target
    elif entry.kind == "file":
        inline = prediction.inline.get(entry.digest)
        content = ((root / entry.source).read_bytes() if inline is None else inline).decode("latin-1")
    return entry.kind[0], content, oct(entry.mode), f"{entry.uid}:{entry.gid}"


def _describe_settings(settings: Settings) -> dict[str, Any]:
    config: dict[str, Any] = {
        "Cmd": list(settings.cmd),
        "Entrypoint": list(settings.entrypoint),
        "Shell": list(settings.shell),
        "Env": sorted(f"{name}={value}" for name, value in settings.env.items()),
        "WorkingDir": settings.workdir,
        "User": settings.user,
        "Healthcheck": {"Test": list(settings.healthcheck.test)} if settings.healthcheck else None,
        "Volumes": {path: {} for path in settings.volumes},
        "ExposedPorts": {port: {} for port in settings.ports},
        "Labels": settings.labels,
        "StopSignal": settings.stop_signal,
        "OnBuild": list(settings.onbuild),
    }
    return {key: value for key, value in config.items() if value}
