"""Declarations and edges as short texts, so that a test is a table."""

from __future__ import annotations

from paritycheck.model.requirement import Declaration, DependencyFile, Lock, LockedPackage
from paritycheck.parse.requirements.files import read_dependency_file, read_lock


def read(path: str, text: str) -> DependencyFile:
    """Read a dependency file that is known by its name."""
    file = read_dependency_file(path, text)
    assert file is not None
    return file


def lock(path: str, text: str) -> Lock:
    """Read a lock file that is known by its name."""
    file = read_lock(path, text)
    assert file is not None
    return file


def declared(file: DependencyFile) -> list[str]:
    """Return ``LINE SECTION NAME[EXTRAS]SPECIFIER; MARKER @ SOURCE`` for each declaration."""
    return [_shown(each) for each in file.declarations]


def included(file: DependencyFile) -> list[str]:
    """Return ``LINE SECTION < TARGET`` for each inclusion."""
    return [
        f"{each.location.line} {each.section} < {'-c ' if each.constraint else ''}{each.target}"
        for each in file.inclusions
    ]


def edges(package: LockedPackage) -> dict[str, list[str]]:
    """Return what a package pulls in, by section."""
    return {
        section: [
            each.name
            + (f"[{','.join(each.extras)}]" if each.extras else "")
            + (f"=={each.version}" if each.version else "")
            + (f"; {each.marker}" if each.marker else "")
            for each in listed
        ]
        for section, listed in package.edges.items()
    }


def _shown(each: Declaration) -> str:
    name = each.name + (f"[{','.join(each.extras)}]" if each.extras else "")
    marker = f"; {each.marker}" if each.marker else ""
    place = each.url or each.path
    source = f" @ {each.source} {place}".rstrip() if each.source != "index" else ""
    editable = "-e " if each.editable else ""
    section = f"{each.section} " if each.section else ""
    return f"{each.location.line} {section}{editable}{name}{each.specifier}{marker}{source}"
