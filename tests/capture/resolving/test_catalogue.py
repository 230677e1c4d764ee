import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from paritycheck.capture.resolving import uvprogram
from paritycheck.capture.resolving.catalogue import open_catalogue
from paritycheck.errors import UsageError
from paritycheck.model.environment import Distribution, Environment
from paritycheck.predict.selecting.selection import Catalogue, Question, Resolved
from tests.capture.resolving.index import Index, make_source, make_wheel, serve

SDIST = ("source-1.0.tar.gz", b"never opened")


@pytest.fixture
def index() -> Iterator[Index]:
    wheels = [
        make_wheel("app", "1.0", requires=("lib>=1", "fast; extra == 'speed'")),
        make_wheel("app", "2.0a1", requires=("lib>=1",)),
        make_wheel("lib", "1.0"),
        make_wheel("lib", "2.0", requires=("old; python_version < '3.9'",)),
        make_wheel("old", "1.0"),
        make_wheel("fast", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        make_wheel("fast", "1.1", tag="cp312-cp312-manylinux_2_17_x86_64"),
        make_wheel("needs_source", "1.0", requires=("source", "lib<2")),
    ]
    sources = [
        make_source("built", "1.0", requires="lib<2\n\n[speed]\nfast\n"),
        make_source("plain", "1.0"),
        make_source("later", "2.0"),
        make_source("deep", "1.5", requires="plain\n"),
    ]
    wheels += [
        make_wheel("later", "1.0"),
        make_wheel("needs_deep", "1.0", requires=("deep<2", "built[speed]")),
    ]
    with serve(*wheels, *sources, SDIST) as running:
        yield running


def ask(index: Index, directory: Path, question: Question, **more: str) -> tuple[Resolved, ...]:
    variables = {"PATH": os.environ["PATH"], "HOME": str(directory), "UV_CACHE_DIR": str(directory / "uv")}
    with contextlib.ExitStack() as stack:
        variables |= {"PIP_INDEX_URL": index.url, **more}
        catalogue = open_catalogue(stack, Environment(), variables, None, resolve=True)
        answer = catalogue.resolve(question) if catalogue.resolve else None
    assert answer is not None
    assert answer.problems == ()
    return answer.packages


@pytest.fixture
def catalogue(index: Index, tmp_path: Path) -> Iterator[Catalogue]:
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_DEFAULT_INDEX": index.url,
        "UV_CONSTRAINT": "/not/ours.txt",
        "UV_HTTP_RETRIES": "0",
    }
    with contextlib.ExitStack() as stack:
        yield open_catalogue(stack, Environment(), variables, None, resolve=True)


def test_resolves_for_the_python_of_the_container(catalogue: Catalogue) -> None:
    assert catalogue.resolve is not None
    assert catalogue.listing is not None
    for python, fast in (("3.12", "1.1"), ("3.11", "1.0")):
        answer = catalogue.resolve(Question(("app[speed]",), python=python))
        assert answer is not None
        assert answer.problems == ()
        assert answer.packages == (
            Resolved("app", "1.0"),
            Resolved("fast", fast, ("app",)),
            Resolved("lib", "2.0", ("app",)),
        )
    assert "app/__init__.py" in (catalogue.listing("app", "1.0") or ())
    constrained = catalogue.resolve(Question(("app",), ("lib<2",), python="3.12"))
    assert constrained is not None
    assert constrained.packages == (Resolved("app", "1.0"), Resolved("lib", "1.0", ("app",)))
    assert catalogue.resolve(Question(("app",))) is None


def test_leaves_out_what_only_a_build_would_tell(catalogue: Catalogue) -> None:
    assert catalogue.resolve is not None
    asked = ("needs-source", "nowhere", "app>=7", "mine @ git+https://me:secret@example.org/mine")
    answer = catalogue.resolve(Question(asked, python="3.12", options=("--extra-index-url $URL",)))
    assert answer is not None
    assert {(each.name, each.version) for each in answer.packages} == {
        ("needs-source", "1.0"),
        ("lib", "1.0"),
        ("source", "1.0"),
        ("nowhere", ""),
        ("app", ""),
        ("mine", ""),
    }
    for name in ("source", "nowhere", "app", "mine", "--extra-index-url"):
        assert any(problem.startswith(name) for problem in answer.problems), name
    assert not any("secret" in problem for problem in answer.problems)


