"""What an import wants that is neither found in the container nor a file of the checkout.

The container's distributions are those that its interpreter's path shows. In an actual image they are
there with all their files. In a predicted one most are known by name only, and where an install or
a base image may have brought more than is listed, what is missing may be there after all.
"""

from __future__ import annotations

import posixpath
import re
import sys
from functools import cached_property

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution, EditableModule
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound
from paritycheck.predict.importing.standardlibrary import REMOVED, Release, comes_with, gone_since
from paritycheck.predict.judging.membership import Membership
from paritycheck.predict.judging.openparts import open_part
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.providers import brings, called_like, likely_providers, owned_part
from paritycheck.predict.judging.strays import find_stray
from paritycheck.predict.judging.views import ContainerView, LocalView

_SEEDED = re.compile(r"(?:pip|setuptools|wheel)-")  # what every environment begins with


class Wanted(msgspec.Struct, frozen=True):
    """What is wanted of outside: a distribution, or a module of the standard library (``dropped``).

    ``modules`` are the import names. ``doubt`` says why it may be there after all (``""``: it is not).
    ``installed`` is the container's distribution where that is there and only lacks the module,
    ``local`` the one of the local environment. ``since`` is the release that dropped the module, or
    (``dropped`` false) the one that brings it, ``stray`` where outside of the checkout the local interpreter
    finds it.
    """

    name: str
    modules: tuple[str, ...]
    doubt: str = ""
    local: Distribution | None = None
    installed: Distribution | None = None
    since: Release | None = None
    dropped: bool = False
    stray: EditableModule | None = None

    def merged(self, other: Wanted) -> Wanted:
        """Return both in one; what is certain of one module is certain of the distribution."""
        modules = tuple(dict.fromkeys((*self.modules, *other.modules)))
        surer = other if self.doubt and not other.doubt else self
        return msgspec.structs.replace(surer, modules=modules)


Judgement = Wanted | Distribution | str | None
"""``None``: nothing of outside, or nothing that the checkout has, either. A distribution: that one brings it,
though its files are not listed. A text: nobody can tell, and why."""


