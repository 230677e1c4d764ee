"""Distributions that real installers put into images, and those they do not: what we say of both.

Each project is built twice, faulty and repaired, by real pip, uv, Poetry and from a virtual environment
that another stage made. The local environments are those of a developer who has everything.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from paritycheck.capture.bases import plan_with_bases
from paritycheck.capture.image.sources import open_image
from paritycheck.capture.sides import open_local
from paritycheck.cli import run
from paritycheck.cli.options import read_machine
from paritycheck.config import parse_engine
from paritycheck.model.environment import Environment
from paritycheck.predict.planning.plan import BuildOptions
from tests.live.conftest import build, run_podman
from tests.live.conftest import run as run_program
from tests.live.distributionexamples import (
    DETOURS,
    EXAMPLES,
    FOLDER,
    REFUSED,
    STARTS,
    Detour,
    Example,
    Fault,
)

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"  # uv and Poetry bring their own, which know no proxy
TRUST = (f"--env=SSL_CERT_FILE={CERTIFICATES}", f"--env=REQUESTS_CA_BUNDLE={CERTIFICATES}")
INSTALLED = (
    "colorama==0.4.6", "iniconfig==2.1.0", "jaraco.classes==3.4.0", "jaraco.context==6.0.1",
    "jinja2==3.1.6", "pluggy==1.6.0", "setuptools==80.9.0", "sortedcontainers==2.4.0", "tabulate==0.9.0",
    "toml==0.10.2", "toolz==1.0.0",
)  # fmt: skip
# The old one has what Python 3.12 dropped; the new one is what the repaired image has.
LOCAL = {"faulty": ("3.11", "itsdangerous==2.0.1"), "repaired": ("3.12", "itsdangerous==2.2.0")}
SEEDS = {"pip"}  # venv and ensurepip choose its version
ASK = """
import importlib, json, sys
sys.path.insert(0, "")
errors = {}
for part in sys.argv[1:]:
    try:
        importlib.import_module("shop." + part)
    except ImportError as error:
        errors[part] = f"{type(error).__name__}: {error}"
print(json.dumps(errors))
"""


def find_python(release: str) -> str:
    """Return a Python of a minor release: of pyenv, else what uv finds on this machine."""
    found = sorted(Path.home().glob(f".pyenv/versions/{release}.*/bin/python"))
    return str(found[0]) if found else release


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The local environments' interpreters, by the state of the project that they belong to."""
    uv, root = str(Path(sys.executable).parent / "uv"), tmp_path_factory.mktemp("local")
    for state, (release, other) in LOCAL.items():
        run_program(uv, "venv", "-q", "--python", find_python(release), str(root / state))
        labels = ("-e", str(FOLDER / "common" / "labels"))
        install = ("pip", "install", "-q", "--system-certs", "--python", str(root / state))
        run_program(uv, *install, *INSTALLED, other, *labels)
    return {state: str(root / state / "bin" / "python") for state in LOCAL}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment of our own but uv, which ``--resolve`` asks."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda example: example.name)
def example(request: pytest.FixtureRequest) -> Example:
    """Each of the projects in turn."""
    found: Example = request.param
    return found


def reference(name: str) -> str:
    return f"localhost/paritycheck-live/distributions-{name}:latest"


