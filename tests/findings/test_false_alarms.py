"""What looks like a loss and is none, or is one that may never matter: no error is reported for it."""

from __future__ import annotations

import pytest

from tests.cli.commandline import Place
from tests.scenario import git

BASE = 'FROM scratch\nWORKDIR /srv\nCOPY app /srv/app\nCMD ["python3", "-m", "app.main"]\n'

# What `make` puts into /venv is known to nobody: an editable install in there names /srv.
MADE = (
    "FROM python:3.12 AS build\nCOPY app /srv/app\nRUN make -C /srv VENV=/venv\n"
    "FROM python:3.12\nENV PATH=/venv/bin:$PATH\nWORKDIR /opt\nCOPY --from=build /venv /venv\n"
    'COPY app /srv/app\nCMD ["python", "-m", "app.main"]\n'
)


def told(place: Place, files: dict[str, str]) -> list[tuple[str, str]]:
    """Return code and severity of what the check says beyond notes about first-party files."""
    place.write({"Containerfile": BASE, **files})
    git(place.checkout, "add", "-A")
    found = place.run("check", "--format", "json").document["findings"]
    return [
        (each["code"], each["severity"])
        for each in found
        if each["severity"] != "note" and each["code"].startswith(("PC1", "PC5"))
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"app/main.py": "def f():\n  if settings.dev:\n    import tools\n", "tools.py": ""},
            [("PC104", "warning")],
            id="a lazy import under a setting",
        ),
        pytest.param(
            {"app/main.py": "def f():\n  if settings.dev:\n    import tools\nimport tools\n", "tools.py": ""},
            [("PC104", "error")],
            id="the same module is needed otherwise",
        ),
        pytest.param(
            {
                "app/main.py": "import sys\nsys.path.insert(0, '/srv/app/lib')\nimport tools, other\n",
                "app/lib/tools.py": "import sys, os\nsys.path.append(os.path.dirname(__file__) + '/more')\n",
                "app/lib/more/other.py": "",
            },
            [],
            id="directories that the code puts on sys.path",
        ),
        pytest.param(
            {
                "Containerfile": BASE.replace("scratch", "python:3.12").replace(
                    "CMD", "RUN pip install mine\nCMD"
                ),
                "app/main.py": "import mine.core\n",
                "pyproject.toml": "[project]\nname = 'mine'\nversion = '1'\n",
                "src/mine/core.py": "",
            },
            [],
            id="the project itself, from the index",
        ),
        pytest.param(
            {
                "Containerfile": BASE.replace("scratch", "python:3.12").replace(
                    "CMD", "COPY rust /rust\nRUN pip install /rust\nCMD"
                ),
                "app/main.py": "import quick, fast.core\nimport tools\n",
                "rust/pyproject.toml": "project.name = 'quick'\nbuild-system.build-backend = 'maturin'\n",
                "rust/python/fast/core.py": "",
                "quick.py": "",
                "tools.py": "",
            },
            [("PC104", "error")],
            id="a backend that nobody knows packs its own project, nothing else",
        ),
        pytest.param(
            {"app/main.py": "", "app/tests/test_it.py": "import tools\n", "tools.py": ""},
            [],
            id="tests in the image",
        ),
        pytest.param(
            {
                "Containerfile": BASE + 'ENTRYPOINT ["python3", "/opt/venv/bin/tool"]\n',
                "app/main.py": "",
                "doc/tool": "",
            },
            [],
            id="a console script that an installer made",
        ),
        pytest.param(
            {
                "Containerfile": BASE.replace("COPY", "COPY gone /srv/\nCOPY"),
                "app/main.py": "import tools\n",
                "tools.py": "",
            },
            [("PC501", "error")],
            id="what a missing source would have brought",
        ),
        pytest.param(
            {
                "Containerfile": MADE,
                "app/__init__.py": "",
                "app/main.py": "import app.other\n",
                "app/other.py": "",
            },
            [],
            id="an environment that nobody knows may put the project on its path",
        ),
        pytest.param(
            {"Containerfile": MADE, "app/__init__.py": "", "app/main.py": "import tools\n", "tools.py": ""},
            [("PC104", "error")],
            id="no environment brings what is copied nowhere",
        ),
        pytest.param(
            {"Containerfile": MADE.replace("ENV PATH=", "ENV NO="), "app/__init__.py": "", "app/main.py": ""},
            [("PC107", "error")],
            id="an environment that is not started puts nothing on the path",
        ),
        pytest.param(
            {
                "app/main.py": "try:\n  import orjson\nexcept ImportError:\n  orjson = None\n"
                "if orjson:\n  import tools\nif orjson is not None and True:\n  import tools\n",
                "tools.py": "",
            },
            [("PC104", "warning")],
            id="what is only imported where another import succeeded",
        ),
        pytest.param(
            {
                "app/main.py": "try:\n  import orjson\nexcept ImportError:\n  orjson = None\n"
                "if not orjson:\n  import tools\n",
                "tools.py": "",
            },
            [("PC104", "error")],
            id="what is imported where another import failed",
        ),
        pytest.param(
            {"Containerfile": BASE + "COPY .git /srv/.git\n", "app/main.py": ""},
            [],
            id="the history, which every clone has",
        ),
    ],
)
def test_no_error(files: dict[str, str], expected: list[tuple[str, str]], place: Place) -> None:
    assert told(place, files) == expected


def test_a_first_install_for_the_dependencies_alone(place: Place) -> None:
    """An earlier stage installs the project without its package, which a real image then has all the same."""
    place.write(
        {
            "Containerfile": "FROM python:3.12 AS deps\nWORKDIR /d\nCOPY pyproject.toml .\nRUN uv sync\n"
            f"{BASE}COPY --from=deps /d/.venv /v\n",
            "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n'
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            '[tool.hatch.build.targets.wheel]\npackages = ["app"]\n',
        }
    )
    git(place.checkout, "add", "-A")
    for arguments in ((), ("-i", place.image)):
        found = place.run("check", "--format", "json", *arguments).document["findings"]
        assert [each["code"] for each in found if each["severity"] == "error"] == []
