"""The audit from files alone: a log and an image, a checkout with CI files; every format."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from paritycheck.model.audit import audit_schema
from paritycheck.model.schema import schema_text
from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import git

SCHEMA = Path(__file__).parents[2] / "schemas" / "audit-1.json"
CRASH = """Traceback (most recent call last):
  File "/srv/app/main.py", line 1, in <module>
    from app import views
ImportError: cannot import name 'views' from 'app' (/srv/app/__init__.py)
"""


def write_log(place: Place, text: str | bytes) -> str:
    path = place.root / "app.log"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def lose_views(place: Place) -> None:
    """An image without a module that the checkout and git have."""
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    del built["srv/app/views.py"]
    write_image(place.root / "image.tar", built)


def audited(place: Place, log: str, code: int, *words: str) -> Any:
    ran = place.run("audit", "--logs", log, "-i", place.image, "--format", "json", *words)
    assert ran.code == code, ran
    document = ran.document
    jsonschema.validate(document, audit_schema())
    return document


def test_the_schema_is_the_one_in_the_repository() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(audit_schema())


def test_a_log_and_an_image_are_enough(place: Place) -> None:
    lose_views(place)
    document = audited(place, write_log(place, CRASH), 1)
    failure = document["failures"][0]
    assert document["status"] == "crashed"
    assert (failure["explained"], failure["code"]) == ("parity", "PC105")
    assert failure["journey"]["item"]["name"] == "app.views"
    assert (failure["origin"]["path"], failure["origin"]["line"]) == ("app/main.py", 1)
    assert "there is no container: its state is not known" in document["remarks"]
    assert document["container"] is None


def test_a_quiet_log_of_a_complete_image_is_no_failure(place: Place) -> None:
    document = audited(place, write_log(place, "2026-11-22T10:00:00Z INFO ready\n"), 0)
    assert not document.get("failures")
    assert not document.get("whys")


def test_what_is_none_of_ours_is_said_to_be(place: Place) -> None:
    log = 'Traceback (most recent call last):\n  File "/srv/app/views.py", line 1, in <module>\n    1 / 0\n'
    document = audited(place, write_log(place, log + "ZeroDivisionError: division by zero\n"), 1)
    failure = document["failures"][0]
    assert failure["explained"] == "none-of-ours"
    assert "the file is the same in the checkout" in failure["reason"]
    assert [why.get("known", True) for why in document["whys"]].count(False) == 2


def test_what_both_sides_lack_is_no_loss(place: Place) -> None:
    log = CRASH.replace(
        "cannot import name 'views' from 'app' (/srv/app/__init__.py)", "No module named 'nowhere'"
    )
    failure = audited(place, write_log(place, log), 1)["failures"][0]
    assert failure["explained"] in ("both-sides", "unknown")
    assert "nowhere" in failure["reason"]


def test_a_module_of_a_package_without_init_is_named(place: Place) -> None:
    """`import shop.rates` fails with `shop`, a directory: what was wanted of it is what is explained."""
    file = 'FROM scratch\nWORKDIR /srv\nCOPY src src\nCMD ["python3", "bin/start.py"]\n'
    sources = {"bin/start.py": "import shop.rates\n", "src/shop/rates.py": ""}
    place.write({**sources, "Containerfile": file.replace("COPY src src", "COPY src src\nCOPY bin bin")})
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "shop")
    config = {"Env": ["PATH=/usr/local/bin"], "WorkingDir": "/srv", "Cmd": ["python3", "bin/start.py"]}
    built = {f"srv/{name}": text.encode() for name, text in sources.items()}
    write_image(place.root / "image.tar", built, config)
    log = CRASH.replace("/srv/app/main.py", "/srv/bin/start.py").replace(
        "ImportError: cannot import name 'views' from 'app' (/srv/app/__init__.py)",
        "ModuleNotFoundError: No module named 'shop'",
    )
    failure = audited(place, write_log(place, log), 1)["failures"][0]
    assert (failure["code"], failure["journey"]["item"]["name"]) == ("PC107", "shop.rates")
    assert "ENV PYTHONPATH=/srv/src" in failure["repair"]


def test_a_file_is_known_by_how_it_lies_to_the_code(place: Place) -> None:
    """The directories above differ: only from where the code lies does its way lead to it on both sides."""
    sources = {"backend/shop/__init__.py": "", "backend/shop/main.py": "open(place())\n"}
    file = 'FROM scratch\nWORKDIR /srv\nCOPY backend .\nCMD ["python3", "-m", "shop.main"]\n'
    place.write({**sources, "Containerfile": file, "conf/rates.json": "{}"})
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "shop")
    config = {"Env": ["PATH=/usr/local/bin"], "WorkingDir": "/srv", "Cmd": ["python3", "-m", "shop.main"]}
    built = {path.replace("backend", "srv"): text.encode() for path, text in sources.items()}
    write_image(place.root / "image.tar", built, config)
    log = (
        'Traceback (most recent call last):\n  File "/srv/shop/main.py", line 1, in <module>\n'
        "    open(place())\nFileNotFoundError: [Errno 2] No such file or directory: '{}'\n"
    )
    failure = audited(place, write_log(place, log.format("/conf/rates.json")), 1)["failures"][0]
    assert (failure["code"], failure["journey"]["item"]["path"]) == ("PC109", "conf/rates.json")
    assert "COPY conf/rates.json /conf/rates.json" in failure["repair"]
    failure = audited(place, write_log(place, log.format("/conf/other.json")), 1)["failures"][0]
    assert failure["explained"] == "none-of-ours"


def test_a_program_that_is_not_there_is_looked_for(place: Place) -> None:
    failure = audited(place, write_log(place, "sh: 1: exec: gunicorn: not found\n"), 1)["failures"][0]
    assert failure["explained"] == "parity"
    assert (
        "no directory of PATH (/usr/local/bin) in the container has the program gunicorn" in failure["reason"]
    )


def test_ci_files_are_read_for_what_they_do(place: Place) -> None:
    lose_views(place)
    workflow = "jobs:\n  build:\n    steps:\n      - run: docker build -t shop .\n      - run: pytest\n"
    place.write({".github/workflows/ci.yml": workflow})
    log = write_log(place, CRASH)
    unseen = audited(place, log, 1)["whys"][3]
    assert "CI builds the image and never starts it" in unseen["answer"]
    assert "no CI file checks parity" in unseen["answer"]
    lines = [place["line"] for one in unseen["evidence"] for place in one.get("locations", ())]
    assert 4 in lines

    place.write(
        {
            ".github/workflows/ci.yml": workflow
            + "      - run: paritycheck smoke shop\n      - run: docker run shop\n"
        }
    )
    checklist = {line["question"]: line["tick"] for line in audited(place, log, 1)["checklist"]}
    assert checklist["Does CI start the image?"] == "good"
    assert checklist["Does CI check parity?"] == "good"


def test_a_deleted_file_is_traced_to_its_commit(place: Place) -> None:
    git(place.checkout, "rm", "-q", "app/views.py")
    git(place.checkout, "commit", "-qm", "Drop the views")
    (place.checkout / "app/views.py").write_text("import json\n")
    lose_views(place)
    document = audited(place, write_log(place, CRASH), 1)
    history = document["failures"][0]["history"]
    assert history["in_head"] is False
    assert history["deleted"]["subject"] == "Drop the views"
    assert history["importer"] == "app/main.py"
    assert "(Drop the views) removed app/views.py" in document["whys"][2]["answer"]


HOSTILE = "<script>alert(1)</script> ``` | <img src=x onerror=y> ](javascript:z) \x1b[31m"


class Tags(HTMLParser):
    """Collects the elements of a page and what its attributes refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs


