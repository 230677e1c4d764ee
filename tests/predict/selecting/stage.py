"""A stage in memory: files by tree path, and what a Debian container with CPython 3.12 says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.predict.selecting.request import ProjectRequest, StageText, Surroundings
from paritycheck.predict.selecting.selection import Catalogue, Selection

RUN = Location("Dockerfile", 7, "RUN install")
LINUX = {
    "implementation_name": "cpython",
    "implementation_version": "3.12.4",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.12.4",
    "python_version": "3.12",
    "sys_platform": "linux",
}


def around(
    files: Mapping[str, str],
    catalogue: Catalogue | None = None,
    present: Mapping[str, str] | None = None,
    markers: Mapping[str, str] = LINUX,
) -> Surroundings:
    """Return the surroundings of files below ``app``."""
    texts = {f"app/{path}": StageText(text, path) for path, text in files.items()}
    return Surroundings(
        texts.get,
        lambda _: (),
        markers,
        markers.get("python_version", ""),
        catalogue or Catalogue(),
        present or {},
    )


def local(*distributions: tuple[str, str, tuple[str, ...]]) -> Catalogue:
    """Return a catalogue of a local environment: name, version, requirements of each."""
    return Catalogue(
        {
            name: Distribution(name, version, "/site", requires=requires)
            for name, version, requires in distributions
        }
    )


def project(**options: object) -> ProjectRequest:
    """Return the request of a command in ``app``."""
    return ProjectRequest(RUN, "app", **options)  # type: ignore[arg-type]


def versions(selection: Selection) -> dict[str, str]:
    """Return what is selected, name by version."""
    return {each.name: each.version for each in selection.selected}


def skipped(selection: Selection) -> dict[str, tuple[str, str]]:
    """Return what is skipped: reason and remedy by name."""
    return {each.declaration.name: (each.reason, each.remedy) for each in selection.skipped}
