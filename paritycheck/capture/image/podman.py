"""Images and containers of Podman, through podman-py; the only importer of podman.

Where the store of the service is on this machine and may be read, it is read in place; otherwise the
service saves the image into a nameless temporary file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from podman import PodmanClient
from podman.errors import APIError, ImageNotFound, NotFound, PodmanError
from requests.exceptions import ReadTimeout, RequestException

from paritycheck.capture.image.archive import read_docker_archive
from paritycheck.capture.image.blobs import Scratch
from paritycheck.capture.image.config import ConfigDocument, RunConfig, run_config
from paritycheck.capture.image.hosts import EngineHosts, is_local, require_listener
from paritycheck.capture.image.layers import StackedImage, lay_exported
from paritycheck.capture.image.layertar import read_layer
from paritycheck.capture.image.store import Store, find_stores, open_stored, open_stored_container
from paritycheck.capture.image.tarheaders import read_members
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import ImageConfig, Layer

SAVE_PATIENCE = 900.0  # seconds until the service must send the next piece of an image
START_PATIENCE = 20.0  # seconds until a service that we start must answer
HINT = "check CONTAINER_HOST and that podman --remote info works"
RACES = 5  # times that a container is asked about again
SYSTEM_SOCKET = "/run/podman/podman.sock"

Found = TypeVar("Found")


class _Missing(SourceError):
    """The service answered that it does not have what was asked for."""


@dataclass(frozen=True)
class Service:
    """A Podman service that answered, and where it listens."""

    url: str
    patience: float

    def connect(self, patience: float | None = None) -> Any:
        """Return a client whose every answer must come within ``patience`` seconds."""
        require_listener(self.url, "Podman service", self.patience, HINT)
        return PodmanClient(base_url=self.url, timeout=patience or self.patience)


def open_image(name: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    """Return the image that Podman knows as ``name``. Raises SourceError with the next step to take."""
    with services(hosts) as reachable:
        service, image_id = first_knowing(reachable, name, "image", _image_id)
        for store in _stores(service):
            image = open_stored(store, image_id)
            if image is not None:
                return image
        return _saved(service, image_id, name, scratch)


def open_container(name: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    """Return the file tree of the container ``name``, running or not, and how it is configured to run."""
    with services(hosts) as reachable:
        service, facts = first_knowing(reachable, name, "container", inspect_container)
        image = _open_container_tree(service, facts, name, scratch)
        return replace(image, config=_container_config(facts, image.config, name))


def _open_container_tree(service: Service, facts: Any, name: str, scratch: Scratch) -> StackedImage:
    image_id, container_id = str(facts["Image"]), str(facts["Id"])
    for store in _stores(service):
        container = open_stored_container(store, image_id, container_id)
        if container is not None:
            return container
    image = _saved(service, image_id, f"the image of {name}", scratch)
    what = f"the export of {name}"
    with translated(service, what), service.connect(SAVE_PATIENCE) as client:
        export = client.containers.get(container_id).export()
        tar = scratch.keep(export, what)
    top = len(image.config.layers)
    layer = read_layer(read_members(tar.read_at, tar.size, what), top)
    return lay_exported(image, layer, tar)


def _container_config(facts: Any, image: ImageConfig, name: str) -> ImageConfig:
    try:
        run = msgspec.convert(facts["Config"], RunConfig)
    except (msgspec.ValidationError, KeyError) as error:
        raise SourceError(f"what podman says about {name} is not understood: {error}") from error
    platform = ConfigDocument(architecture=image.architecture, os=image.os)
    return run_config(run, platform, (*image.layers, Layer(created_by="the container itself")))


def _saved(service: Service, image_id: str, name: str, scratch: Scratch) -> StackedImage:
    with translated(service, name), service.connect(SAVE_PATIENCE) as client:
        span = scratch.keep(client.images.get(image_id).save(), name)
    return read_docker_archive(span, "", scratch)


def _image_id(client: Any, name: str) -> str:
    return str(client.images.get(name).id)


def inspect_container(client: Any, name: str) -> Any:
    """Return what the service says about the container ``name``."""
    for _ in range(RACES):
        try:
            return client.containers.get(name).attrs
        except APIError as error:
            # Its process ended while Podman looked at it: one that crashes all the time often does.
            if "no such process" not in str(error):
                raise
    return client.containers.get(name).attrs


def first_knowing(
    reachable: Iterator[Service], name: str, kind: str, ask: Callable[[Any, str], Found]
) -> tuple[Service, Found]:
    """Return the first service that knows ``name``, and what it answers."""
    asked: list[str] = []
    for service in reachable:
        try:
            with translated(service, name), service.connect() as client:
                return service, ask(client, name)
        except _Missing:
            asked.append(service.url)
    hint = f"podman {'images' if kind == 'image' else 'ps --all'} lists what there is"
    if kind == "image" and Path(name).exists():
        hint = f"for a file write docker-archive:{name}, oci-archive:{name} or oci:{name}"
    raise SourceError(f"no {kind} is called {name!r} (asked {', '.join(asked) or 'nobody'})", hint)


def _stores(service: Service) -> list[Store]:
    """Return the stores of ``service``, if it runs on this machine as far as one can see."""
    if not is_local(service.url):
        return []
    try:
        with service.connect() as client:
            return find_stores(Path(client.info()["store"]["graphRoot"]))
    except (PodmanError, RequestException, OSError, KeyError, TypeError):
        return []  # the service can still save the image


@contextlib.contextmanager
def services(hosts: EngineHosts) -> Iterator[Iterator[Service]]:
    """Yield the services to ask, in order; one that had to be started is stopped at the end."""
    with contextlib.ExitStack() as closing:
        yield _reachable(hosts, closing)


def _reachable(hosts: EngineHosts, closing: contextlib.ExitStack) -> Iterator[Service]:
    if hosts.container_host:
        yield Service(hosts.container_host, hosts.patience)
        return
    runtime = hosts.runtime_dir or f"/run/user/{os.geteuid()}"
    sockets = dict.fromkeys((f"{runtime}/podman/podman.sock", SYSTEM_SOCKET))
    found = [url for path in sockets if _listens(url := f"unix://{path}", hosts.patience)]
    for url in found:
        yield Service(url, hosts.patience)
    if found:
        return
    program = shutil.which("podman")
    if program is None:
        raise SourceError(
            "there is no Podman service and no podman program",
            "install podman, set CONTAINER_HOST, or save the image and write docker-archive:FILE",
        )
    yield closing.enter_context(_started(program, hosts))


def _listens(url: str, patience: float) -> bool:
    try:
        require_listener(url, "Podman service", patience, HINT)
    except SourceError:
        return False  # a socket that an ended service left behind: the next place may do
    return True


@contextlib.contextmanager
def _started(program: str, hosts: EngineHosts) -> Iterator[Service]:
    """Run Podman's service on a socket of our own for as long as the ``with`` lasts."""
    with tempfile.TemporaryDirectory(prefix="paritycheck-podman-") as directory:
        socket = Path(directory) / "podman.sock"
        with (Path(directory) / "errors").open("w+b") as errors:
            # Ctrl-C has to wait until there is somebody who would stop the service.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                process = subprocess.Popen(
                    [program, "system", "service", "--time=0", f"unix://{socket}"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,  # Ctrl-C is ours to pass on, after the last request
                )
            except OSError as error:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                raise SourceError(
                    f"{program} cannot be run: {error.strerror}",
                    "repair podman, set CONTAINER_HOST, or save the image and write docker-archive:FILE",
                ) from error
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                deadline = time.monotonic() + START_PATIENCE
                while not socket.exists():
                    if process.poll() is not None or time.monotonic() > deadline:
                        errors.seek(0)
                        said = errors.read(2000).decode("utf-8", "replace").strip()
                        raise SourceError(
                            f"podman system service did not start: {said or 'it said nothing'}",
                            "try podman info, or save the image and write docker-archive:FILE",
                        )
                    time.sleep(0.02)
                yield Service(f"unix://{socket}", max(hosts.patience, START_PATIENCE))
            finally:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextlib.contextmanager
def translated(service: Service, name: str) -> Iterator[None]:
    """Turn what podman-py raises about ``name`` into SourceError."""
    try:
        yield
    except (ImageNotFound, NotFound) as error:
        raise _Missing(f"the Podman service at {service.url} does not have {name}", HINT) from error
    except (PodmanError, RequestException, OSError, ValueError) as error:
        if _is_timeout(error):
            raise SourceError(
                f"the Podman service at {service.url} does not answer",
                "restart it (systemctl restart podman.socket), or point CONTAINER_HOST to another",
            ) from error
        said = error.explanation if isinstance(error, APIError) and error.explanation else str(error)
        raise SourceError(
            f"the Podman service at {service.url} could not give us {name}: {said}",
            HINT,
        ) from error


def _is_timeout(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, TimeoutError | ReadTimeout):
            return True
        error = error.__cause__ or error.__context__
    return False