def test_a_hostile_log_steers_neither_page_nor_terminal(place: Place) -> None:
    frame = 'Traceback (most recent call last):\n  File "/srv/app/views.py", line 1, in f\n'
    path = write_log(place, f"{frame}ValueError: {HOSTILE}\n")
    words = ("audit", "--logs", path, "-i", place.image, "--format")
    page = place.run(*words, "html").out
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.seen
    assert "img" not in tags.seen
    assert not {name for name, _ in tags.attributes} & {"src", "href", "onerror", "onload"}
    assert html.escape("<script>alert(1)</script>") in page
    for output_format in ("html", "markdown", "text"):
        assert "\x1b" not in place.run(*words, output_format).out
    markdown = place.run(*words, "markdown").out
    outside = re.sub(r"(?s)(`{3,})\n.*?\n\1\n", "", markdown)
    assert not re.search(r"(?<!\\)<", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)


@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
def test_every_format_tells_all_of_it(place: Place, output_format: str) -> None:
    lose_views(place)
    ran = place.run("audit", "--logs", write_log(place, CRASH), "-i", place.image, "--format", output_format)
    assert ran.code == 1
    said = html.unescape(ran.out).lower()
    for title in (
        "executive summary",
        "problem statement",
        "five whys",
        "the journey of each failure",
        "risk",
        "recommended actions",
        "validation checklist",
        "raw evidence",
        "not known",
    ):
        assert title in said, title
    assert "app.views" in said
    assert "app/main.py:1" in said


def test_a_log_that_is_no_text_is_audited(place: Place) -> None:
    document = audited(place, write_log(place, bytes(range(256)) * 4000), 0)
    assert document["log"]["size"] == 256 * 4000


def test_json_has_no_secret_of_the_log(place: Place) -> None:
    log = CRASH + "2026-11-22T10:00:00Z connecting to postgres://app:sw0rdfish@db/x\n"
    ran = place.run("audit", "--logs", write_log(place, log), "-i", place.image, "--format", "json")
    assert "sw0rdfish" not in ran.out
    assert "[withheld]@db" in json.dumps(ran.document)


def test_refusals(place: Place) -> None:
    log = write_log(place, CRASH)
    assert "nothing is named" in place.refused("audit")
    assert "nothing is named" in place.refused("audit", "--logs", log)
    assert "own log" in place.refused("audit", "name", "--logs", log)
    assert "--tail" in place.refused("audit", "x", "--tail", "few")
    assert "--since" in place.refused("audit", "x", "--since", "yesterday-ish")
    assert "cannot be read" in place.refused("audit", "--logs", "/no/such.log", "-i", place.image)
