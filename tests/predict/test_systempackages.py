"""Which libraries a base and the packages of a stage leave at the end."""

from __future__ import annotations

import pytest

from paritycheck.model.location import Location
from paritycheck.predict.building.notes import SystemPackage
from paritycheck.predict.linking.known import KNOWN
from paritycheck.predict.linking.packages import PACKAGES, find_package, install_hint
from paritycheck.predict.linking.systempackages import base_has, base_kind, is_judged, packages_have

HERE = Location("Containerfile", 2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("python:3.7-slim", "bare"),
        ("docker.io/library/python:3.12-slim-bookworm@sha256:00", "bare"),
        ("python:3.10-alpine3.15", "alpine"),
        ("python", "full"),
        ("python:3.12-bookworm", "full"),
        ("python:3.12-windowsservercore", ""),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "bare"),
        ("ghcr.io/astral-sh/uv:python3.12-alpine", "alpine"),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm", "full"),
        ("debian:bookworm", "bare"),
        ("alpine", "alpine"),
        ("gcr.io/distroless/python3-debian12", "bare"),
        ("me/python:3-slim", ""),
        ("registry.example.com:5000/python:3.12-slim", ""),
        ("localhost/base", ""),
    ],
)
def test_what_a_name_says(name: str, kind: str) -> None:
    assert base_kind(name) == kind


def test_what_bases_have() -> None:
    assert base_has("libpq.so.5", "full")
    assert not base_has("libpq.so.5", "bare")
    assert not base_has("libGL.so.1", "full")
    assert base_has("libssl.so.3", "alpine")
    assert base_has("libGL.so.1", "")


@pytest.mark.parametrize(
    ("library", "events", "left"),
    [
        ("libpq.so.5", "apt+libpq5", True),
        ("libpq.so.5", "apt+libpq-dev apt-libpq-dev", True),  # its dependency stays
        ("libpq.so.5", "apt+libpq-dev apt-libpq-dev apt~", False),
        ("libpq.so.5", "apt+libpq5 apt+libpq-dev apt-libpq-dev apt~", True),
        ("libpq.so.5", "apt+libpq5 apt-libpq5", False),
        ("libpq.so.5", "apk+libpq-dev apk-libpq-dev", False),
        ("libgomp.so.1", "apt+build-essential apt-build-essential", True),
        ("libgomp.so.1", "apt+build-essential apt~", True),
        ("libldap-2.5.so.0", "apt+libldap-common", False),
        ("libldap-2.5.so.0", "apt+libldap-2.5-0", True),
        ("libldap_r-2.4.so.2", "apt+libldap2-dev", True),
        ("libldap.so.2", "apt+curl", True),
        ("libldap.so.2", "apk+curl", False),
        ("libgobject-2.0.so.0", "apt+libpango-1.0-0", True),
        ("libGL.so.1", "apt+libgl1-mesa-dri", False),
        ("libGL.so.1", "apt~ apt-", False),
    ],
)
def test_what_packages_leave(library: str, events: str, left: bool) -> None:
    actions = {"+": "install", "-": "remove", "~": "autoremove"}
    packages = [
        SystemPackage(word[:3], word[4:], HERE, actions[word[3]])  # type: ignore[arg-type]
        for word in events.split()
    ]
    assert packages_have(library, packages) is left


def test_the_tables_agree() -> None:
    for known in KNOWN.values():
        assert known.libraries
        assert all(is_judged(library) for library in known.libraries), known
    assert all(each.debian or each.alpine for each in PACKAGES.values())


@pytest.mark.parametrize(
    ("libraries", "system", "hint"),
    [
        (("libGL.so.1", "libgthread-2.0.so.0"), "debian", "--no-install-recommends libgl1 libglib2.0-0`."),
        (("libGL.so.1",), "alpine", "`apk add mesa-gl`."),
        (("libnobody.so.3",), "alpine", "`apk add so:libnobody.so.3`."),
        (("libnobody.so.3",), "debian", "`apt-file search libnobody.so.3` names it."),
        (("libpq.so.5",), "", "libpq5`, on Alpine `apk add libpq`."),
        (("libldap-2.5.so.0",), "debian", "libldap2 in trixie)."),
    ],
)
def test_hints(libraries: tuple[str, ...], system: str, hint: str) -> None:
    assert install_hint(libraries, system).endswith(hint)


def test_a_library_named_without_its_version() -> None:
    found = find_package("magic")
    assert found is not None
    assert found.library == "libmagic.so.1"
    assert find_package("libgdal.so.99") is None
