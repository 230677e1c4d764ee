"""``why``: one thing through all gates, whatever it is called."""

from __future__ import annotations

import pytest

from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import git

JSON = ("--format", "json")


@pytest.fixture
def incident(place: Place) -> Place:
    """``app.views`` is needed, on this disk, and not in git; the ignore file drops ``app.slow``."""
    place.write({".containerignore": "app/slow.py\n", "app/slow.py": "x = 1\n", "data/rates.csv": "1\n"})
    git(place.checkout, "add", "-A")
    git(place.checkout, "rm", "-q", "--cached", "app/views.py")
    git(place.checkout, "commit", "-qm", "more")
    place.write({"app/new.csv": "1\n"})
    built = {f"srv/{name}": FILES[name].encode() for name in ("app/__init__.py", "app/main.py")}
    write_image(place.root / "image.tar", built)
    return place


SUBJECTS = [
    ("app.main", 0, "module", "app.main", "app/main.py", None),
    ("app/main.py", 0, "module", "app.main", "app/main.py", None),
    ("./app/main.py", 0, "module", "app.main", "app/main.py", None),
    ("app", 0, "module", "app", "app/__init__.py", None),
    ("app.views", 1, "module", "app.views", "app/views.py", "tracked"),
    ("app/views.py", 1, "module", "app.views", "app/views.py", "tracked"),
    ("app.slow", 1, "module", "app.slow", "app/slow.py", "context"),
    ("data/rates.csv", 1, "data", "data/rates.csv", "data/rates.csv", "copied"),
    ("app/new.csv", 1, "data", "app/new.csv", "app/new.csv", "tracked"),
]


@pytest.mark.parametrize("image", [False, True], ids=["predicted", "image"])
@pytest.mark.parametrize(("subject", "code", "kind", "name", "path", "gate"), SUBJECTS)
def test_subjects(
    subject: str, code: int, kind: str, name: str, path: str, gate: str | None, image: bool, incident: Place
) -> None:
    ran = incident.run("why", subject, *JSON, *(("-i", incident.image) if image else ()))
    assert (ran.code, ran.err) == (code, "")
    (journey,) = ran.document["journeys"]
    assert (journey["item"]["kind"], journey["item"]["name"]) == (kind, name)
    assert journey["item"].get("path", "") == path
    lost = [verdict for verdict in journey["verdicts"] if verdict["outcome"] == "lost"]
    assert (lost[0]["gate"] if lost else None) == gate
    assert all(verdict["reason"] for verdict in journey["verdicts"])


def test_the_ignore_line_is_quoted(incident: Place) -> None:
    ran = incident.run("why", "app.slow")
    assert ".containerignore:1  app/slow.py" in ran.out
    assert "lost at gate context" in ran.out


@pytest.mark.parametrize(
    "subject", ["app.nothing", "nothing", "app/nothing.py", "json.decoder.nothing", "/", ""]
)
def test_unknown_words(subject: str, incident: Place) -> None:
    assert "nothing is called" in incident.refused("why", subject)


def test_a_distribution(place: Place) -> None:
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    site = "usr/local/lib/python3.12/site-packages"
    info = f"{site}/Flask_Login-0.6.3.dist-info"
    files = {
        f"{site}/flask_login/__init__.py": b"",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: Flask-Login\nVersion: 0.6.3\n",
        f"{info}/RECORD": b"flask_login/__init__.py,,\n",
        f"{info}/INSTALLER": b"pip\n",
    }
    write_image(place.root / "image.tar", {**built, **files})
    for word in ("Flask-Login", "flask_login", "FLASK.LOGIN"):
        ran = place.run("why", word, *JSON, "-i", place.image)
        assert ran.err == ""
        (journey,) = ran.document["journeys"]
        assert (journey["item"]["kind"], journey["item"]["name"]) == ("distribution", "Flask-Login")
        assert ran.code == 0
