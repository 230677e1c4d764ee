"""Requirements files: requirements, options, nested files, the way pip reads them.

Source: pip, "Requirements File Format"; lines are joined, split and read by pip-requirements-parser, whose
functions for single lines need no file on disk. Environment variables stay as they are written.
"""

from __future__ import annotations

import re

import pip_requirements_parser as pip
from msgspec import structs
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile, Inclusion
from paritycheck.parse.requirements.declaring import at_url, normal_marker, normal_names, url_kind, url_path
from paritycheck.parse.requirements.sourcelines import SourceLines

# They say nothing about what is installed, and make up most of a compiled file.
_HASH = re.compile(r"\s--hash(?:=|\s+)\S+")
_OPTION = re.compile(r"(?:^|\s)-")
_MARKED_EDITABLE = re.compile(r"((?:-e|--editable)[^;]*?)\s*;\s*([^;]+)")
_INDEX_OPTIONS = (
    "index_url",
    "extra_index_urls",
    "no_index",
    "find_links",
    "pre",
    "no_binary",
    "only_binary",
)


class RequirementLine:
    """Collects what the lines of one file or list say."""

    def __init__(self, section: str = "") -> None:
        self.section = section
        self.declarations: list[Declaration] = []
        self.inclusions: list[Inclusion] = []
        self.options: list[str] = []
        self.problems: list[tuple[str, Location]] = []
        self._parse_line = pip.get_line_parser()

    def read(self, line: str, location: Location) -> None:
        """Take one logical line, without comment."""
        line = _HASH.sub("", " " + line).strip()
        try:
            self._read(line, location)
        except Exception as error:  # noqa: BLE001 (the library raises whatever its parts raise)
            reason = " ".join(str(error).split()) or type(error).__name__
            self.problems.append((f"not understood: {reason}"[:300], location))

    def _read(self, line: str, location: Location) -> None:
        if not _OPTION.search(line):
            # The library makes a new option parser for each line, which costs more than all the rest.
            self.declarations.append(self._declare(pip.build_install_req(line), location))
            return
        # uv takes a marker behind an editable, which the library would take for a part of its path.
        editable = _MARKED_EDITABLE.fullmatch(line)
        line, marker = (editable[1], normal_marker(editable[2])) if editable else (line, "")
        try:
            words, values, arguments = self._parse_line(line)
        except pip.OptionParsingError:
            words, _ = pip.break_args_options(line)
            if not words:
                raise
            # pip knows options for a single requirement that the library does not.
            words, values, arguments = self._parse_line(words)
        raw = pip.RequirementLine(line=line, line_number=location.line, filename=location.path)
        parsed = pip.ParsedLine(raw, words, values, is_constraint=False, arguments=arguments)
        for part in pip.handle_line(parsed):
            if isinstance(part, pip.ParsedRequirement):
                declared = self._declare(pip.build_req_from_parsedreq(part), location)
                self.declarations.append(structs.replace(declared, marker=marker or declared.marker))
            elif isinstance(part, pip.OptionLine):
                self._take_options(part.options, location)

    def _declare(self, read: pip.InstallRequirement, location: Location) -> Declaration:
        required = read.req
        declared = Declaration(
            name=canonicalize_name(required.name) if required else "",
            location=location,
            section=self.section,
            specifier=str(required.specifier) if required else "",
            extras=normal_names(set(read.extras) | set(required.extras if required else ())),
            marker=str(read.marker or (required.marker if required else None) or ""),
            editable=bool(read.is_editable),
        )
        url = read.link.url if read.link else (required.url if required else None)
        return at_url(declared, url) if url else declared

    def _take_options(self, options: dict[str, object], location: Location) -> None:
        # pip takes the first of several nested files in a line, and -r before -c.
        for key in ("requirements", "constraints"):
            targets = options.get(key)
            if isinstance(targets, list) and targets:
                target = url_path(targets[0]) if url_kind(targets[0]) == "path" else targets[0]
                constraint = key == "constraints"
                self.inclusions.append(Inclusion(target, location, self.section, constraint))
                break
        for key in _INDEX_OPTIONS:
            given = options.get(key)
            flag = pip.OPT_BY_OPTIONS_DEST[key] if given else ""
            if given is True:
                self.options.append(flag)
            else:
                self.options += [f"{flag} {each}" for each in _texts(given)]


def _texts(value: object) -> list[str]:
    return (
        [value]
        if isinstance(value, str)
        else [str(each) for each in value]
        if isinstance(value, list)
        else []
    )


def read_requirements(path: str, text: str) -> DependencyFile:
    """Read a requirements or constraints file; any name will do. Paths stay relative as they are written."""
    source = SourceLines(path, text)
    lines = RequirementLine()
    for number, line in logical_lines(text):
        lines.read(line, source.at(number))
    return DependencyFile(
        path,
        declarations=tuple(lines.declarations),
        inclusions=tuple(lines.inclusions),
        index_options=tuple(lines.options),
        problems=tuple(lines.problems),
    )


def without_comment(line: str) -> str:
    """Return a single line without its comment."""
    return next((each for _, each in logical_lines(line)), "")


def logical_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that say something, with the number of the first of each; without comments."""
    numbered = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    joined = pip.join_lines((number, line.removesuffix("\r")) for number, line in numbered)
    return [
        (each.line_number, each.line) for each in pip.split_comments(joined) if isinstance(each, pip.TextLine)
    ]
