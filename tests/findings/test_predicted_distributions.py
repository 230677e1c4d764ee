"""What is imported of outside, held against predicted images: what is certain, and what is left in doubt."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.model.environment import Environment
from paritycheck.model.report import Finding
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout, distribution, environment, told

END = 'COPY app /srv/app\nWORKDIR /srv\nCMD ["python", "-m", "app.main"]\n'
CLOSED = "RUN pip install --no-deps -r requirements.txt\n"
OPEN = "RUN pip install -r requirements.txt\n"


def predicted(
    run: str, text: str, local: Environment | None = None, base: str = "python:3.12-slim", **files: str
) -> list[Finding]:
    """Return what is said of a build; ``_`` in names of files stands for a dot."""
    others = {name.replace("_", "."): body for name, body in files.items()}
    containerfile = f"FROM {base}\nCOPY *.txt pyproject.tom[l] ./\n{run}{END}"
    sources = {"Containerfile": containerfile, "app/__init__.py": "", "app/main.py": text, **others}
    side = checkout(sources, local)
    plan = make_plan(side, BuildOptions(engine=PODMAN))
    report = compare(side, None, plan, Config())
    return [each for each in report.findings if each.code.startswith(("PC2", "PC3"))]


@pytest.mark.parametrize(
    ("run", "text", "declared", "expected"),
    [
        # Everything is listed: what is not there, is not there.
        (CLOSED, "import httpx\n", "flask==3.1\n", [("PC203", "error", ["httpx"])]),
        (CLOSED, "import flask\n", "flask==3.1\n", []),
        # Nobody knows what the one distribution brings, and the other is only guessed by its name.
        (CLOSED, "import thing\n", "acme-toolkit==1\n", [("PC203", "warning", ["thing"])]),
        (CLOSED, "import thing\n", "django-thing==1\n", []),
        (CLOSED, "import thing\n", "flask==3.1\n", [("PC203", "error", ["thing"])]),
        # A namespace is asked by submodule.
        (
            CLOSED,
            "from google.cloud import storage\n",
            "google-cloud-bigquery==3\n",
            [("PC203", "error", ["google-cloud-storage", "google.cloud.storage"])],
        ),
        (CLOSED, "from google.cloud import storage\n", "google-cloud-storage==2\n", []),
        # It may come with flask.
        (OPEN, "import httpx\n", "flask==3.1\n", [("PC203", "warning", ["httpx"])]),
        (OPEN, "try:\n    import httpx\nexcept ImportError:\n    httpx = None\n", "flask==3.1\n", []),
        # Nothing holds it.
        (OPEN, "import flask\n", "flask>=2\n", [("PC202", "warning", ["flask"])]),
        (OPEN, "import flask\n", "flask~=3.1\n", []),
    ],
)
def test_requirements(run: str, text: str, declared: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert [told(each) for each in predicted(run, text, requirements_txt=declared)] == expected


@pytest.mark.parametrize(
    ("word", "codes"),
    [("flask", ["PC202"]), ('"flask==$VERSION"', []), ('"flask[async]==$(cat /version)"', [])],
)
def test_a_version_given_by_a_build_argument_holds(word: str, codes: list[str]) -> None:
    found = predicted(f"ARG VERSION\nRUN pip install {word}\n", "import flask\n", requirements_txt="")
    assert [each.code for each in found] == codes


MAYBE = "class Client:\n    def get(self):\n        import httpx\n"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("import httpx\n", "error"),
        ("def get():\n    import httpx\n", "error"),
        ("class Client:\n    def __init__(self):\n        import httpx\n", "error"),
        ("if __name__ == '__main__':\n    import httpx\n", "error"),  # this is how it is started
        ("from app import helper\n", "error"),
        ("if True:\n    import httpx\n", "error"),
        # A start that one setting breaks is a start that breaks.
        ("import os\nif os.environ.get('A'):\n    import httpx\n", "error"),
        # Whether these run is the program's affair.
        ("def get(kind):\n    if kind == 'a':\n        import httpx\n", "warning"),
        ("def get(kind):\n    if kind == 'a':\n        from app import helper\n", "warning"),
        (MAYBE, "warning"),
        # One sure way is enough.
        (MAYBE + "def main():\n    from app import helper\n", "error"),
        ("from app import served\n", ""),  # imported, so it is not __main__
    ],
)
def test_what_may_never_run_is_no_error(text: str, severity: str) -> None:
    sources = {
        "app/helper.py": "import httpx\n",
        "app/served.py": "if __name__ == '__main__':\n    import httpx\n",
    }
    sources = {path: body for path, body in sources.items() if path[4:-3] in text}
    found = predicted(CLOSED, text, None, "python:3.12-slim", requirements_txt="flask==3.1\n", **sources)
    assert [(each.code, each.severity) for each in found] == ([("PC203", severity)] if severity else [])


def test_a_step_runs_with_the_interpreter_that_it_names() -> None:
    make = "RUN python -m venv /v && /v/bin/pip install --no-deps -r requirements.txt\n"
    late = "if make():\n    import other\nimport flask\n"
    tool = {"tool.py": late, "requirements.txt": "flask==3.1\n"}
    end = "COPY tool.py /t/\nRUN {} /t/tool.py\n"
    assert predicted(make + end.format("/v/bin/python"), "", None, **tool) == []
    (finding,) = predicted(make + end.format("python"), "", None, **tool)
    assert told(finding) == ("PC209", "error", ["flask"])


def test_the_base_image_is_nobodys() -> None:
    found = predicted(
        CLOSED, "import httpx\n", base="registry.example/own:1", requirements_txt="flask==3.1\n"
    )
    assert all(finding.severity != "error" for finding in found)


def test_what_is_missing_on_both_sides_is_no_difference() -> None:
    local = environment([distribution("flask", "3.1", ["flask"])])
    assert predicted(CLOSED, "import httpx\n", local, requirements_txt="flask==3.1\n") == []


def test_the_local_environment_says_who_brings_it() -> None:
    local = environment([distribution("Odd-Name", "1.0", ["thing"])])
    (finding,) = predicted(CLOSED, "import thing\n", local, requirements_txt="flask==3.1\n")
    assert told(finding) == ("PC203", "error", ["Odd-Name", "thing"])


@pytest.mark.parametrize("run", [CLOSED, OPEN])
def test_what_is_installed_by_the_same_name_brings_it_there_as_well(run: str) -> None:
    local = environment([distribution("acme-kit", "1", ["zork"])])
    assert predicted(run, "import zork\n", local, requirements_txt="acme-kit==1\n") == []
    assert predicted(run, "import zork\n", local, "own:1", requirements_txt="acme-kit==1\n") == []


def test_what_a_step_imports_before_it_is_installed() -> None:
    run = (
        "RUN pip install --no-deps six==1\nRUN python -c 'import flask'\nRUN pip install --no-deps flask==3\n"
    )
    (finding,) = predicted(run, "import flask\n", requirements_txt="flask==3\n")
    assert told(finding) == ("PC201", "error", ["flask"])
    assert "Containerfile:5 installs it only later: `pip install --no-deps flask==3`" in finding.message


def test_a_wider_range_than_what_is_installed_locally() -> None:
    local = environment([distribution("flask", "3.0.1", ["flask"])])
    (finding,) = predicted(OPEN, "import flask\n", local, requirements_txt="flask<4\n")
    assert told(finding) == ("PC202", "warning", ["flask"])
    assert "locally 3.0.1" in finding.message
    assert predicted(OPEN, "import flask\n", local, requirements_txt="flask==3.0.1\n") == []


def test_an_option_that_is_imported_late_is_a_warning() -> None:
    project = (
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask"]\n[project.optional-dependencies]\n'
    )
    late = "def call():\n    import httpx\n"
    project += 'web = ["httpx"]\n'
    (finding,) = predicted(CLOSED, late, pyproject_toml=project, requirements_txt="flask==3.1\n")
    assert (finding.code, finding.severity) == ("PC204", "warning")
    (finding,) = predicted(CLOSED, "import httpx\n", pyproject_toml=project, requirements_txt="flask==3.1\n")
    assert (finding.code, finding.severity) == ("PC204", "error")
    # A module that needs it at its top was not written to do without, whoever imports that one.
    (finding,) = predicted(
        CLOSED,
        "def call():\n    from app import web\n",
        pyproject_toml=project,
        requirements_txt="flask==3.1\n",
        **{"app/web_py": "import httpx\n"},  # type: ignore[arg-type]  # no path is a name
    )
    assert (finding.code, finding.severity) == ("PC204", "error")


UV = "COPY uv.lock .\nRUN uv sync --frozen --no-install-project\nENV PATH=/.venv/bin:$PATH\n"


@pytest.mark.parametrize(
    ("text", "severity"), [("def call():\n    import httpx\n", "warning"), ("import httpx\n", "error")]
)
def test_what_is_locked_for_an_option_and_imported_late_is_one_too(text: str, severity: str) -> None:
    project = '[project]\nname = "x"\nversion = "1"\ndependencies = []\n'
    project += '[project.optional-dependencies]\nweb = ["starlette"]\n'
    source = '{ registry = "https://pypi.org/simple" }'
    lock = 'version = 1\nrequires-python = ">=3.12"\n' + "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {source}\n{more}'
        for name, more in (("httpx", ""), ("starlette", 'dependencies = [{ name = "httpx" }]\n'))
    )
    lock += '[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\n'
    lock += '[package.optional-dependencies]\nweb = [{ name = "starlette" }]\n'
    (finding,) = predicted(UV, text, pyproject_toml=project, uv_lock=lock)
    assert (finding.code, finding.severity) == ("PC203", severity)
