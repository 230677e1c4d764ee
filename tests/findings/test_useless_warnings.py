"""What nobody could act upon: no warning is told of it, or one for all that share its cause."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout

SLIM = (
    "FROM python:3.12-slim\nCOPY . /srv\nWORKDIR /srv\n"
    'RUN pip install --no-deps -r requirements.txt\nCMD ["python", "main.py"]\n'
)
ALPINE = (
    'FROM alpine:3.20\nRUN apk add python3 py3-attrs py3-yaml\nCOPY . /srv\nCMD ["python3", "/srv/main.py"]\n'
)
_CODES = ("PC10", "PC201", "PC203", "PC204", "PC209")


def told(containerfile: str, main: str, context: str = "", **more: str) -> list[tuple[str, str]]:
    """Return code and severity of what is said of a predicted image; ``_`` in file names stands for a dot."""
    files = {name.replace("__", "/").replace("_", "."): text for name, text in more.items()}
    prefix = f"{context}/" if context else ""
    own = {"Containerfile": containerfile, "main.py": main, "requirements.txt": "six==1.17\n"}
    side = checkout({**{prefix + name: text for name, text in own.items()}, **files})
    report = compare(
        side, None, make_plan(side, BuildOptions(engine=PODMAN, context=context)), Config(context=context)
    )
    return [(each.code, each.severity) for each in report.findings if each.code.startswith(_CODES)]


TRIED = "try:\n    import httpx\nexcept ImportError:\n    httpx = None\n"


@pytest.mark.parametrize(
    ("main", "more", "expected"),
    [
        pytest.param("import six\n", {"setup_py": "import setuptools\n"}, [], id="what a build runs"),
        pytest.param(
            "import setup\n", {"setup_py": "import httpx\n"}, [("PC203", "error")], id="a setup of its own"
        ),
        pytest.param(TRIED, {"requirements-dev_txt": "httpx\n"}, [], id="tried, and for development only"),
        pytest.param(
            TRIED,
            {"requirements-web_txt": "httpx\n"},
            [("PC204", "warning")],
            id="tried, and in another file",
        ),
        pytest.param(
            "import os\nif os.environ.get('DEV'):\n    import httpx\n",
            {"requirements-dev_txt": "httpx\n"},
            [("PC204", "warning")],
            id="for development only, under a setting",
        ),
        pytest.param(
            "import httpx\n", {"requirements-dev_txt": "httpx\n"}, [("PC204", "error")], id="not tried"
        ),
        pytest.param(
            "import six\n",
            {"watch_py": "import httpx\n", "requirements-dev_txt": "httpx\n"},
            [],
            id="a program of the developers, beside what is started",
        ),
    ],
)
def test_what_is_no_use(main: str, more: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert told(SLIM, main, **more) == expected


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        pytest.param("requirements-dev_txt", "warning", id="for development only"),
        pytest.param("requirements-web_txt", "error", id="in another file"),
    ],
)
def test_what_a_program_may_need_that_nobody_is_known_to_start(name: str, severity: str) -> None:
    files = {"watch_py": "import httpx\n", name: "httpx\n"}
    assert told(SLIM.replace('"python", "main.py"', '"mystery"'), "import six\n", **files) == [
        ("PC204", severity)
    ]


def test_what_only_helped_to_build_is_not_where_the_image_should_have_it() -> None:
    built = (
        "FROM python:3.12-slim AS build\nCOPY . /srv\nWORKDIR /srv\nRUN pip wheel -w /dist celery\n"
        "RUN python -m venv .venv && .venv/bin/pip install --no-deps -r requirements.txt\n"
        "FROM python:3.12-slim\nCOPY main.py /srv/\nCOPY --from=build /dist /dist\n"
        'RUN pip install /dist/*.whl\nCMD ["python", "/srv/main.py"]\n'
    )
    assert told(built, "import six\n") == []
    copied = built.replace("RUN pip install /dist/*.whl", "COPY --from=build /srv/.venv /srv/.venv")
    assert told(copied, "import six\n") == [("PC209", "error")]


def test_one_cause_where_nothing_is_installed() -> None:
    bare = 'FROM python:3.12-slim\nCOPY . /srv\nCMD ["python", "/srv/main.py"]\n'
    assert told(bare, "import six, httpx\n", requirements_txt="six\nhttpx\n") == [("PC204", "error")]


def test_packages_of_the_system_bring_modules_of_other_names() -> None:
    assert told(ALPINE, "import attr, attrs, yaml\n") == []


def test_a_project_beside_the_context_is_one_cause() -> None:
    main = "try:\n    from other.a.b import c\n    from other.d import e\nexcept ImportError:\n    pass\n"
    names = ("other____init___py", "other__a____init___py", "other__a__b_py", "other__d____init___py")
    files = dict.fromkeys(names, "") | {"other__d__e_py": ""}
    assert told(SLIM, main, "app", **files) == [("PC103", "warning")]
