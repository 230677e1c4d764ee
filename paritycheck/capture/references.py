"""What a word on the command line names: a checkout, its predicted image, a document, or an image."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from paritycheck.capture.bases import plan_with_bases
from paritycheck.capture.image.sources import is_image_reference, open_image
from paritycheck.capture.python.probing import probe_image, require_probeable
from paritycheck.capture.sides import Machine, open_local
from paritycheck.errors import NothingCompared, SourceError, UsageError
from paritycheck.model.document import decode_snapshot
from paritycheck.model.engine import PODMAN
from paritycheck.model.snapshot import Origin, Snapshot
from paritycheck.predict.planning.plan import BuildOptions

# A document that is larger than this is no snapshot: 1,000,000 paths take about 200 MB.
LARGEST_DOCUMENT = 1 << 30
PREDICTED = "predicted:"


@contextlib.contextmanager
def open_source(reference: str, machine: Machine) -> Iterator[Snapshot]:
    """Yield the snapshot of what ``reference`` names.

    A directory is a checkout, a file a snapshot document, ``predicted:DIR`` the image that Podman
    would build of the checkout in DIR, everything else an image or container.
    """
    if not reference:
        raise UsageError(
            "an empty name stands for no source", "name a checkout, an image or a snapshot document"
        )
    path = Path(reference)
    with contextlib.ExitStack() as stack:
        if reference.startswith(PREDICTED):
            yield _predicted(stack, reference, machine)
        elif not is_image_reference(reference) and path.is_dir():
            yield open_local(path, None, None, machine)[0]
        elif not is_image_reference(reference) and path.is_file():
            yield read_document(path)
        else:
            yield _image(stack, reference, machine)


def _predicted(stack: contextlib.ExitStack, reference: str, machine: Machine) -> Snapshot:
    directory = Path(reference.removeprefix(PREDICTED) or ".")
    local, place = open_local(directory, None, None, machine, environment=False)
    plan = plan_with_bases(stack, local, BuildOptions(engine=PODMAN, context=place.context), machine)
    if plan is None:
        raise NothingCompared(
            f"{reference}: there is no Containerfile to predict an image from",
            "name a directory that has a Containerfile or a Dockerfile",
        )
    return msgspec.structs.replace(plan.snapshot, origin=Origin("predicted", reference))


def _image(stack: contextlib.ExitStack, reference: str, machine: Machine) -> Snapshot:
    if machine.probe:
        require_probeable(reference)
    snapshot = stack.enter_context(open_image(reference, machine.hosts, machine.parse))
    if not machine.probe:
        return snapshot
    inferred = snapshot.environment.interpreter
    if inferred is None:
        raise SourceError(
            f"--probe: {reference} has no Python: {'; '.join(snapshot.environment.problems)}",
            "name the image that runs the code",
        )
    probed = probe_image(reference, inferred.executable, machine.variables)
    return msgspec.structs.replace(snapshot, environment=probed)


def read_document(path: Path) -> Snapshot:
    """Read a snapshot document from disk."""
    try:
        if path.stat().st_size > LARGEST_DOCUMENT:
            raise SourceError(
                f"{path} is larger than any snapshot document", "for an archive, write its transport"
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    if not data.lstrip().startswith(b"{"):
        raise SourceError(
            f"{path} is no snapshot document",
            f"for an image archive write docker-archive:{path} or oci-archive:{path}",
        )
    return decode_snapshot(data, str(path))
