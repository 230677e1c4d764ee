"""The two sides of a comparison put together from texts, without a disk: a checkout and an actual image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from paritycheck.check import compare, explain
from paritycheck.config import Config
from paritycheck.model.environment import Distribution, Environment, Interpreter, PathEntry
from paritycheck.model.journey import Journey
from paritycheck.model.report import Finding
from paritycheck.model.snapshot import GitFacts, ImageConfig, OnDemand, Origin, Snapshot
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.datafiles import read_data
from paritycheck.parse.python.imports import parse_source

SITE = "/usr/local/lib/python3.12/site-packages"
COMMAND = ("python3", "-m", "app.main")


def distribution(
    name: str,
    version: str = "1",
    modules: Iterable[str] = (),
    requires: Iterable[str] = (),
    editable: str = "",
) -> Distribution:
    """Return an installed distribution; without ``modules`` nobody knows what it brings."""
    return Distribution(name, version, SITE, tuple(modules), tuple(requires), editable)


def environment(
    distributions: Iterable[Distribution], python: str = "3.12.4", machine: str = "x86_64", libc: str = "gnu"
) -> Environment:
    """Return an environment of this Python with these distributions."""
    digits = "".join(python.split(".")[:2])
    interpreter = Interpreter(
        "/usr/local/bin/python3",
        python,
        markers={"sys_platform": "linux", "platform_machine": machine},
        suffixes=(f".cpython-{digits}-{machine}-linux-{libc}.so", ".abi3.so", ".so"),
    )
    return Environment(interpreter, (PathEntry(SITE, "site"),), tuple(distributions))


def side(
    origin: Origin,
    files: Mapping[str, str],
    described: Environment,
    config: ImageConfig | None = None,
    untracked: Iterable[str] = (),
) -> Snapshot:
    """Return a snapshot that holds these files and knows their contents."""
    tracked = frozenset(files) - frozenset(untracked)
    own = {path: text for path, text in files.items() if not path.startswith(SITE[1:])}
    modules = {path: parse_source(text.encode()) for path, text in files.items() if path.endswith(".py")}
    return Snapshot(
        origin=origin,
        tree=FileTree(FileEntry(path, "file") for path in files),
        data={path: read_data(files[path].encode()) for path in modules},
        modules=OnDemand(modules.get, lambda: (path for path in own if path in modules)),
        texts=dict(files),
        digests={path: hashlib.sha256(text.encode()).hexdigest() for path, text in own.items()},
        environment=described,
        config=config,
        git=GitFacts("repository", tracked=tracked) if config is None else None,
    )


def checkout(
    files: Mapping[str, str], described: Environment | None = None, untracked: Iterable[str] = ()
) -> Snapshot:
    """Return a checkout; without an environment none is known."""
    return side(Origin("checkout", "."), files, described or Environment(), untracked=untracked)


def image(
    files: Mapping[str, str], described: Environment, extra: Mapping[str, str] | None = None
) -> Snapshot:
    """Return an image with the checkout's Python files below ``/srv``, and ``extra`` (absolute paths)."""
    placed = {f"srv/{path}": text for path, text in files.items() if path.endswith(".py")}
    placed |= {path.lstrip("/"): text for path, text in (extra or {}).items()}
    placed |= {
        "usr/local/bin/python3": "",
        "usr/local/lib/python3.12/os.py": "",
        f"{SITE[1:]}/README.txt": "",
    }
    config = ImageConfig(env={"PATH": "/usr/local/bin"}, workdir="/srv", cmd=COMMAND)
    return side(Origin("image", "example"), placed, described, config)


def findings(local: Snapshot, container: Snapshot, codes: str = "PC2 PC3") -> list[Finding]:
    """Return what the check says about distributions and platforms."""
    report = compare(local, container, None, Config())
    return [each for each in report.findings if each.code.startswith(tuple(codes.split()))]


def journey(subject: str, local: Snapshot, container: Snapshot) -> Journey:
    """Return the one journey of ``subject``."""
    (found,) = explain(subject, local, container, None, Config()).journeys
    return found


def told(finding: Finding) -> tuple[str, str, list[str]]:
    """Return code, severity and items."""
    return finding.code, finding.severity, [item.name for item in finding.items]
