"""Everything that is known about one side, captured once; the first of the two documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, Literal, TypeVar

import msgspec

from paritycheck.model.binary import SharedObject
from paritycheck.model.environment import Environment
from paritycheck.model.location import Location
from paritycheck.model.source import SourceData, SourceFile
from paritycheck.model.tree import FileTree

T = TypeVar("T")

OriginKind = Literal["checkout", "predicted", "image", "container", "images"]
Brings = Literal["anything", "generated", "distributions", "system"]
GitState = Literal["repository", "none", "refused", "unavailable"]


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a snapshot came from: ``reference`` as the user wrote it, ``digest`` an image's id, or HEAD.

    ``images`` stands for several at once, in reports only.
    """

    kind: OriginKind
    reference: str
    digest: str = ""
    created: str = ""


class Layer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One layer: ``diff_id`` of its uncompressed tar, the instruction that made it without ENV values."""

    diff_id: str = ""
    created_by: str = ""
    location: Location | None = None


class Healthcheck(msgspec.Struct, frozen=True, omit_defaults=True):
    """HEALTHCHECK: ``test`` as the image config writes it (``["NONE"]`` disables)."""

    test: tuple[str, ...] = ()


class ImageConfig(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an image says about running it.

    ``env`` keeps every variable's name; the value only of those that steer Python and the
    search for programs (see ``capture.image.selection``), else ``None``: it may be a secret.
    ``architecture`` and ``os`` as in OCI (``amd64``, ``linux``). ``layers`` oldest first.
    """

    env: dict[str, str | None] = {}
    workdir: str = ""
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    healthcheck: Healthcheck | None = None
    volumes: tuple[str, ...] = ()
    architecture: str = ""
    os: str = ""
    layers: tuple[Layer, ...] = ()


class GitFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What git itself says about the working tree; all paths relative to the snapshot's root.

    ``state`` ``none``: no repository; ``refused``: git would not read it (``reason`` in git's
    words); ``unavailable``: no git program. ``ignored`` maps an ignored path (a directory stands
    for all below it) to the rule's file and line. ``submodules`` are the *uninitialised* ones,
    ``lfs_pointers`` files whose content LFS never fetched, ``case_differs`` disk path -> index path,
    ``nested`` other repositories inside this one.
    """

    state: GitState
    reason: str = ""
    head: str = ""
    shallow: bool = False
    tracked: frozenset[str] = frozenset()
    modified: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    untracked: frozenset[str] = frozenset()
    ignored: dict[str, Location] = {}
    submodules: tuple[str, ...] = ()
    lfs_pointers: tuple[str, ...] = ()
    case_differs: dict[str, str] = {}
    nested: tuple[str, ...] = ()


class Unknown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a tree about which nothing is known: ``path`` and all below it (``""``: everything).

    ``brings``: what may be there after all. ``distributions``: nothing of the project itself; ``system``:
    no distributions for Python, either. ``generated``: what a program of the build makes, nothing that
    git tracks.
    """

    path: str
    reason: str
    location: Location | None = None
    brings: Brings = "anything"


class OnDemand(Mapping[str, T], Generic[T]):
    """A mapping whose values are read when asked for, and once.

    ``load`` answers for any path (``None``: not to be had); iteration yields only the paths
    that belong in a document, computed by ``carried`` when first needed. ``load_many``, if there
    is one, answers for many paths in less time than one by one.
    """

    def __init__(
        self,
        load: Callable[[str], T | None],
        carried: Callable[[], Iterable[str]],
        load_many: Callable[[Sequence[str]], Iterable[tuple[str, T | None]]] | None = None,
    ) -> None:
        self._load = load
        self._carried = carried
        self._load_many = load_many
        self._known: dict[str, T | None] = {}

    def __getitem__(self, path: str) -> T:
        if path not in self._known:
            self._known[path] = self._load(path)
        value = self._known[path]
        if value is None:
            raise KeyError(path)
        return value

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Read what will be asked for, if that is faster than waiting until it is."""
        if self._load_many is not None:
            self._known.update(self._load_many([path for path in paths if path not in self._known]))

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The paths that belong in a document, whether or not they can be read; nothing is loaded."""
        return tuple(self._carried())

    def __iter__(self) -> Iterator[str]:
        return (path for path in self.carried if self.get(path) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Snapshot(msgspec.Struct, frozen=True):
    """One side.

    ``tree`` is rooted at the repository root (checkout) or ``/`` (image). ``modules`` maps the
    path of a Python source file to what it says, ``data`` to the files that it opens, ``texts`` the path
    of a small text that a build or a start reads to its content, ``digests`` a path to the SHA-256 of its
    content: each holds application files, not what a distribution or the system brought. ``config`` only
    for images, ``git`` only for checkouts. ``unknown`` lists the parts that nobody looked at or could
    predict. ``objects`` are compiled files by path; of a checkout those of the local environment, by their
    absolute paths on this machine; ``archives`` are what lies in zip files by path. No document carries
    either.
    """

    origin: Origin
    tree: FileTree
    modules: Mapping[str, SourceFile]
    texts: Mapping[str, str]
    digests: Mapping[str, str]
    environment: Environment = Environment()
    config: ImageConfig | None = None
    git: GitFacts | None = None
    unknown: tuple[Unknown, ...] = ()
    data: Mapping[str, SourceData] = {}
    objects: Mapping[str, SharedObject] = {}
    archives: Mapping[str, FileTree] = {}

    @property
    def application_modules(self) -> tuple[str, ...]:
        """The paths of the application's Python files; nothing is read."""
        return carried_paths(self.modules)

    @property
    def application_files(self) -> tuple[str, ...]:
        """The paths of the application's files; nothing is read."""
        return carried_paths(self.digests)

    def doubt(self, path: str) -> Unknown | None:
        """Return why it is unknown whether ``path`` is there, if it is; the widest doubt first."""
        covering = [
            part
            for part in self.unknown
            if not part.path or path == part.path or path.startswith(part.path + "/")
        ]
        return next(
            (part for part in covering if part.brings == "anything"), covering[0] if covering else None
        )

    def project_doubt(self, path: str) -> Unknown | None:
        """Return why a file of the project itself may be at ``path`` although it is not listed."""
        unknown = self.doubt(path)
        return unknown if unknown is not None and unknown.brings == "anything" else None


def carried_paths(mapping: Mapping[str, object]) -> tuple[str, ...]:
    """Return the paths of a snapshot's mapping without reading what is behind them."""
    return mapping.carried if isinstance(mapping, OnDemand) else tuple(mapping)


def read_ahead(mapping: Mapping[str, object], paths: Iterable[str]) -> None:
    """Tell a snapshot's mapping what it will be asked for."""
    if isinstance(mapping, OnDemand):
        mapping.read_ahead(paths)


def read_behind(
    mapping: Mapping[str, object], places: Callable[[Sequence[str]], Iterable[str]] = lambda paths: paths
) -> Callable[[Sequence[str]], tuple[()]]:
    """Return the ``load_many`` of a mapping that takes its values from another one.

    It only tells that one to read ahead what lies at the ``places`` there: they are found when asked for.
    """

    def ahead(paths: Sequence[str]) -> tuple[()]:
        read_ahead(mapping, places(paths))
        return ()

    return ahead


class Edited(Mapping[str, T], Generic[T]):
    """A mapping with one value replaced; nothing else is read."""

    def __init__(self, original: Mapping[str, T], path: str, value: T) -> None:
        self._original = original
        self._path = path
        self._value = value

    def __getitem__(self, path: str) -> T:
        return self._value if path == self._path else self._original[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._original)

    def __len__(self) -> int:
        return len(self._original)
