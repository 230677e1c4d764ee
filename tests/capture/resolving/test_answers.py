import pytest

from paritycheck.capture.resolving.answers import (
    Obstacle,
    find_obstacle,
    find_sources,
    first_words,
    read_resolution,
)
from paritycheck.predict.selecting.selection import Resolved

LIST = """\
click==8.5.1
    # via
    #   flask
    #   uvicorn
flask==3.1.3
h11==0.16.0
    # via uvicorn[standard]
tiny @ https://example.org/tiny-1.2-py3-none-any.whl
uvicorn==0.54.0
"""


def test_reads_a_list_with_who_requires_what() -> None:
    assert read_resolution(LIST) == (
        Resolved("click", "8.5.1", ("flask", "uvicorn")),
        Resolved("flask", "3.1.3"),
        Resolved("h11", "0.16.0", ("uvicorn",)),
        Resolved("tiny", "1.2"),
        Resolved("uvicorn", "0.54.0"),
    )


@pytest.mark.parametrize(
    ("said", "name", "version"),
    [
        ("Because nope was not found in the package registry and you require nope, we can", "nope", ""),
        ("Because there is no version of flask==99.0 and you require flask==99.0, we can", "flask", ""),
        ("Because all versions of docopt have no usable wheels and you require docopt, we", "docopt", ""),
        ("Because numpy==1.20.0 has no usable wheels and you require numpy==1.20, we can", "numpy", "1.20.0"),
        ("Because only scipy<=1.18.1 is available and you require scipy>=1.99,<2, we can", "scipy", ""),
        (
            "Because torch==1.0.0 has no wheels with a matching Python ABI tag (e.g., `cp312`) and you",
            "torch",
            "1.0.0",
        ),
        (
            # From old releases to new: the newest is what an installer would have taken.
            (
                "Because numpy==1.16.2 has no usable wheels and big<=0.1 depends on numpy==1.16.2, we can\n"
                "   conclude that big<=0.1 cannot be used.\n   And because lmdb==0.98 has no usable\n"
                "   wheels and big>0.1 depends on lmdb==0.98, we can conclude that your requirements"
            ),
            "lmdb",
            "0.98",
        ),
        (
            (
                "Because flask==3.0.0 depends on werkzeug>=3.0.0 and you require flask==3.0, we can\n"
                "     conclude that you require werkzeug>=3.0.0.\n         And because you require werkzeug<2"
            ),
            "werkzeug",
            "",
        ),
        ("you require requests<1 and requests>=2, which are incompatible", "requests", ""),
    ],
)
def test_finds_what_stands_in_the_way(said: str, name: str, version: str) -> None:
    found = find_obstacle(f"error: No solution found when resolving dependencies\n  cause: {said}")
    assert found is not None
    assert (found.name, found.version) == (name, version)


def test_a_source_that_cannot_be_read_is_no_index_that_cannot_be_reached() -> None:
    url = "https://files.example.invalid/foo-1.0-py3-none-any.whl"
    said = f"error: Failed to download `foo @ {url}`\n  cause: Failed to fetch: {url}"
    assert find_obstacle(said) == Obstacle("its source cannot be read", "foo")
    said = "error: Request failed after 3 retries\n  cause: Failed to fetch: https://nope.invalid/simple/x/"
    assert find_obstacle(said) == Obstacle("it cannot be reached", url="https://nope.invalid/simple/x/")
    assert find_obstacle("error: something else") is None


def test_names_all_that_has_no_wheel_with_what_holds_it() -> None:
    said = (
        "Because all versions of docopt have no usable wheels and big>=1 depends on docopt>=0.6,<1, we can\n"
        "   conclude that big>=1 cannot be used. And because lmdb==0.98 has no usable wheels and you\n"
        "   require lmdb==0.98, we can conclude that your requirements are unsatisfiable."
    )
    assert set(find_sources(said)) == {
        ("docopt", ""),
        ("docopt", ">=0.6,<1"),
        ("lmdb", "==0.98"),
    }


def test_repeats_uv_without_credentials() -> None:
    said = first_words("error: Request failed\n  cause: Failed to fetch: https://me:secret@example.org/x\n")
    assert said == "Request failed: Failed to fetch: https://example.org/x"
