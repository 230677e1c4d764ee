"""A compose service on the command line: how it is chosen, built, started, and what its mounts hide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import git


def compose(place: Place, service: str, more: str = "") -> None:
    place.write({"compose.yaml": f"services:\n  web:\n{service}{more}"})


def mounts(*lines: str) -> str:
    return "    build: .\n    volumes:\n" + "".join(f"      - {line}\n" for line in lines)


def findings(place: Place, *words: str) -> list[dict[str, Any]]:
    ran = place.run("check", "-c", "compose.yaml", "--format", "json", *words)
    assert ran.err == ""
    found: list[dict[str, Any]] = ran.document["findings"]
    return [finding for finding in found if finding["severity"] != "note"]


def told(finding: dict[str, Any]) -> tuple[str, str, list[str]]:
    return finding["code"], finding["severity"], [item["name"] for item in finding["items"]]


def built(place: Place, views: str, more: dict[str, str]) -> str:
    """Change app/views.py, commit it, and return an image of it that has ``more`` than the checkout."""
    place.write({"app/views.py": views})
    git(place.checkout, "commit", "-qam", "views")
    files = {**FILES, "app/views.py": views}
    kept = {name: text for name, text in files.items() if name.startswith("app/")}
    held = {f"srv/{name}": text.encode() for name, text in {**kept, **more}.items()}
    return f"docker-archive:{write_image(place.root / 'more.tar', held)}"


def test_the_checkout_over_its_own_code_is_no_finding(place: Place) -> None:
    compose(place, mounts("./:/srv", "/srv/.venv"))
    assert findings(place, "-i", place.image) == []


def test_a_mount_hides_what_only_the_image_has(place: Place) -> None:
    image = built(place, "import app.made\n", {"app/made.py": ""})
    compose(place, mounts("./app:/srv/app"))
    (finding,) = findings(place, "-i", image)
    assert told(finding) == ("PC106", "error", ["app.made"])
    assert finding["gate"] == "mounted"
    assert finding["locations"] == [{"path": "compose.yaml", "line": 5, "text": "- ./app:/srv/app"}]
    assert [each["line"] for each in finding["imported_by"]] == [1]
    compose(place, "    build: .\n    tmpfs: /srv/app\n")
    assert findings(place, "-i", image)[0]["code"] == "PC106"


def test_a_volume_of_its_own_keeps_what_a_mount_would_hide(place: Place) -> None:
    image = built(place, "import app.made.it\n", {"app/made/it.py": ""})
    compose(place, mounts("./app:/srv/app"))
    (finding,) = findings(place, "-i", image)
    assert "`- /srv/app/made`" in finding["hint"]
    compose(place, mounts("./app:/srv/app", "/srv/app/made"))
    assert findings(place, "-i", image) == []


def test_a_named_volume_over_the_code_is_a_warning(place: Place) -> None:
    compose(place, mounts("code:/srv"))
    (finding,) = findings(place, "-i", place.image)
    assert told(finding)[:2] == ("PC106", "warning")
    assert "filled once" in finding["message"]


def test_a_hidden_virtual_environment(place: Place) -> None:
    image = built(place, "", {".venv/pyvenv.cfg": "home = /usr/local/bin\n"})
    settings = mounts("./:/srv") + "    environment: {VIRTUAL_ENV: /srv/.venv}\n"
    compose(place, settings)
    (finding,) = findings(place, "-i", image)
    assert told(finding) == ("PC106", "error", ["/srv/.venv"])
    assert finding["hint"].endswith("`- /srv/.venv`")


def test_the_command_of_the_service_is_what_is_started(place: Place) -> None:
    place.write({"app/worker.py": "import app.jobs\n", "app/jobs.py": "", ".dockerignore": "app/jobs.py\n"})
    compose(place, "    build: .\n")
    assert all(finding["severity"] == "warning" for finding in findings(place))
    compose(place, "    build: .\n    command: python3 -m app.worker\n")
    git(place.checkout, "add", "-A")
    (finding,) = findings(place)
    assert told(finding) == ("PC103", "error", ["app.jobs"])


def test_an_inline_containerfile_is_quoted_by_the_lines_of_the_compose_file(place: Place) -> None:
    lines = ["build:", "  dockerfile_inline: |", "    FROM scratch", "    WORKDIR /srv"]
    lines += ["    COPY app/main.py app/__init__.py app/", '    CMD ["python3", "-m", "app.main"]']
    compose(place, "".join(f"    {line}\n" for line in lines))
    (finding,) = findings(place)
    assert told(finding) == ("PC104", "error", ["app.views"])
    assert (finding["locations"][0]["path"], finding["locations"][0]["line"]) == ("compose.yaml", 7)


def test_why_names_the_mount(place: Place) -> None:
    compose(place, mounts("./app:/srv/app"))
    ran = place.run("why", "app.views", "-c", "compose.yaml", "-i", place.image, "--format", "json")
    (journey,) = ran.document["journeys"]
    (verdict,) = [each for each in journey["verdicts"] if each["gate"] == "mounted"]
    assert (verdict["outcome"], verdict["locations"][0]["line"]) == ("passed", 5)


def test_what_is_hidden_does_not_arrive(place: Place) -> None:
    compose(place, "    build: .\n    tmpfs: /srv/app\n")
    ran = place.run("why", "app.views", "-c", "compose.yaml", "-i", place.image, "--format", "json")
    (journey,) = ran.document["journeys"]
    outcomes = {each["gate"]: each["outcome"] for each in journey["verdicts"]}
    assert (ran.code, outcomes["mounted"], outcomes["importable"]) == (1, "lost", "skipped")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--service", "web"), "is a service of no file"),
        (("-c", "gone.yaml"), "there is no gone.yaml"),
        (("-c", "../compose.yaml"), "lies outside of the checkout"),
        (("-c", "compose.yaml", "--service", "api"), "compose.yaml has no service api"),
        (("-c", "Containerfile"), "Containerfile has no services"),
    ],
)
def test_refused(place: Place, words: tuple[str, ...], message: str) -> None:
    compose(place, "    build: .\n")
    (place.root / "compose.yaml").write_text("services: {}\n")
    assert message in place.refused("check", *words)
    assert message in place.refused("why", "app.main", *words)


@pytest.mark.parametrize(("directory", "context"), [(".", "."), ("web", "web")])
def test_a_service_without_python_is_named(place: Place, directory: str, context: str) -> None:
    compose(place, f"    build: {directory}\n", "  db:\n    image: postgres\n")
    place.write({f"{directory}/Containerfile": "FROM nginx\nCOPY go.mod /srv/\n", f"{directory}/go.mod": ""})
    git(place.checkout, "add", "-A")
    said = place.refused("check", "-c", "compose.yaml")
    assert f"no Python file of the build context {context} of the service web (compose.yaml:3) is in" in said
    assert "if the service runs no Python, name the one that does with --service" in said
