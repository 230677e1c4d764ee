"""Differences between the Pythons of the two sides, and between them and what the project asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from paritycheck.gates import Facts
from paritycheck.model.environment import Interpreter
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.model.requirement import DependencyFile
from paritycheck.predict.selecting.selection import Installation
from paritycheck.rules import make_finding

# uv fetches a Python that fits, where it is not told to use the one that is there.
_FETCHES = re.compile(r"\buv (?:sync|run)\b")


def platform_findings(facts: Facts) -> Iterator[Finding]:
    """Return what the interpreters of the two sides differ in, and what the project does not allow."""
    here, there = facts.local.environment.interpreter, facts.view.environment.interpreter
    if there is None:
        return
    if here is not None:
        yield from _interpreters(here, there)
        yield from _platforms(here, there)
    if not facts.actual:
        yield from _not_allowed(there, facts)


def _interpreters(here: Interpreter, there: Interpreter) -> Iterator[Finding]:
    left = (here.implementation, *here.version.split(".")[:2])
    right = (there.implementation, *there.version.split(".")[:2])
    if left != right:
        yield make_finding(
            "PC301",
            f"the local environment runs {here.implementation} {here.version}, "
            f"the container {there.implementation} {there.version}",
            items=[ReportItem("setting", "python")],
        )


def _platforms(here: Interpreter, there: Interpreter) -> Iterator[Finding]:
    differences = [
        f"{what} {left} / {right}"
        for what, left, right in (
            ("system", here.markers.get("sys_platform", ""), there.markers.get("sys_platform", "")),
            (
                "processor",
                here.markers.get("platform_machine", ""),
                there.markers.get("platform_machine", ""),
            ),
            ("C library", _libc(here), _libc(there)),
        )
        if left and right and left != right
    ]
    if differences:
        yield make_finding(
            "PC303",
            f"locally / in the container: {', '.join(differences)}",
            items=[ReportItem("setting", "platform")],
        )


def _libc(interpreter: Interpreter) -> str:
    suffixes = " ".join(interpreter.suffixes)
    return "musl" if "-musl" in suffixes else "glibc" if "-gnu" in suffixes else ""


def _not_allowed(there: Interpreter, facts: Facts) -> Iterator[Finding]:
    """An installer of the build refuses a project that does not allow the Python it installs for."""
    seen: set[str] = set()
    for install in facts.supply.installs:
        if install.site not in facts.supply.searched or not install.certain:
            continue
        for file in _projects(install, facts):
            if file.path not in seen and not _allows(file.python, there.version):
                seen.add(file.path)
                yield _refused(file, install, there, facts)


def _projects(install: Installation, facts: Facts) -> Iterator[DependencyFile]:
    """Yield the project files among what the command reads: of others only the requirements count."""
    for file in facts.supply.files(install):
        if file.python and file.path.endswith(("pyproject.toml", "setup.cfg", "setup.py")):
            yield file


def _allows(specifier: str, version: str) -> bool:
    try:
        allowed = SpecifierSet(specifier)
        minor = ".".join(version.split(".")[:2])
        # Of a release whose last number is not known, some may fit.
        tried = [version] if version.count(".") > 1 else [f"{minor}.0", f"{minor}.99"]
        return any(allowed.contains(Version(each), prereleases=True) for each in tried)
    except (InvalidSpecifier, InvalidVersion):
        return True


def _refused(file: DependencyFile, install: Installation, there: Interpreter, facts: Facts) -> Finding:
    minor = ".".join(there.version.split(".")[:2])
    fetches = bool(_FETCHES.search(install.command)) and f"python{minor}/" not in install.site
    line = file.python_location or Location(file.path)
    what = "installs another Python for it" if fetches else "refuses it"
    prediction = facts.plan.prediction if facts.plan else None
    base = (prediction.stages[prediction.target].location,) if prediction else ()
    return make_finding(
        "PC301",
        f"{line} allows Python {file.python}, the container has {there.version}: `{install.command}` {what}",
        gate="image",
        severity="warning" if fetches or install.forgiven else "error",
        items=[
            ReportItem("setting", "python"),
            *([ReportItem("distribution", file.name)] if file.name else []),
        ],
        locations=dict.fromkeys((*base, line, install.location)),
        hint=f"Begin the stage from an image whose Python is {file.python}, or widen {line}.",
    )
