"""What has been read of a project's file so far: several tables, each with its own reader, add to it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile, Inclusion
from paritycheck.parse.requirements.declaring import declare
from paritycheck.parse.requirements.tomllines import TomlDocument, TomlPath


class ProjectDraft:
    """A dependency file in the making; the readers of its tables write into the lists."""

    def __init__(self, path: str, document: TomlDocument) -> None:
        self.path = path
        self.document = document
        self.name = ""
        self.version = ""
        self.python = ""
        self.python_location: Location | None = None
        self.declarations: list[Declaration] = []
        self.inclusions: list[Inclusion] = []
        self.groups: dict[str, None] = {}
        self.defaults: tuple[str, ...] | None = None
        self.uv_defaults: tuple[str, ...] | None = None
        self.optional: list[str] = []
        self.dynamic: list[str] = []
        self.members: list[str] = []
        self.index_options: list[str] = []
        self.problems: list[tuple[str, Location]] = list(document.problems)

    def section(self, kind: str, name: str) -> str:
        """Return the section of an extra or a group."""
        return f"{kind}:{canonicalize_name(name)}"

    def name_project(self, name: object, version: object) -> None:
        """Take the project's name and version, where nothing has given them before."""
        if isinstance(name, str) and not self.name:
            self.name = canonicalize_name(name)
        if isinstance(version, str) and not self.version:
            self.version = version

    def declare_all(self, listed: object, path: TomlPath, section: str) -> None:
        """Take a list of PEP 508 requirements at ``path``; what is no text in it is another's business."""
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, str):
                self.declare_text(item, self.document.at(*path, index), section)

    def declare_text(self, text: str, location: Location, section: str) -> None:
        """Take one PEP 508 requirement."""
        declared = declare(text, location, section)
        if declared is None:
            self.problems.append((f"not a requirement: {text[:200]!r}", location))
        elif declared.name == self.name and declared.extras:
            # `all = ["project[ldap,saml]"]` takes in other sections of the same file.
            self.inclusions += [Inclusion(f"extra:{extra}", location, section) for extra in declared.extras]
        else:
            self.declarations.append(declared)

    def include(self, target: object, location: Location, section: str) -> None:
        """Take the inclusion of a file or section."""
        if isinstance(target, str) and target:
            self.inclusions.append(Inclusion(target, location, section))

    def rewrite(self, changes: Mapping[str, Mapping[str, object]]) -> None:
        """Change fields of every declaration of the distributions in ``changes``."""
        self.declarations = [
            msgspec.structs.replace(each, **changes.get(each.name, {})) for each in self.declarations
        ]

    def finish(self) -> DependencyFile:
        """Return the file as read."""
        uv_defaults = self.uv_defaults
        if uv_defaults is None:
            # Without a word on it, uv installs the group `dev` by default.
            uv_defaults = tuple(group for group in self.groups if group == "dev")
        return DependencyFile(
            self.path,
            declarations=tuple(self.declarations),
            inclusions=tuple(self.inclusions),
            name=self.name,
            version=self.version,
            python=self.python,
            python_location=self.python_location,
            defaults=uv_defaults if self.defaults is None else self.defaults,
            uv_defaults=uv_defaults,
            optional=tuple(self.optional),
            dynamic=tuple(dict.fromkeys(self.dynamic)),
            members=tuple(self.members),
            index_options=tuple(self.index_options),
            problems=tuple(self.problems),
        )