def test_what_has_no_wheel_is_resolved_by_its_source(catalogue: Catalogue, index: Index) -> None:
    assert catalogue.resolve is not None
    assert catalogue.listing is not None
    answer = catalogue.resolve(Question(("needs-deep", "later"), python="3.12"))
    assert answer is not None
    assert answer.problems == ()
    assert answer.packages == (
        Resolved("built", "1.0", ("needs-deep",)),
        Resolved("deep", "1.5", ("needs-deep",)),
        Resolved("fast", "1.1", ("built",)),
        Resolved("later", "2.0"),
        Resolved("lib", "1.0", ("built",)),
        Resolved("needs-deep", "1.0"),
        Resolved("plain", "1.0", ("deep",)),
    )
    assert "built/__init__.py" in (catalogue.listing("built", "1.0") or ())
    assert sum(path.endswith("later-2.0.tar.gz") for path in index.asked) == 1


def test_what_is_installed_stays_if_it_satisfies(catalogue: Catalogue) -> None:
    assert catalogue.resolve is not None
    for present, version in (("1.0", "1.0"), ("0.1", "2.0")):
        asked = Question(
            ("app", "later"), python="3.12", present={"lib": present, "later": "1.0", "old": "1.0"}
        )
        answer = catalogue.resolve(asked)
        assert answer is not None
        assert answer.packages == (
            Resolved("app", "1.0"),
            Resolved("later", "1.0"),
            Resolved("lib", version, ("app",)),
        )


def test_what_an_earlier_install_brought_is_not_asked_for_again(catalogue: Catalogue, index: Index) -> None:
    assert catalogue.resolve is not None
    first = catalogue.resolve(Question(("app", "later"), python="3.12"))
    assert first is not None
    there = {each.name: each.version for each in first.packages}
    before = len(index.asked)
    assert catalogue.resolve(Question(("later",), python="3.12", present=there)) == first
    assert len(index.asked) == before
    other = catalogue.resolve(Question(("later<2",), python="3.12", present=there))
    assert other is not None
    assert other.packages == (Resolved("later", "1.0"),)


@pytest.mark.parametrize(
    ("limit", "version"), [("2020-01-31", "1.0"), ("2020-02-01T12:00:00Z", "2.0"), ("2020-02-01", "2.0")]
)
def test_releases_may_be_those_of_a_day(index: Index, tmp_path: Path, limit: str, version: str) -> None:
    index.uploaded["later-2.0.tar.gz"] = "2020-02-01T10:00:00.123456Z"
    question = Question(("later",), python="3.12")
    assert ask(index, tmp_path, question, UV_EXCLUDE_NEWER=limit) == (Resolved("later", version),)


def test_a_named_index_is_asked_with_its_credentials(index: Index, tmp_path: Path) -> None:
    more = {"UV_DEFAULT_INDEX": f"corp={index.url}", "UV_INDEX_CORP_USERNAME": "me"}
    question = Question(("lib",), python="3.12")
    assert ask(index, tmp_path, question, PIP_INDEX_URL="", **more) == (Resolved("lib", "2.0"),)


def test_an_index_that_nobody_answers_at_is_left_out(catalogue: Catalogue) -> None:
    assert catalogue.resolve is not None
    options = ("--extra-index-url", "http://me:secret@127.0.0.1:9/simple")
    answer = catalogue.resolve(Question(("lib",), python="3.12", options=options))
    assert answer is not None
    assert answer.packages == (Resolved("lib", "2.0"),)
    assert answer.problems == ("the index http://127.0.0.1:9/simple cannot be reached",)


def test_without_resolve_nobody_asks() -> None:
    environment = Environment(distributions=(Distribution("My_Lib", "1.0", "/site"),))
    catalogue = open_catalogue(contextlib.ExitStack(), environment, {}, None, resolve=False)
    assert catalogue == Catalogue(local={"my-lib": environment.distributions[0]})


def test_without_uv_it_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uvprogram, "_of_extra", lambda: "")
    with pytest.raises(UsageError, match="there is no uv"):
        open_catalogue(contextlib.ExitStack(), Environment(), {"PATH": str(tmp_path)}, None, resolve=True)
