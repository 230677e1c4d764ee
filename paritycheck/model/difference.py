"""What two snapshots do not share, both directions, without judgement."""

import msgspec

from paritycheck.model.snapshot import Origin


class Changed(msgspec.Struct, frozen=True, order=True):
    """One thing that both sides have, differently."""

    name: str
    left: str
    right: str


class Section(msgspec.Struct, frozen=True):
    """One kind of thing: what only one side has, what differs, and how many are the same."""

    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: int = 0

    @property
    def compared(self) -> int:
        """How many things either side has."""
        return len(self.only_left) + len(self.only_right) + len(self.changed) + self.same

    @property
    def differs(self) -> bool:
        """Whether the two sides are not equal here."""
        return bool(self.only_left or self.only_right or self.changed)


class Difference(msgspec.Struct, frozen=True):
    """``files`` and ``modules`` are application files and their import names; the rest as named."""

    schema_version: str
    left: Origin
    right: Origin
    files: Section
    modules: Section
    distributions: Section
    sys_path: Section
    interpreter: Section
    config: Section

    @property
    def sections(self) -> dict[str, Section]:
        """The sections by name, in the order of the document."""
        names = ("files", "modules", "distributions", "sys_path", "interpreter", "config")
        return {name: getattr(self, name) for name in names}
