"""Command words, divided into options and others."""

import pytest

from paritycheck.parse.command.optionwords import flag_names, read_options

FLAGS = flag_names("-v -q --verbose --flag -single")


@pytest.mark.parametrize(
    ("line", "values", "rest"),
    [
        ("a b", {}, ("a", "b")),
        ("--name x a", {"--name": ("x",)}, ("a",)),
        ("--name=x a", {"--name": ("x",)}, ("a",)),
        ("--name= a", {"--name": ("",)}, ("a",)),
        ("--verbose a", {"--verbose": ("",)}, ("a",)),
        ("-v a", {"-v": ("",)}, ("a",)),
        ("-vq a", {"-v": ("",), "-q": ("",)}, ("a",)),
        ("-n5 a", {"-n": ("5",)}, ("a",)),
        ("-n 5 a", {"-n": ("5",)}, ("a",)),
        ("-vn 5 a", {"-v": ("",), "-n": ("5",)}, ("a",)),
        ("-n=5 a", {"-n": ("5",)}, ("a",)),
        ("-single a", {"-single": ("",)}, ("a",)),
        ("--name x --name y", {"--name": ("x", "y")}, ()),
        ("a --name x b", {"--name": ("x",)}, ("a", "b")),
        ("a -- --name x", {}, ("a", "--name", "x")),
        ("- a", {}, ("-", "a")),
        ("--name", {"--name": ("",)}, ()),
        ("-n", {"-n": ("",)}, ()),
    ],
)
def test_options(line: str, values: dict[str, tuple[str, ...]], rest: tuple[str, ...]) -> None:
    found = read_options(tuple(line.split()), FLAGS)
    assert (found.values, found.rest) == (values, rest)


def test_the_first_other_word_may_end_the_options() -> None:
    found = read_options(("-v", "--name", "x", "program", "--its", "own"), FLAGS, stop=True)
    assert found.rest == ("program", "--its", "own")
    assert found.last("--name") == "x"
    assert found.last("--absent", "-v") == ""
