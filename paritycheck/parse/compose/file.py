"""Compose files -> the one service that is asked for: variables, ``extends``, several files merged.

Sources: Compose specification, "Profiles"; compose-go ``dotenv``, ``types/project.go``.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Mapping

from paritycheck.errors import SourceError, UsageError
from paritycheck.parse.compose.interpolation import read_env_file
from paritycheck.parse.compose.project import Project, Read
from paritycheck.parse.compose.service import Service


def read_service(
    files: tuple[str, ...], name: str, read: Read, variables: Mapping[str, str], root: str
) -> Service:
    """Return the service ``name`` (``""``: the only one that is built) of ``files``, later ones on top.

    All paths are below the checkout ``root`` (absolute on this machine), from where ``read`` reads; relative
    paths in the files are seen from the first one's directory, where ``.env`` gives values that
    ``variables`` do not. In the result every variable of the container is in ``environment``, with its value
    only if that is no secret, else ``None``. Raises UsageError if there is no such service or nobody can
    tell which, SourceError for a file that cannot be read.
    """
    directory = posixpath.dirname(files[0])
    dotenv = read_env_file(read(posixpath.join(directory, ".env")) or "", variables)
    known = {**{key: value for key, value in dotenv.items() if value is not None}, **variables}
    project = Project(read, known, root)
    files = tuple(each for path in files for each in project.open(path, directory))
    chosen = name or _choose(project, files)
    if chosen not in project.names(files):
        raise UsageError(
            f"{files[-1]} has no service {chosen}", f"name one of {', '.join(sorted(project.names(files)))}"
        )
    return project.finished(project.merged(files, chosen))


def _choose(project: Project, files: tuple[str, ...]) -> str:
    wanted = project.variables.get("COMPOSE_PROFILES", "").split(",")
    built, enabled = [], []
    for name in sorted(project.names(files)):
        service = None
        # What is wrong with another service is nobody's concern here.
        with contextlib.suppress(SourceError, UsageError):
            service = project.merged(files, name)
        if service is None or not service.profiles or "*" in wanted or set(service.profiles) & set(wanted):
            enabled.append(name)
            if service is None or service.build is not None:
                built.append(name)
    found = built or enabled
    if len(found) == 1:
        return found[0]
    what = "several services that are built" if built else "several services" if enabled else "no service"
    raise UsageError(
        f"{files[-1]} has {what}{': ' if found else ''}{', '.join(found)}", "name one with --service"
    )
