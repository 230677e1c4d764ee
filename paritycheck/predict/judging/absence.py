"""Why a distribution that is wanted is not where the container's interpreter looks, and which line to change.

A command that names an extra or a group is meant for it: what is missing belongs into that section. A
command that names none lacks the option. What no file declares belongs into the file that the
installer reads.
"""

from __future__ import annotations

import posixpath
import re
from typing import Literal

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile
from paritycheck.predict.judging.declarations import is_for_development
from paritycheck.predict.judging.siblings import is_siblings, nearness
from paritycheck.predict.judging.supply import Supply
from paritycheck.predict.selecting.selection import Installation, Skipped

Kind = Literal["missing", "undeclared", "not-selected", "marker", "elsewhere"]

_NAMED = re.compile(
    r"(?:--extra|--extras|-E|--group|-G|--with|--only|--only-group)[\s=]+[\"']?([\w.,-]+)|\[([\w.,\s-]+)\]"
)


class Absence(msgspec.Struct, frozen=True):
    """Why it is missing: ``locations`` with the line to change first, ``hint`` what to change there.

    ``optional``: nothing declares it, and what is locked for an option of the project would bring it.
    """

    kind: Kind
    reason: str
    locations: tuple[Location, ...] = ()
    hint: str = ""
    optional: bool = False


def explain_absence(name: str, supply: Supply, importer: str = "") -> Absence:
    """Say why the container lacks a distribution that the file ``importer`` of the checkout needs."""
    return (
        _installed_elsewhere(name, supply)
        or _left_out(name, supply, importer)
        or _declared_elsewhere(name, supply, importer)
        or _undeclared(name, supply, importer)
    )


def _installed_elsewhere(name: str, supply: Supply) -> Absence | None:
    installs = list(supply.selecting(name))
    if not installs:
        return None
    install = installs[-1]
    here = [each for each in installs if each.site in supply.searched]
    if here:
        before = [each for each in here if not supply.is_later(each)]
        return _taken_away(name, before[-1], supply) if before else _too_late(here[0], supply)
    return Absence(
        "elsewhere",
        f"{install.location} installs it into /{install.site}, where the interpreter does not look",
        (install.location,),
        "Install into the environment that the start command uses: set PATH and VIRTUAL_ENV before it.",
    )


def _too_late(install: Installation, supply: Supply) -> Absence:
    return Absence(
        "missing",
        f"{install.location} installs it only later: `{install.command}`",
        (install.location,),
        f"Move {supply.moment} behind {install.location}, or install before it what it needs.",
    )


def _taken_away(name: str, install: Installation, supply: Supply) -> Absence:
    """It was installed where the interpreter looks, and is not there."""
    later = supply.installs[supply.installs.index(install) + 1 :]
    for each in later:
        if each.site == install.site and each.selection.exact and not supply.is_later(each):
            return Absence(
                "not-selected",
                f"{install.location} installs it, and `{each.command}` at {each.location} removes what it "
                "does not select",
                (each.location, install.location),
                f"Repeat the extras and groups of {install.location} at {each.location}.",
            )
    if install.forgiven:
        why, hint = "but its failure goes unnoticed", "Let the build fail where this installation fails."
    elif all(canonicalize_name(each.name) != canonicalize_name(name) for each in supply.lasting):
        why, hint = "but a later step takes it away", f"Keep what {install.location} installs."
    elif supply.actual:
        why, hint = "and this image was built otherwise", "Build the image anew from this checkout."
    else:
        why = "and the interpreter that is started does not find it"
        hint = f"Start the interpreter that {install.location} installs for."
    return Absence(
        "missing", f"{install.location} installs it, {why}: `{install.command}`", (install.location,), hint
    )


def _left_out(name: str, supply: Supply, importer: str) -> Absence | None:
    found = [
        (install, skipped)
        for install, skipped in supply.skipping(name)
        if not _is_anothers(skipped.declaration, supply, importer)
    ]
    found.sort(key=lambda each: -nearness(supply.rooted(each[1].declaration.location).path, importer))
    for reason in ("marker", "extra", "group", "unlocked", "excluded", "constraint"):
        for install, skipped in found:
            if skipped.reason == reason:
                file = skipped.declaration.location.path
                alike = [each for _, each in found if each.declaration.location.path == file]
                return _skipped(name, install, skipped, alike, supply)
    return None


def _is_anothers(declaration: Declaration, supply: Supply, importer: str) -> bool:
    """Tell whether it is the declaration of another project than the one that the importer is of."""
    return is_siblings(
        supply.rooted(declaration.location).path, importer, (file.path for file in supply.read)
    )


