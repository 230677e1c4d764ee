"""What is imported of outside, held against actual images: every code once, and the silence around it."""

from __future__ import annotations

import pytest

from tests.findings.sides import SITE, checkout, distribution, environment, findings, image, told

REQUESTS = distribution("requests", "2.32", ["requests"])
SOUP = distribution("beautifulsoup4", "4.12", ["bs4"])


def app(text: str, **others: str) -> dict[str, str]:
    """Return a checkout whose start module says ``text``; ``_`` in names of others stands for a dot."""
    files = {name.replace("__", "/").replace("_", "."): body for name, body in others.items()}
    return {"app/__init__.py": "", "app/main.py": text, **files}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import requests\n", ("PC201", "error", ["requests"])),
        ("def call():\n    import requests\n", ("PC201", "error", ["requests"])),
        (
            "try:\n    import requests\nexcept ImportError:\n    requests = None\n",
            ("PC201", "warning", ["requests"]),
        ),
        ("from bs4 import BeautifulSoup\n", ("PC201", "error", ["beautifulsoup4", "bs4"])),
    ],
)
def test_installed_locally_only(text: str, expected: tuple[str, str, list[str]]) -> None:
    files = app(text)
    local = checkout(files, environment([REQUESTS, SOUP]))
    (finding,) = findings(local, image(files, environment([])))
    assert told(finding) == expected


@pytest.mark.parametrize(
    "text",
    [
        "import nowhere\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests\n",
        "import sys\nif sys.version_info < (3, 8):\n    import requests\n",
        "import json, os.path\n",
        "import winreg\n",
    ],
)
def test_nothing_is_said(text: str) -> None:
    files = app(text)
    assert findings(checkout(files, environment([REQUESTS])), image(files, environment([]))) == []


def test_without_a_local_environment_the_container_failing_is_enough() -> None:
    files = app("import requests\n")
    (finding,) = findings(checkout(files), image(files, environment([])))
    assert told(finding) == ("PC201", "error", ["requests"])


def test_a_module_of_the_checkout_that_is_elsewhere_is_no_distribution() -> None:
    files = {**app("import helper\n"), "vendor/helper.py": ""}
    assert findings(checkout(files), image(files, environment([]))) == []


def test_undeclared_names_the_line_after_which_it_belongs() -> None:
    files = {**app("import requests\nimport bs4\n"), "requirements.txt": "flask==3\n# tools\nhttpx\n"}
    (finding,) = findings(checkout(files), image(files, environment([])))
    assert told(finding) == ("PC203", "error", ["beautifulsoup4", "bs4", "requests"])
    assert str(finding.locations[0]) == "requirements.txt:3"
    assert "add `requests` to requirements.txt" in finding.hint


def test_declared_and_not_in_the_image() -> None:
    files = {**app("import requests\n"), "requirements.txt": "requests\n"}
    (finding,) = findings(checkout(files, environment([REQUESTS])), image(files, environment([])))
    assert finding.severity == "error"
    assert "requirements.txt" in str(finding.locations[0])


def test_pulled_in_by_another() -> None:
    files = {**app("import requests\n"), "requirements.txt": "docker\n"}
    docker = distribution("docker", "7", ["docker"], ["requests>=2"])
    found = image(files, environment([docker, REQUESTS]), {f"{SITE}/requests/__init__.py": ""})
    (finding,) = findings(checkout(files), found)
    assert told(finding) == ("PC203", "warning", ["requests"])
    assert "pulled in by docker" in finding.message


def test_versions_that_differ_are_one_finding() -> None:
    files = app("import json\n")
    here = environment([REQUESTS, SOUP, distribution("pip", "24")])
    there = environment(
        [distribution("Requests", "2.31"), distribution("beautifulsoup4", "4.9"), distribution("pip", "9")]
    )
    (finding,) = findings(checkout(files, here), image(files, there))
    assert told(finding) == ("PC202", "warning", ["beautifulsoup4", "requests"])


def test_a_version_without_the_module() -> None:
    files = app("import mcp.server.fastmcp\n")
    site = {f"{SITE}/mcp/__init__.py": "", f"{SITE}/mcp/server/__init__.py": ""}
    there = environment([distribution("mcp", "2", ["mcp"])])
    (finding,) = findings(checkout(files), image(files, there, site))
    assert told(finding) == ("PC202", "error", ["mcp", "mcp.server.fastmcp"])
    same = environment([distribution("mcp", "2", ["mcp"])])
    assert findings(checkout(files, same), image(files, there, site)) == []


def test_namespace_packages_are_asked_by_submodule() -> None:
    files = app("from google.cloud import storage\n")
    storage = distribution("google-cloud-storage", "2", ["google.cloud.storage"])
    query = distribution("google-cloud-bigquery", "3", ["google.cloud.bigquery"])
    there = image(files, environment([query]), {f"{SITE}/google/cloud/bigquery/__init__.py": ""})
    (finding,) = findings(checkout(files, environment([storage, query])), there)
    assert told(finding) == ("PC201", "error", ["google-cloud-storage", "google.cloud.storage"])


@pytest.mark.parametrize(
    ("text", "python", "installed", "expected"),
    [
        ("import imp\n", "3.12.4", [], ("PC304", "error", ["imp"])),
        ("from distutils.util import strtobool\n", "3.12.4", [], ("PC304", "error", ["distutils"])),
        (
            "try:\n    import cgi\nexcept ImportError:\n    cgi = None\n",
            "3.13.0",
            [],
            ("PC304", "warning", ["cgi"]),
        ),
        ("import distutils\n", "3.12.4", ["setuptools"], None),
        ("import asyncore\n", "3.12.4", ["pyasyncore"], None),
        ("import cgi\n", "3.13.1", ["legacy-cgi"], None),
        ("import tomllib\n", "3.10.1", [], ("PC304", "error", ["tomllib"])),
    ],
)
def test_modules_that_left_the_standard_library(
    text: str, python: str, installed: list[str], expected: tuple[str, str, list[str]] | None
) -> None:
    files = app(text)
    there = image(files, environment([distribution(name) for name in installed], python))
    assert [told(finding) for finding in findings(checkout(files), there)] == ([expected] if expected else [])


def test_an_editable_install_without_its_project() -> None:
    files = app("import json\n")
    there = image(files, environment([distribution("tool", "1", ["tool"], editable="/src/tool")]))
    (finding,) = findings(checkout(files), there)
    assert told(finding) == ("PC205", "warning", ["tool"])


def test_development_distributions_are_one_note() -> None:
    files = {
        **app("import flask\n"),
        "requirements.txt": "flask\n",
        "requirements-dev.txt": "pytest\nruff\nflask\n",
    }
    installed = [
        distribution("flask", "3", ["flask"]),
        distribution("pytest", "8", ["pytest"]),
        distribution("ruff"),
    ]
    there = image(files, environment(installed), {f"{SITE}/flask/__init__.py": ""})
    (finding,) = findings(checkout(files), there)
    assert told(finding) == ("PC208", "note", ["pytest", "ruff"])


def test_another_platform_and_another_python() -> None:
    files = app("import json\n")
    here, there = environment([], "3.11.2", libc="gnu"), environment([], "3.12.4", "aarch64", "musl")
    found = findings(checkout(files, here), image(files, there))
    assert [finding.code for finding in found] == ["PC301", "PC303"]
    assert "x86_64 / aarch64" in found[1].message
    assert "glibc / musl" in found[1].message
