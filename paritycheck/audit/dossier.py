"""All that an audit may ask: the container, its log, the two sides, git, the files of the pipelines."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable, Mapping

import msgspec

from paritycheck import __version__
from paritycheck.audit.mounting import as_run, as_service
from paritycheck.check import SCHEMA_VERSION, compare, gather_facts
from paritycheck.config import Config
from paritycheck.errors import NothingCompared
from paritycheck.gates import Facts
from paritycheck.model.container import ContainerFacts
from paritycheck.model.history import PathHistory
from paritycheck.model.incident import LogReading
from paritycheck.model.report import Finding, Report, Summary, Tool
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.planning.plan import Plan

# Asks git about a path; the importer and the words by which it names the thing may be empty.
AskHistory = Callable[[str, str, str], PathHistory]


class Dossier(msgspec.Struct, frozen=True):
    """The evidence. ``subject`` is what was named, ``written`` the time, ``image`` a name to run it by.

    ``pipelines`` are the texts of the repository's CI files, by path. ``predicted`` is what the check says of
    the next build from this checkout, asked with ``settings``; ``None`` without a Containerfile.
    ``unjudged`` says why the two sides could not be compared; ``""``: they were.
    """

    subject: str
    written: str
    container: ContainerFacts | None
    log: LogReading | None
    facts: Facts
    report: Report
    predicted: Report | None
    pipelines: Mapping[str, str]
    history: AskHistory
    settings: Config = Config()
    image: str = ""
    remarks: tuple[str, ...] = ()
    unjudged: str = ""

    @property
    def engine(self) -> str:
        """The program to run containers by: ``podman`` or ``docker``."""
        return self.container.engine if self.container else "podman"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What the check finds wrong with this container, as far as nobody let it pass."""
        return tuple(each for each in self.report.findings if each.severity == "error" and each.counts)

    @property
    def containerfile(self) -> str:
        """The path of the Containerfile, ``Containerfile`` if there is none."""
        return self.facts.plan.containerfile.path if self.facts.plan else "Containerfile"


def gather(
    subject: str,
    written: str,
    container: ContainerFacts | None,
    log: LogReading | None,
    local: Snapshot,
    image: Snapshot,
    plan: Plan | None,
    config: Config,
    history: AskHistory,
    *,
    root: str = "",
    name: str = "",
    remarks: tuple[str, ...] = (),
) -> Dossier:
    """Put the evidence together and judge the two sides as the check does.

    ``root`` is where the checkout lies on this machine, ``name`` the
    image's name where there is no container to tell it, ``remarks`` what could not be read. Where there is
    nothing to compare, the log and the container are evidence all the same.
    """
    built = config
    if container is not None:
        image = as_run(container, image)
        service = as_service(container, config.service, root)
        config = msgspec.structs.replace(config, service=service)
    facts = gather_facts(local, image, plan, config)
    unjudged = ""
    try:
        report = compare(local, image, plan, config)
    except NothingCompared as error:
        unjudged = error.message
        report = _nothing_compared(local, image, error)
    predicted = None
    if plan is not None and any(finding.severity == "error" for finding in report.findings):
        with contextlib.suppress(NothingCompared):
            predicted = compare(local, None, plan, built)
    return Dossier(
        subject=subject,
        written=written,
        container=container,
        log=log,
        facts=facts,
        report=report,
        predicted=predicted,
        settings=built,
        pipelines=_pipelines(local),
        history=history,
        image=(container.image if container else "") or name,
        remarks=remarks,
        unjudged=unjudged,
    )


def _nothing_compared(local: Snapshot, image: Snapshot, error: NothingCompared) -> Report:
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool("paritycheck", __version__),
        local=local.origin,
        container=image.origin,
        summary=Summary(0, 0, 0, 0, 0, 0, 0, 0, 0),
        findings=(),
        remarks=(f"nothing was compared: {error.message}; {error.hint}",),
    )


def _pipelines(local: Snapshot) -> dict[str, str]:
    """Return the texts of the files that CI services, hooks and build tools read."""
    found = {}
    for path in sorted(local.tree.paths()):
        directory, _, name = path.rpartition("/")
        in_directory = directory in PIPELINE_DIRECTORIES and name.endswith(PIPELINE_SUFFIXES)
        if in_directory or path in PIPELINE_FILES:
            text = local.texts.get(path)
            if text is not None:
                found[posixpath.normpath(path)] = text
    return found


PIPELINE_DIRECTORIES = (
    ".github/workflows",
    ".gitea/workflows",
    ".forgejo/workflows",
    ".circleci",
    ".buildkite",
    ".woodpecker",
    ".tekton",
    ".gitlab/ci",
    ".ci",
)
PIPELINE_SUFFIXES = (".yml", ".yaml", ".sh", "run")
PIPELINE_FILES = frozenset(
    {
        ".gitlab-ci.yml",
        ".travis.yml",
        ".drone.yml",
        ".woodpecker.yml",
        ".cirrus.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "cloudbuild.yaml",
        "cloudbuild.yml",
        "buildspec.yml",
        "appveyor.yml",
        "Jenkinsfile",
        ".pre-commit-config.yaml",
    }
)
