import tomllib

import pytest

from paritycheck.parse.requirements.tomllines import TomlPath, find_lines, read_toml


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\n\nb = 2", ("b",), 3),
        ("# [t]\n[t]\nb = 2", ("t", "b"), 3),
        ("[a.b]\n[a]\nc = 1", ("a",), 2),
        ("[a.b]\n", ("a",), 1),
        ("[ a . 'b c' ]\nd = 1", ("a", "b c"), 1),
        ("a.b.c = 1\na.b.d = 2", ("a", "b"), 1),
        ("a.b.c = 1\na.b.d = 2", ("a", "b", "d"), 2),
        ("1.5 = 3", ("1", "5"), 1),
        ('"a\\u0062" = 1', ("ab",), 1),
        ("[[p]]\n[p.q]\nr = 1\n[[p]]\n[p.q]\nr = 1", ("p", 1, "q", "r"), 6),
        ("[[p]]\n[[p.q]]\n[[p.q]]\nr = 1\n[[p]]\n[[p.q]]", ("p", 0, "q", 1, "r"), 4),
        ("[[p]]\n[[p.q]]\n[[p.q]]\nr = 1\n[[p]]\n[[p.q]]", ("p", 1, "q", 0), 6),
        ("a = [\n  1, # ]\n  [2,\n 3],\n]", ("a", 1, 1), 4),
        ("a = [ 'x', 'y',\n'z' ]", ("a", 2), 2),
        ("a = [\n{b = 1}, {b = 2},\n{b = [\n3]}]", ("a", 2, "b", 0), 4),
        ("a = {}\nb = []\nc = [[], {}]\nd = 1", ("d",), 4),
        ("a = {b.c = 1, d = [1,\n2]}\ne = 1", ("a", "d", 1), 2),
        ('a = """\n[t]\nb = 1\n"""\nc = 1', ("c",), 5),
        ("a = '''\n''\\\n'''\nc = 1", ("c",), 4),
        ('a = """x"""""\nb = 1', ("b",), 2),
        ('a = """""x""" # """\nb = 1', ("b",), 2),
        ('a = "\\\\"\nb = "\\"]"\nc = 1', ("c",), 3),
        ("a = 1979-05-27 07:32:00.5\nb = -1.5e+3\nc = 1", ("c",), 3),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("[a]\n[b] # [c]\nd = 1", ("b", "d"), 3),
        ("a = [[[]]]\nb = 1", ("b",), 2),
    ],
)
def test_lines(text: str, path: TomlPath, line: int) -> None:
    tomllib.loads(text)
    assert find_lines(text)[path] == line


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    document = read_toml("f", "a = 1\n[t]\nb = ['x']\n")
    assert document.at("t", "b", 7, "c").line == 3
    assert document.at("t", "z").line == 2
    assert document.at("z").line == 0


def test_time_grows_with_the_length_only() -> None:
    package = '[[package]]\nname = "a"\nwheels = [\n' + '    { url = "x", hash = "y" },\n' * 50 + "]\n"
    lines = find_lines(package * 200)
    assert lines["package", 199] == 199 * 54 + 1
    assert find_lines('a = """' + '""\\"' * 50_000 + '"""\nb = 1')[("b",)] == 2
