"""Dependency files: lines of drawn TOML documents, and readers that never raise."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paritycheck.parse.requirements.files import DEPENDENCY_FILES, LOCKS, read_dependency_file, read_lock
from paritycheck.parse.requirements.jsonlines import find_keys
from paritycheck.parse.requirements.tomllines import TomlPath, find_lines

TEXTS = st.text(st.sampled_from("ab \t'\"\\#[]{}=,.\n"), max_size=12)
KEYS = st.text(st.sampled_from("ab1-'\"\\#[]=. "), max_size=4)


class Writer:
    """Writes a document in a drawn style, and notes where things stand."""

    def __init__(self, data: st.DataObject) -> None:
        self.draw = data.draw
        self.text = ""
        self.lines: dict[TomlPath, int] = {}

    def write(self, text: str) -> None:
        self.text += text

    def note(self, path: TomlPath, first: bool = False) -> None:
        line = self.text.count("\n") + 1
        if first:
            self.lines.setdefault(path, line)
        else:
            self.lines[path] = line

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def string(self, text: str, multiline: bool = True) -> None:
        basic = json.dumps(text)
        styles = [basic]
        if multiline:
            escaped = text.replace("\\", "\\\\").replace('"', self.pick('\\"', '\\"'))
            styles.append(f'"""{escaped}"""')
            if '"""' not in text and not text.endswith('"""') and not text.startswith("\n"):
                styles.append('"""' + text.replace("\\", "\\\\") + '"""')
            if "'''" not in text and not text.startswith("\n"):
                styles.append(f"'''{text}'''")
        if "'" not in text and "\n" not in text and "\t" not in text:
            styles.append(f"'{text}'")
        self.write(self.pick(*styles))

    def key(self, key: str) -> None:
        if key and all(each in "ab1-" for each in key) and self.draw(st.booleans()):
            self.write(key)
        else:
            self.string(key, multiline=False)
        self.write(self.pick("", " "))

    def gap(self) -> None:
        self.write(self.pick("", " ", "\n", " # [x] = '''\n", "\n\n\t"))

    def value(self, value: Any, path: TomlPath) -> None:
        if isinstance(value, str):
            self.string(value)
        elif isinstance(value, list):
            self.write("[")
            self.gap()
            for index, item in enumerate(value):
                self.note((*path, index))
                self.value(item, (*path, index))
                self.gap()
                if index < len(value) - 1 or self.draw(st.booleans()):
                    self.write(",")
                    self.gap()
            self.write("]")
        elif isinstance(value, dict):
            self.write("{")
            for index, (key, item) in enumerate(value.items()):
                self.write(", " if index else self.pick("", " "))
                self.pair(key, item, path)
            self.write("}")
        else:
            self.write(self.pick("1", "-1.5e3", "true", "1979-05-27 07:32:00.5"))

    def pair(self, key: str, value: Any, path: TomlPath) -> None:
        self.note((*path, key))
        self.key(key)
        while isinstance(value, dict) and len(value) == 1 and self.draw(st.booleans()):
            self.write("." + self.pick("", " "))
            path = (*path, key)
            ((key, value),) = value.items()
            self.note((*path, key))
            self.key(key)
        self.write("=" + self.pick("", " "))
        self.value(value, (*path, key))

    def table(self, value: dict[str, Any], path: TomlPath, header: tuple[str, ...]) -> None:
        later: list[str] = []
        for key, item in value.items():
            tables = isinstance(item, list) and item and all(isinstance(each, dict) for each in item)
            if (isinstance(item, dict) or tables) and self.draw(st.booleans()):
                later.append(key)
                continue
            self.pair(key, item, path)
            self.write(self.pick("\n", " # x\n", "\n\n", "\r\n"))
        for key in later:
            item = value[key]
            several = isinstance(item, list)
            for index, each in enumerate(item if several else [item]):
                inside = (*path, key, index) if several else (*path, key)
                self.note((*path, key), first=True)
                self.note(inside)
                self.write("[[" if several else "[")
                for position, part in enumerate((*header, key)):
                    self.write("." if position else "")
                    self.key(part)
                self.write(("]]" if several else "]") + self.pick("\n", " # [y]\n"))
                self.table(each, inside, (*header, key))


VALUES = st.recursive(
    st.integers(0, 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def paths(value: Any, path: TomlPath = ()) -> set[TomlPath]:
    found = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found |= paths(item, (*path, key))
    return found


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_every_path_of_a_drawn_document_has_its_line(document: dict[str, Any], data: st.DataObject) -> None:
    writer = Writer(data)
    writer.table(document, (), ())
    values = tomllib.loads(writer.text)
    assert paths(values) == paths(document)
    assert find_lines(writer.text) == writer.lines
    assert set(writer.lines) == paths(values)


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.sampled_from([None, 1, 4]))
def test_lines_of_json(document: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(document, indent=indent)
    found = find_keys(text, depth=2)
    assert set(found) == {p for p in paths(document) if len(p) <= 2 and all(isinstance(k, str) for k in p)}
    for path, line in found.items():
        assert json.dumps(path[-1]) in text.split("\n")[line - 1]


SNIPPETS = st.sampled_from(
    [
        *("[project]", "[[package]]", "[packages]", "[options]", "[tool.poetry.dependencies]", "[tool.uv]"),
        *('name = "a"', 'dependencies = ["a[b]>=1; x"]', 'dependencies = [{name="a"}]', "a = {", "a = '''"),
        *("install_requires =", "  a>=1", "- pip:", "- a=1", "dependencies:", "setup(install_requires="),
        *("['a'])", "-r x", "-e .", "--hash=sha256:0", "a @ git+https://h/a", "a==1 \\", "# x", '"', "'"),
        *("]", "}", "{", "[", '{"default": {', '"a": {"version": "==1"}', "}}", "\\", "&a", "*a", "%"),
        *("\x00", "${A}", "^", "~", "||"),
    ]
)
ANY = st.text(max_size=40) | st.lists(SNIPPETS | st.text(max_size=5), max_size=12).map("\n".join)
NAMES = [pattern.replace("*", "x") for pattern, _ in (*DEPENDENCY_FILES, *LOCKS)]


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)
@given(text=ANY)
def test_no_text_makes_a_reader_raise(name: str, text: str) -> None:
    file = read_dependency_file(name, text) or read_lock(name, text)
    assert file is not None
    count = text.count("\n") + 1
    assert all(location.line <= count for _, location in file.problems)


DEEP = 20_000


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * DEEP + "]" * DEEP,
        "[" * DEEP,
        "{" * DEEP,
        "a = " + "{a=" * DEEP,
        "[project]\ndependencies = ['a; " + "(" * DEEP + "']",
        "a ; " + "(" * DEEP,
        "a==" + "9" * DEEP,
        "a" * 10 * DEEP,
        "[tool.poetry.dependencies]\na = '^" + "9" * DEEP + "'",
        "setup(install_requires=" + "+".join(["x"] * DEEP) + ")",
        "setup(install_requires=" + "[" * 60 + "]" * 60 + ")",
        '{"default": {"a": {"version": ' + "9" * DEEP + "}}}",
        "dependencies:\n- a=" + "9" * DEEP,
        "\\\n" * DEEP,
    ],
    ids=range(14),
)
def test_no_size_makes_a_reader_raise(name: str, text: str) -> None:
    assert (read_dependency_file(name, text) or read_lock(name, text)) is not None