def _skipped(
    name: str, install: Installation, skipped: Skipped, every: list[Skipped], supply: Supply
) -> Absence:
    declared = supply.rooted(skipped.declaration.location)
    if skipped.reason == "marker":
        return Absence(
            "marker",
            f"{declared} declares it, but not for the container's Python: {skipped.why}",
            (declared, install.location),
            f"Widen the marker of `{name}` at {declared}.",
        )
    sections = [each.declaration.section for each in every]
    where = " and ".join(dict.fromkeys(_in_words(section) for section in sections if section))
    if skipped.reason == "unlocked":
        because = f"{declared.path} declares it, and {skipped.why}"
        return Absence("not-selected", because, (declared, install.location), skipped.remedy)
    brings = f"only {where} of {declared.path} brings it" if where else f"{declared.path} declares it"
    reason = f"{brings}, and `{install.command}` does not select that"
    if where and all(each.declaration.section and is_for_development(each.declaration) for each in every):
        # An image has no use for all that developers need: the declaration is in the wrong place.
        hint = f"move `{name}` from {where} of {declared.path} to what is always installed"
        return Absence("not-selected", reason, (declared, install.location), hint)
    named = _named_section(install, declared.path, supply)
    if named is not None:
        section, line = named
        hint = f"add `{name}` to the {_in_words(section)} at {line}"
        return Absence("not-selected", reason, (line, install.location, declared), hint)
    remedy = f"{skipped.remedy} at {install.location}" if skipped.remedy else ""
    return Absence("not-selected", reason, (install.location, declared), remedy)


def _in_words(section: str) -> str:
    kind, _, name = section.partition(":")
    return f"{kind} {name}" if name else section


def _named_section(install: Installation, path: str, supply: Supply) -> tuple[str, Location] | None:
    """Return the one extra or group that the command names itself, with its last line."""
    file = supply.declarations.file(path)
    words = re.split(
        r"[,\s]+", " ".join(first or second for first, second in _NAMED.findall(install.command))
    )
    names = {canonicalize_name(word) for word in words if word}
    sections = file.sections if file else ()
    found = [section for section in sections if canonicalize_name(section.partition(":")[2] or "-") in names]
    # Of several that are named, nobody knows which one it belongs to.
    return (found[0], _last_line(file, found[0])) if file is not None and len(found) == 1 else None


def _last_line(file: DependencyFile, section: str) -> Location:
    lines = [each.location for each in file.declarations if each.section == section]
    own = [line for line in lines if line.path == file.path]
    return max(own, key=lambda line: line.line, default=Location(file.path))


def _declared_elsewhere(name: str, supply: Supply, importer: str) -> Absence | None:
    """A file declares it that no installer reads, or a section that none selects."""
    read = {file.path for file in supply.read}
    declared = [
        each
        for each in supply.declarations.of(name)
        if each.source != "project"
        and not (each.location.path in read and _is_anothers(each, supply, importer))
    ]
    if not declared:
        return None
    here = next((each for each in declared if each.location.path in read), None)
    first = here or declared[0]
    if here is not None and not here.section:
        line = supply.rooted(here.location)
        return Absence("missing", f"{line} declares it, and no installer of the build brings it", (line,))
    where = f"{_in_words(first.section)} of {first.location.path}" if first.section else first.location.path
    reason = f"only {where} declares it, and no installer of the build reads that"
    if not supply.installs:
        return Absence(
            "not-selected",
            f"{where} declares it, and nothing that is built installs anything",
            (first.location,),
            f"Install what {first.location.path} declares in the stage that is built.",
        )
    places = (*declaring_place(supply, importer), first.location)
    return Absence("not-selected", reason, places, declaring_advice(name, supply, importer))


def declaring_place(supply: Supply, importer: str = "") -> tuple[Location, ...]:
    """Return where a declaration belongs: the file that the installer reads, else its command."""
    file = _target_file(supply, importer)
    if file is not None:
        return (_last_line(file, ""),)
    if supply.installs:
        return (supply.installs[-1].location,)
    return ()


def _target_file(supply: Supply, importer: str) -> DependencyFile | None:
    """Return the file of the installer that is nearest to the importer; without an installer the first."""
    read = [
        file for file in supply.read if any(not each.section for each in file.declarations)
    ] or supply.read
    if not read and not supply.installs:
        near = ("", supply.context)
        read = [file for file in supply.declarations.files if posixpath.dirname(file.path) in near]
        read = [file for file in read if any(not each.section for each in file.declarations)]
        read.sort(key=lambda file: (len(file.path), file.path))
    return max(read, key=lambda file: nearness(file.path, importer), default=None)


def _undeclared(name: str, supply: Supply, importer: str) -> Absence:
    place = declaring_place(supply, importer)
    locked = supply.declarations.locked(name)
    if not place:
        return Absence("missing", "it is not installed there")
    lines = [each.location for each in supply.declarations.of(name) if each.source != "project"]
    others = lines[0] if lines else locked.location if locked is not None else None
    what = f" ({others} has it for others)" if others is not None else ""
    reason = f"no dependency file{' of this project' if lines else ''} declares it{what}"
    hint = declaring_advice(name, supply, importer)
    return Absence("undeclared", reason, place, hint, optional=locked is not None)


def declaring_advice(name: str, supply: Supply, importer: str = "") -> str:
    """Say where to declare a distribution; ``""`` if nothing is known to install."""
    file = _target_file(supply, importer)
    if file is not None:
        return f"add `{name}` to {file.path}"
    if supply.installs:
        return f"add `{name}` to the command at {supply.installs[-1].location}"
    return ""