class Outside:
    """What the two sides know about distributions."""

    def __init__(
        self, container: Snapshot, view: ContainerView, local: LocalView, placement: Placement
    ) -> None:
        self.container = container
        self.view = view
        self.local = local
        self.placement = placement
        self.actual = container.origin.kind != "predicted"
        self.installed = view.environment.distributions
        self._judged: dict[tuple[str, NotFound | Doubtful], Judgement] = {}

    @cached_property
    def open(self) -> str:
        """Why there may be distributions that nobody listed; ``""`` if all are listed."""
        part = None if self.actual else open_part(self.container, self.view)
        if part is not None:
            return part.reason
        told = self.view.start.resolved or self._is_first_on_path()
        return "" if self.actual or told else self._other_environment()

    def _is_first_on_path(self) -> bool:
        """Tell whether the image itself puts the environment that is judged before all others."""
        config, interpreter = self.container.config, self.view.environment.interpreter
        first, _, _ = ((config.env.get("PATH") if config else "") or DEFAULT_PATH).partition(":")
        usual = first in DEFAULT_PATH.split(":")
        return interpreter is not None and not usual and posixpath.dirname(interpreter.executable) == first

    def _other_environment(self) -> str:
        """Name an environment beside the one that is judged: what is started is not known, and may use it."""
        sites = {each.path.lstrip("/") for each in self.view.environment.sys_path}
        for path in self.container.tree.paths():
            site, _, file = path.rpartition("/")[0].rpartition("/")
            listed = path.endswith(".dist-info/METADATA") and not _SEEDED.match(file)
            # Others than site directories hold what a distribution carries along for itself.
            if listed and site not in sites and site.endswith(("/site-packages", "/dist-packages")):
                return f"what is started is not known, and may use /{site}"
        return ""

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The distributions that some dependency file or lock of the checkout names, normalised."""
        declarations = self.local.declarations()
        locked = (each.name for lock in declarations.locks for each in lock.packages)
        return frozenset((*declarations.by_name, *locked))

    @cached_property
    def _own_names(self) -> frozenset[str]:
        """The names that some directory or module of the checkout or of the container's application has."""
        names: set[str] = set()
        for path in (*self.local.modules, *self.container.application_modules):
            *folders, file = path.split("/")
            names.update(folders)
            names.add(file.partition(".")[0])
        return frozenset(names)

    def judge(self, name: str, miss: NotFound | Doubtful) -> Judgement:
        """Say what the import of ``name`` wants, which failed or may fail."""
        if (name, miss) not in self._judged:
            self._judged[name, miss] = self._judge(name, miss)
        return self._judged[name, miss]

    def _judge(self, name: str, miss: NotFound | Doubtful) -> Judgement:
        provider = self.local.provider(name)
        there = self._namesake(provider)
        if there is not None and not there.modules:
            return there
        if isinstance(miss, Doubtful) or self.view.environment.interpreter is None:
            return self._unsure(name, miss)
        top = name.partition(".")[0]
        release = self.release()
        since = gone_since(name, release) if release else None
        newer = comes_with(name) if release else None
        if since is not None or (newer is not None and release is not None and newer > release):
            return self._standard(top, since or newer, since is not None)
        if top in sys.stdlib_module_names or any(top in names for names in REMOVED.values()):
            return None  # of another platform
        above = self.view.finder.find(miss.parent) if miss.parent else None
        if isinstance(above, Found) and not (above.kind == "namespace" and owned_part(name) != top):
            return self._incomplete(name, miss, above)
        declared = provider is not None or not self._mentioned.isdisjoint(likely_providers(name).names)
        if top in self._own_names and not declared:
            return f"the checkout has a {top} of its own"
        for each in self.installed:
            match brings(each, name):
                case "yes" if self.actual:
                    return Wanted(each.name, (name,), local=provider, installed=each)
                case "yes":
                    return each
                case "maybe":
                    return f"{each.name} may bring it"
        return self._absent(name, provider)

    def _namesake(self, provider: Distribution | None) -> Distribution | None:
        """Return the container's distribution of the same name as a local one."""
        name = canonicalize_name(provider.name) if provider is not None else None
        return next((each for each in self.installed if canonicalize_name(each.name) == name), None)

    @cached_property
    def _releases(self) -> tuple[Distribution, ...]:
        """The distributions that are installed by name, wherever they lie, and whose files are not listed.

        What they hold is not known, and the interpreter may not be, either.
        """
        tree = self.container.tree
        found = []
        for path in () if self.actual else tree.paths():
            folder, _, file = path.rpartition("/")
            name, _, version = posixpath.basename(folder.removesuffix(".dist-info")).rpartition("-")
            if file == "METADATA" and folder.endswith(".dist-info"):
                told = any(f"{folder}/{each}" in tree for each in ("RECORD", "direct_url.json"))
                found += [] if told else [Distribution(name, version, posixpath.dirname(folder))]
        return tuple(found)

    def published(self, name: str) -> Distribution | None:
        """Return the release that may bring ``name`` in the checkout's place.

        It is one of the checkout's own projects, or one that is called like the module, or like the part
        of a namespace package that the module belongs to.
        """
        projects = self.local.declarations().projects
        called = called_like(name, self.local.is_namespace)
        for each in self._releases:
            own = canonicalize_name(each.name)
            if own in called or (own in projects and brings(each, name) in ("yes", "maybe")):
                return each
        return None

    def _unsure(self, name: str, miss: NotFound | Doubtful) -> Wanted | str | None:
        """Nobody knows whether it is there: only names that are well known, or declared, are worth a word."""
        provider = self.local.provider(name)
        top = name.partition(".")[0]
        reason = (
            miss.unknown.reason if isinstance(miss, Doubtful) else "the container's interpreter is not known"
        )
        outside = top not in self._own_names and top not in sys.stdlib_module_names
        if miss.missing not in (top, owned_part(name)) or not outside:
            return reason
        if any(brings(each, name) in ("yes", "maybe") for each in self.installed):
            return reason
        names = likely_providers(name)
        sure = names.certainty == "table" or not self._mentioned.isdisjoint(names.names)
        wanted = self._absent(name, provider) if sure else None
        return msgspec.structs.replace(wanted, doubt=reason) if wanted is not None else reason

    def owner(self, name: str) -> Distribution | None:
        """Return the container's distribution that brings the module ``name``, if that is known."""
        known = self._owners
        while name and name not in known:
            name = name.rpartition(".")[0]
        return known.get(name)

    @cached_property
    def _owners(self) -> dict[str, Distribution]:
        owners: dict[str, Distribution] = {}
        for each in self.installed:
            for module in each.modules:
                owners.setdefault(module, each)
        return owners

    def release(self) -> Release | None:
        """Return the release of the container's Python, if it is known."""
        numbers = self.view.facts.get("sys.version_info")
        if not isinstance(numbers, tuple) or len(numbers) < 2:
            return None
        return int(numbers[0]), int(numbers[1])

    def _standard(self, top: str, since: Release | None, dropped: bool) -> Wanted | None:
        names = {canonicalize_name(each.name) for each in self.installed}
        if top == "distutils" and "setuptools" in names:
            return None  # setuptools puts its own copy in its place
        if any(brings(each, top) in ("yes", "maybe") for each in self.installed):
            return None
        return Wanted(top, (top,), self.open if dropped else "", since=since, dropped=dropped)

    def _incomplete(self, name: str, miss: NotFound, above: Found) -> Wanted | None:
        """A package is there without the module that is wanted of it."""
        own = above.path in self.placement.local_of or above.path in self._application
        if own or not above.path or above.kind == "namespace":
            return None
        owner = next((each for each in self.installed if brings(each, above.name) == "yes"), None)
        if owner is None or not (self.actual or self._is_listed(above)):
            return None
        if not self.actual and miss.reason != "absent" and miss.reason != "no-name":
            return None  # which of a release's wheels fits is the installer's to say
        local = self.local.provider(name)
        parity = local is None or local.version == owner.version
        if parity and self.local.environment.interpreter is not None:
            return None
        if miss.reason == "no-name" and not self._membership.lacks(above.name, name.rpartition(".")[2]):
            return None
        # Where not all is listed, another release than this one may be chosen for what is not.
        return Wanted(owner.name, (miss.missing,), self.open, local=local, installed=owner)

    @cached_property
    def _membership(self) -> Membership:
        return Membership(self.container, self.view.finder, wholly=self.actual)

    @cached_property
    def _application(self) -> frozenset[str]:
        return frozenset(self.container.application_modules)

    def _is_listed(self, above: Found) -> bool:
        """Tell whether a predicted package came with its files, not only with what makes it importable."""
        if above.kind == "source":
            return self.view.finder.modules.get(above.path) is not None
        names = {stem for portion in above.portions for stem in self.view.finder.stems(portion)}
        return bool(names - {"__init__", "__pycache__"})

    def _absent(self, name: str, provider: Distribution | None) -> Wanted | None:
        part = owned_part(name)
        stray = find_stray(name, provider, self.local)
        if stray is not None:
            return Wanted(stray.name, (stray.name,), self.open, stray=stray)
        if provider is not None:
            there = self._namesake(provider)
            return Wanted(provider.name, (part,), self.open, local=provider, installed=there)
        if self.local.environment.interpreter is not None:
            return None  # parity: it is missing on both sides
        provision = likely_providers(name)
        if not provision.names:
            return None
        for each in self.installed:
            if each.modules and each.version and canonicalize_name(each.name) in provision.names:
                return Wanted(each.name, (part,), self.open, installed=each)  # its release is another
        listed = {canonicalize_name(each.name) for each in self.installed if each.modules}
        others = sorted(self._mentioned - listed)
        known = [each for each in provision.names if each in self._mentioned] or [
            each for each in others if brings(Distribution(each, "", ""), name) == "maybe"
        ]
        doubt = self.open
        if not (doubt or known or self.actual or provision.certainty == "table"):
            vague = [each.name for each in self.installed if brings(each, name) == "unlikely"]
            count = "another distribution" if len(vague) == 1 else f"one of {len(vague)} other distributions"
            doubt = f"{count} may bring a module of that name" if vague else ""
        return Wanted((known or provision.names)[0], (part,), doubt)
