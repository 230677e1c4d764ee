"""How distributions get into the container: what declares them, what installers read and select."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.requirement import DependencyFile
from paritycheck.model.tree import join
from paritycheck.predict.judging.declarations import Declarations
from paritycheck.predict.selecting.selection import Installation, Skipped


class Supply(msgspec.Struct, frozen=True):
    """How distributions get into the container.

    ``installs`` are the installer commands of the build, ``searched`` the tree paths of the directories
    that the interpreter searches, ``context`` the build context below the checkout's root, ``lasting`` the
    distributions that the predicted build ends with, ``actual`` whether there is an image to hold it against.
    ``moment`` is the RUN at which something is missing, if that is not the start of the container.
    """

    declarations: Declarations
    installs: tuple[Installation, ...] = ()
    searched: tuple[str, ...] = ()
    context: str = ""
    lasting: tuple[Distribution, ...] = ()
    actual: bool = False
    moment: Location | None = None

    def rooted(self, location: Location) -> Location:
        """Return a line of the build context as a line of the checkout, which it may be already."""
        # A Containerfile, whose command line may name a requirement itself, is not counted from the context.
        commanding = any(install.location.path == location.path for install in self.installs)
        if location.path.startswith("/") or not self.context or commanding:
            return location
        path = join(self.context, location.path)
        if self.declarations.file(path) is None and self.declarations.file(location.path) is not None:
            return location
        return msgspec.structs.replace(location, path=path)

    def files(self, install: Installation) -> tuple[DependencyFile, ...]:
        """Return the dependency files that an installer reads, as the checkout has them."""
        paths = (join(self.context, path) for path in install.files)
        return tuple(file for path in paths if (file := self.declarations.file(path)) is not None)

    @property
    def read(self) -> tuple[DependencyFile, ...]:
        """The dependency files that any installer reads, in order."""
        found = {file.path: file for install in self.installs for file in self.files(install)}
        return tuple(found.values())

    def declared_at(self, name: str) -> tuple[Location, ...]:
        """Return the line that declares a distribution, of several that of the file which is read first."""
        read = [file.path for file in self.read]
        lines = [each.location for each in self.declarations.of(name)]
        lines.sort(key=lambda line: read.index(line.path) if line.path in read else len(read))
        return tuple(lines[:1])

    def is_later(self, install: Installation) -> bool:
        """Tell whether an installer runs only after the moment in question."""
        moment = self.moment
        return (
            moment is not None
            and install.location.path == moment.path
            and install.location.line > moment.line
        )

    def selecting(self, name: str) -> Iterator[Installation]:
        """Yield the installs that bring a distribution for certain."""
        wanted = canonicalize_name(name)
        for install in self.installs:
            if any(each.name == wanted and not each.possible for each in install.selection.selected):
                yield install

    def skipping(self, name: str) -> Iterator[tuple[Installation, Skipped]]:
        """Yield the installs that leave a declaration of a distribution out."""
        wanted = canonicalize_name(name)
        for install in self.installs:
            for skipped in install.selection.skipped:
                if skipped.declaration.name == wanted:
                    yield install, skipped