@pytest.fixture(scope="module")
def built(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The images of one project, by state."""
    images = {}
    for state in LOCAL:
        checkout = example.write(tmp_path_factory.mktemp(example.name) / "checkout", state)
        images[state] = reference(f"{example.name}-{state}")
        build(checkout, images[state], *TRUST)
    yield images
    run_podman("image", "rm", "-f", "--no-prune", *images.values())


def check(checkout: Path, python: str, *flags: str) -> list[dict[str, Any]]:
    """Return the findings of a check."""
    report = checkout.parent / "report.json"
    run(["check", str(checkout), "--python", python, "--format", "json", "--output", str(report), *flags])
    found: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    return found


def place(location: dict[str, Any]) -> str:
    return f"{location['path']}:{location['line']}" if "line" in location else str(location["path"])


def matching(fault: Fault, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the finding about a fault, the severest first."""
    named = [each for each in findings if fault.name in [item["name"] for item in each["items"]]]
    found = [each for each in named if each["code"] == fault.code]
    assert found, (fault, [each["code"] for each in named])
    return min(found, key=lambda each: ["error", "warning", "note"].index(each["severity"]))


def assert_found(example: Example, findings: list[dict[str, Any]], *, predicted: bool) -> None:
    """Hold every fault and every remark against the findings: code, severity, file and line; nothing else."""
    for fault in example.faults:
        finding = matching(fault, findings)
        # Of a lock the releases are known, and not their files.
        severity = fault.predicted if predicted and "faulty" in example.locked else "error"
        assert (fault.part, finding["severity"]) == (fault.part, severity)
        assert (fault.part, place(finding["locations"][0])) == (fault.part, fault.place)
        importers = [place(each) for each in finding["imported_by"]]
        assert f"shop/{fault.part}.py:3" in importers
    remarked = {
        (
            each["code"],
            each["severity"],
            item["name"],
            place(each["locations"][0]) if each["locations"] else "",
        )
        for each in findings
        if each["severity"] != "error"
        for item in each["items"]
        if item["kind"] != "module"
    }
    assert remarked == example.remarks
    errors = {each["code"] for each in findings if each["severity"] == "error"}
    assert errors <= {fault.code for fault in example.faults}


def test_what_a_prediction_says(example: Example, pythons: dict[str, str], tmp_path: Path) -> None:
    checkout = example.write(tmp_path / "checkout")
    findings = check(checkout, pythons["faulty"], *example.flags("faulty"))
    assert_found(example, findings, predicted=True)


def test_what_a_prediction_without_the_base_image_says(
    example: Example, pythons: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTAINERS_STORAGE_CONF")
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(tmp_path / "none"))
    checkout = example.write(tmp_path / "checkout")
    findings = check(checkout, pythons["faulty"], *example.flags("faulty"))
    assert_found(example, findings, predicted=True)


def test_what_a_prediction_without_an_index_says(
    example: Example, pythons: dict[str, str], tmp_path: Path
) -> None:
    """Without a lock nobody knows what else is installed, but every fault is told of."""
    checkout = example.write(tmp_path / "checkout")
    findings = check(checkout, pythons["faulty"])
    for fault in example.faults:
        assert matching(fault, findings)["severity"] in ("error", "warning")


def test_what_the_image_and_its_container_say(
    example: Example, built: dict[str, str], pythons: dict[str, str], tmp_path: Path
) -> None:
    checkout = example.write(tmp_path / "checkout")
    findings = check(checkout, pythons["faulty"], "-i", built["faulty"])
    assert_found(example, findings, predicted=False)
    parts = [fault.part for fault in example.faults]
    asked = run_podman("run", "--rm", "--network=none", built["faulty"], "python", "-c", ASK, *parts)
    said = {fault.part: f"ModuleNotFoundError: No module named '{fault.lacks}'" for fault in example.faults}
    assert json.loads(asked) == said
    crash = start(built["faulty"])
    assert crash.returncode != 0
    assert said[example.faults[0].part] in crash.stderr


def start(image: str) -> subprocess.CompletedProcess[str]:
    command = ["podman", "--remote=false", "run", "--rm", "--network=none", image]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_repaired_project_is_quiet(
    example: Example, built: dict[str, str], pythons: dict[str, str], tmp_path: Path
) -> None:
    checkout = example.write(tmp_path / "checkout", "repaired")
    assert loud(check(checkout, pythons["repaired"], *example.flags("repaired"))) == []
    assert loud(check(checkout, pythons["repaired"], "-i", built["repaired"])) == []
    healthy = start(built["repaired"])
    assert (healthy.stdout, healthy.returncode) == ("open\n", 0), healthy.stderr


@pytest.mark.parametrize("detour", DETOURS, ids=lambda detour: detour.about)
def test_another_environment_than_the_one_that_is_started(
    detour: Detour, pythons: dict[str, str], tmp_path: Path
) -> None:
    checkout = detour.write(tmp_path / "checkout")
    image = reference("detour")
    build(checkout, image, *TRUST)
    try:
        for flags in ((), ("--resolve",), ("-i", image)):
            findings = check(checkout, pythons["repaired"], *flags)
            about = [
                (each["code"], each["severity"], place(each["locations"][0]))
                for each in findings
                if "colorama" in [item["name"] for item in each["items"]]
            ]
            assert (flags, about) == (flags, [detour.found])
        crash = start(image)
        assert detour.says in crash.stderr
    finally:
        run_podman("image", "rm", "-f", "--no-prune", image)


@pytest.mark.parametrize("detour", STARTS, ids=lambda detour: detour.about)
def test_an_interpreter_that_is_not_there(detour: Detour, pythons: dict[str, str], tmp_path: Path) -> None:
    checkout = detour.write(tmp_path / "checkout")
    image = reference("start")
    build(checkout, image, *TRUST)
    try:
        findings = check(checkout, pythons["repaired"], "-i", image)
        about = [
            (each["code"], each["severity"], place(each["locations"][0]))
            for each in findings
            if "start command" in [item["name"] for item in each["items"]]
        ]
        assert about == [detour.found]
        assert detour.says in start(image).stderr
    finally:
        run_podman("image", "rm", "-f", "--no-prune", image)
    errors = {each["code"] for each in check(checkout, pythons["repaired"]) if each["severity"] == "error"}
    assert "PC209" in errors


@pytest.mark.parametrize("detour", REFUSED, ids=lambda detour: detour.about)
def test_an_installer_that_refuses_the_python(
    detour: Detour, pythons: dict[str, str], tmp_path: Path
) -> None:
    checkout = detour.write(tmp_path / "checkout")
    code, severity, line = detour.found
    (refused,) = [each for each in check(checkout, pythons["repaired"]) if each["severity"] == "error"]
    assert (refused["code"], refused["severity"]) == (code, severity)
    assert line in [place(each) for each in refused["locations"]]
    with pytest.raises(pytest.fail.Exception, match=re.escape(detour.says)):
        build(checkout, reference("refused"), *TRUST)


def loud(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in findings if each["severity"] != "note" and each["code"] < "PC400"]


@pytest.mark.parametrize("state", LOCAL)
def test_what_is_predicted_is_what_is_installed(
    example: Example, built: dict[str, str], state: str, tmp_path: Path
) -> None:
    checkout = example.write(tmp_path / "checkout", state)
    machine = read_machine(None, probe=False, resolve=bool(example.flags(state)))
    with contextlib.ExitStack() as stack:
        local, _ = open_local(checkout, None, None, machine)
        plan = plan_with_bases(stack, local, BuildOptions(engine=parse_engine("podman")), machine)
        image = stack.enter_context(open_image(f"containers-storage:{built[state]}", machine.hosts))
        assert plan is not None
        searched = {entry.path.lstrip("/") for entry in plan.snapshot.environment.sys_path}
        assert [part for part in plan.snapshot.unknown if part.path in searched] == []
        assert versions(plan.snapshot.environment) == versions(image.environment)


def versions(environment: Environment) -> dict[str, str]:
    """Return the distributions that the start command's interpreter finds, with their versions."""
    found = {canonicalize_name(each.name): each.version for each in environment.distributions}
    return {name: version for name, version in found.items() if name not in SEEDS}
