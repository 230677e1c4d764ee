"""RUN steps built by a real Podman and predicted: where the project's own files are, and what is imported."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from paritycheck.model.engine import PODMAN
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.context.effective import build_context
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.planning.build import predict_build
from paritycheck.predict.running.installsites import predicted_environment
from tests.live.conftest import build, run_podman
from tests.live.runexamples import EXAMPLES, MARK, REFUSED, RunExample

FIND = """
import importlib.util, sys
for name in sys.argv[1:]:
    try:
        spec = importlib.util.find_spec(name)
    except ImportError:
        spec = None
    print(name, spec.origin if spec else "-")
"""


@pytest.fixture(scope="module", autouse=True)
def base() -> None:
    run_podman("tag", "localhost/python:slim", "localhost/python:3.12-slim")


def predict(context: Path) -> Prediction:
    """Predict the build, the base image not at hand."""
    entries = []
    for path in sorted(context.rglob("*")):
        name, mode = path.relative_to(context).as_posix(), path.stat().st_mode & 0o7777
        size = path.stat().st_size
        entries.append(FileEntry(name, "dir" if path.is_dir() else "file", size=size, mode=mode))
    # By its public name the image is known to hold nothing of the project.
    text = (context / "Containerfile").read_text().replace("localhost/", "")
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Containerfile", PODMAN),
            engine=PODMAN,
            context=build_context(FileTree(entries), "", None, PODMAN, "Containerfile"),
            read=lambda path: (context / path).read_bytes(),
        )
    )


def own_files(reference: str, archive: Path) -> dict[str, str]:
    """Return the paths of an image whose content is a file of the project, with that file."""
    container = run_podman("create", reference).strip()
    try:
        run_podman("export", "-o", str(archive), container)
    finally:
        run_podman("rm", container)
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.size < 10_000:
                stream = tar.extractfile(member)
                text = stream.read(200).decode("latin-1") if stream else ""
                if text.startswith(f"# {MARK}"):
                    found[member.name] = text.split(MARK, 1)[1].splitlines()[0]
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_projects_files_are_where_they_are_built(example: RunExample, tmp_path: Path) -> None:
    context = example.write(tmp_path / "context")
    for script in context.glob("*.sh"):
        script.chmod(0o755)
    reference = f"localhost/paritycheck-run/{example.name}"
    build(context, reference, "-f", str(context / "Containerfile"))
    real = own_files(reference, tmp_path / "image.tar")
    prediction = predict(context)
    marked = {*example.paths, *(["pyproject.toml"] if example.pyproject else [])}
    predicted = {entry.path: entry.source for entry in prediction.tree if entry.source in marked}
    # What pip leaves behind on its way (setuptools' build directory) is no part of the comparison.
    aside = {path for path in real if "/build/lib/" in path}
    assert predicted == {path: source for path, source in real.items() if path not in aside}
    assert prediction.missing_files == ()
    assert [part.path for part in prediction.unknown if part.brings == "anything"] == []
    if example.imports:
        assert imported(prediction, example) == real_imports(reference, example)


def imported(prediction: Prediction, example: RunExample) -> dict[str, str]:
    """Return what the predicted search path finds for each name."""
    tree, inline = prediction.tree, prediction.inline

    def read(path: str) -> bytes | None:
        entry = tree.find(path)
        return inline.get(entry.digest) if entry is not None else None

    environment = predicted_environment(tree, read, prediction.config)
    finder = Finder(
        tree,
        [entry.path.lstrip("/") for entry in environment.sys_path if entry.exists],
        editables={item.name: item.path.lstrip("/") for item in environment.editables},
    )
    outcomes = {name: finder.find(name) for name in example.imports}
    return {name: f"/{o.path}" if isinstance(o, Found) else "-" for name, o in outcomes.items()}


def real_imports(reference: str, example: RunExample) -> dict[str, str]:
    """Return what the image's interpreter finds, started outside of the project."""
    text = run_podman("run", "--rm", "-w", "/tmp", reference, "python", "-I", "-c", FIND, *example.imports)
    return dict(line.split() for line in text.splitlines())


@pytest.mark.parametrize("example", REFUSED, ids=lambda example: example.name)
def test_a_build_that_fails_is_known_to(example: RunExample, tmp_path: Path) -> None:
    context = example.write(tmp_path / "context")
    with pytest.raises(pytest.fail.Exception):
        build(context, "localhost/paritycheck-run/refused", "-f", str(context / "Containerfile"))
    assert [missing.location.line for missing in predict(context).missing_files] == [4]
