"""Where an interpreter would search that may lie in a part of the image that nobody knows.

A step that was not understood (``make install``) may have made a virtual environment in a directory of
PATH: the command then starts that environment's interpreter, and what its site directory holds, ``.pth``
files among it, is as unknown as the environment itself. Source for the layout: CPython, Lib/venv.
"""

import posixpath
from collections.abc import Iterator

from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import ImageConfig, Snapshot
from paritycheck.predict.environment.interpreting import DEFAULT_PATH


def unseen_sites(container: Snapshot, environment: Environment, executable: str) -> tuple[str, ...]:
    """Return the site directories (tree paths) of interpreters that may be started instead of the known one.

    ``executable`` is the command's, a name or a path, ``""`` for the image's ``python``.
    """
    interpreter, config = environment.interpreter, container.config
    if interpreter is None or config is None:
        return ()
    known = posixpath.dirname(interpreter.executable)
    minor = ".".join(interpreter.version.split(".")[:2])
    return tuple(
        f"{posixpath.dirname(directory)}/lib/python{minor}/site-packages".lstrip("/")
        for directory in _before(known, _searched(config, executable))
        if _is_unseen(container, f"{directory}/python".lstrip("/"))
    )


def _searched(config: ImageConfig, executable: str) -> list[str]:
    if "/" in executable:
        return [posixpath.dirname(posixpath.join("/", config.workdir, executable))]
    directories = (config.env.get("PATH") or DEFAULT_PATH).split(":")
    return [posixpath.normpath(posixpath.join("/", config.workdir, each)) for each in directories]


def _before(known: str, directories: list[str]) -> Iterator[str]:
    for directory in directories:
        if directory == known:
            return
        yield directory


def _is_unseen(container: Snapshot, path: str) -> bool:
    parts = (part for part in container.unknown if part.brings != "system")
    return any(not part.path or f"{path}/".startswith(f"{part.path}/") for part in parts)
