"""What one instruction asks for once its words are expanded.

Source: ``dispatch`` in BuildKit's ``dockerfile2llb/convert.go`` and in dockerd's
``builder/dockerfile/evaluator.go``, ``Resolve`` in openshift/imagebuilder's ``evaluator.go``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.location import Location
from paritycheck.parse.build.checking import KEYWORDS, check_instruction
from paritycheck.parse.build.dialect import dialect_of
from paritycheck.parse.build.flags import known_flags
from paritycheck.parse.build.heredocs import parse_mark
from paritycheck.parse.build.instruction import Instruction
from paritycheck.parse.build.words import expand_heredoc, expand_to_words
from paritycheck.predict.building.scope import Globals, Scope
from paritycheck.predict.building.settings import SETTERS, Settings, apply_setting, set_labels
from paritycheck.predict.copying.request import CopyRequest

_NAMES = re.compile(r"\$\{?(\w+)")
# These words are expanded; a command's are left to the shell that will run it.
_EXPANDED = frozenset({"STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})


class NotAnalysed(msgspec.Struct, frozen=True):
    """Something about an instruction that this program does not know.

    ``presumed``: it went on with the likeliest; otherwise what the instruction does is unknown.
    """

    message: str
    location: Location
    presumed: bool = False


class Step(msgspec.Struct, frozen=True):
    """An instruction and what it finds: ``env``, ``workdir``, ``user`` and ``shell`` at that point.

    ``copies`` are what COPY or ADD asks for, one after the other, ``source`` the value of
    ``--from`` as the engine reads it, ``problem`` what about it was not understood.
    """

    instruction: Instruction
    env: Mapping[str, str]
    workdir: str
    user: str
    shell: tuple[str, ...]
    copies: tuple[CopyRequest, ...] = ()
    source: str | None = None
    problem: NotAnalysed | None = None


class Resolver:
    """Expands the instructions of one stage in order; ``scope`` and ``settings`` move along."""

    def __init__(self, shared: Globals, scope: Scope, settings: Settings, lenient: bool) -> None:
        self.shared = shared
        self.scope = scope
        self.settings = settings
        self._lenient = lenient

    def resolve(self, instruction: Instruction) -> Step:
        """Return what ``instruction`` asks for; refusals carry its line."""
        try:
            return self._resolve(instruction)
        except BuildRefused as error:
            if error.line:
                raise
            where = instruction.location
            raise BuildRefused(error.reason, where.path, where.line, error.hint) from None

    def _resolve(self, instruction: Instruction) -> Step:
        engine = self.shared.engine
        if engine.name == "podman":
            check_instruction(instruction, engine, self._lenient)
        problem = self._unknown_part(instruction) or self._unknown_place(instruction)
        copies: tuple[CopyRequest, ...] = ()
        source = None
        seen = self.scope.lookup()
        keyword = instruction.keyword
        if problem is not None and not problem.presumed:
            pass
        elif keyword in ("ENV", "LABEL"):
            self._apply_pairs(instruction, seen)
        elif keyword == "RUN" and engine.name == "docker" and instruction.flags:
            raise BuildRefused(f"the --{instruction.flags[0].name} option requires BuildKit")
        elif keyword == "ARG":
            self.scope.declare(instruction.pairs)
        elif keyword == "ONBUILD":
            self._leave_trigger(instruction)
        elif keyword in ("ADD", "COPY"):
            options = _Options(instruction, self.shared, self.scope)
            source = options.source
            copies = self._copies(instruction, options, seen)
        elif keyword in SETTERS:
            problem = self._set(instruction, seen) or problem
        return Step(
            instruction=instruction,
            env=dict(self.scope.lookup()),  # as it is here: later instructions change it
            workdir=self.settings.workdir,
            user=self.settings.user,
            shell=self.settings.shell,
            copies=copies,
            source=source,
            problem=problem,
        )

    def _set(self, instruction: Instruction, seen: Mapping[str, str]) -> NotAnalysed | None:
        """Apply a setting; a value that only the base image could make valid is not known, not refused."""
        words = self._words(instruction, seen)
        try:
            self.settings = apply_setting(self.settings, instruction, words, self.shared.engine)
        except BuildRefused:
            names = (name for word in instruction.words for name in _NAMES.findall(word))
            unset = next((name for name in names if name not in seen), "")
            if self.settings.env_known or not unset:
                raise
            message = f"the base image is not at hand: what it sets {unset} to is not known"
            return NotAnalysed(message, instruction.location)
        return None

    def _unknown_part(self, instruction: Instruction) -> NotAnalysed | None:
        keyword = instruction.keyword
        if keyword not in KEYWORDS:
            return NotAnalysed(f"the instruction {keyword} is not known", instruction.location)
        if keyword not in ("ADD", "COPY", "RUN"):
            return None
        known = known_flags(keyword, self.shared.engine)
        strange = [flag.name for flag in instruction.flags if flag.name not in known]
        if not strange:
            return None
        return NotAnalysed(f"the flag --{strange[0]} of {keyword} is not known", instruction.location)

    def _unknown_place(self, instruction: Instruction) -> NotAnalysed | None:
        """Tell if where this instruction works depends on what the base image keeps to itself."""
        if instruction.keyword not in ("ADD", "COPY", "WORKDIR"):
            return None
        texts = (*instruction.words, *(flag.value or "" for flag in instruction.flags))
        missing = self._withheld(texts)
        if missing:
            return NotAnalysed(
                f"the value of {missing}, which the base image sets, was not kept", instruction.location
            )
        relative = not instruction.words[-1].startswith(("/", "$", '"', "'"))
        if self.settings.workdir_known or not relative:
            return None
        return NotAnalysed(
            "the base image is not at hand: its working directory is taken for /",
            instruction.location,
            presumed=True,
        )

    def _withheld(self, texts: Iterable[str]) -> str:
        names = (name for text in texts for name in _NAMES.findall(text))
        return next((name for name in names if name in self.settings.withheld), "")

    def _words(self, instruction: Instruction, env: Mapping[str, str]) -> tuple[str, ...]:
        if instruction.keyword == "EXPOSE":
            shared = self.shared
            # BuildKit and the classic builder sort the ports first.
            words = instruction.words if shared.engine.name == "podman" else sorted(instruction.words)
            return tuple(
                port for word in words for port in expand_to_words(word, env, shared.engine, shared.escape)
            )
        if instruction.keyword not in _EXPANDED:
            return instruction.words
        return tuple(self.shared.expand(word, env) for word in instruction.words)

    def _apply_pairs(self, instruction: Instruction, env: Mapping[str, str]) -> None:
        expand = self.shared.expand
        pairs = [(expand(name, env), expand(value or "", env)) for name, value in instruction.pairs]
        if instruction.keyword == "ENV":
            if self.shared.engine.name == "docker" and any(not name for name, _ in pairs):
                raise BuildRefused("invalid environment variable: it has no name")
            self.scope.set_env(pairs)
            withheld = set(self.settings.withheld)
            for (name, _), (_, written) in zip(pairs, instruction.pairs, strict=True):
                (withheld.add if self._withheld((written or "",)) else withheld.discard)(name)
            self.settings = msgspec.structs.replace(
                self.settings, env=dict(self.scope.env), withheld=frozenset(withheld)
            )
        else:
            self.settings = set_labels(self.settings, tuple(pairs))

    def _leave_trigger(self, instruction: Instruction) -> None:
        text = trigger_text(instruction, self.shared.engine.name != "podman")
        self.settings = msgspec.structs.replace(self.settings, onbuild=(*self.settings.onbuild, text))

    def _copies(
        self, instruction: Instruction, options: _Options, env: Mapping[str, str]
    ) -> tuple[CopyRequest, ...]:
        sources, heredocs, destination = self._sources(instruction, env)
        request = CopyRequest(
            keyword="ADD" if instruction.keyword == "ADD" else "COPY",
            sources=sources,
            destination=destination,
            workdir=self.settings.workdir or "/",
            heredocs=heredocs,
            chown=options.text("chown") or None,
            chmod=options.text("chmod") or None,
            link=options.flag("link") or False,
            parents=options.flag("parents") or False,
            exclude=options.repeated("exclude"),
            unpack=options.flag("unpack"),
            keep_git_dir=options.flag("keep-git-dir") or False,
            checksum=options.text("checksum") or "",
            location=instruction.location,
        )
        if self.shared.engine.name == "podman" and heredocs and sources:
            # Buildah copies the heredocs first, then the rest as a COPY of its own.
            replace = msgspec.structs.replace
            return replace(request, sources=()), replace(request, heredocs=())
        return (request,)

    def _sources(
        self, instruction: Instruction, env: Mapping[str, str]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, bytes], ...], str]:
        expand, engine = self.shared.expand, self.shared.engine
        *written, destination = instruction.words
        bodies = {heredoc.name: heredoc for heredoc in instruction.heredocs}
        if engine.name == "podman":
            sources = [expand(word, env) for word in written]
            if instruction.heredocs:
                regular = [word for word in sources if not word.startswith("<<")]
                sources = regular if len(sources) > len(instruction.heredocs) else []
            names = [heredoc.name for heredoc in instruction.heredocs]
        else:
            marks = [parse_mark(word, dialect_of(engine)) for word in written]
            if instruction.form == "exec" and engine.name == "docker":
                marks = [None] * len(written)
            sources = [expand(word, env) for word, mark in zip(written, marks, strict=True) if mark is None]
            names = [mark.name for mark in marks if mark is not None]
        if engine.name == "docker":
            # Its parser reads heredocs from version 23 on, its COPY forgets them.
            names = []
        heredocs = []
        for name in names:
            found = bodies.get(name)
            body = "" if found is None else found.body
            if found is not None and found.expand:
                body = expand_heredoc(body, env, engine)
            shown = posixpath.basename(name) if engine.name == "podman" else name
            heredocs.append((shown, body.encode("utf-8", "surrogateescape")))
        return tuple(sources), tuple(heredocs), expand(destination, env)


def trigger_text(instruction: Instruction, with_bodies: bool) -> str:
    """Return what ONBUILD leaves in the image; Buildah leaves the bodies of heredocs out."""
    text = instruction.location.text[len("ONBUILD") :].lstrip()
    if not with_bodies:
        return text
    return text + "".join(f"\n{heredoc.body}{heredoc.name}" for heredoc in instruction.heredocs)


class _Options:
    """The flags of COPY or ADD, expanded where this engine expands them."""

    def __init__(self, instruction: Instruction, shared: Globals, scope: Scope) -> None:
        self._engine = shared.engine.name
        seen = scope.lookup()
        self._values: dict[str, list[str | None]] = {}
        for flag in instruction.flags:
            value = flag.value
            if value is not None:
                if self._engine == "podman":
                    value = shared.expand(f"--{flag.name}={value}", seen)[len(flag.name) + 3 :]
                elif flag.name in ("chown", "chmod", "checksum"):
                    value = shared.expand(value, seen)
            self._values.setdefault(flag.name, []).append(value)
        self.source = self.text("from")
        raw = [flag.value or "" for flag in instruction.flags if flag.name == "from"]
        if self._engine == "podman" and raw:
            self._check_podman_source(raw[-1], shared, scope)

    def _check_podman_source(self, raw: str, shared: Globals, scope: Scope) -> None:
        if "=" in raw:
            raise BuildRefused(f'COPY: invalid --from flag "--from={raw}", should be --from=<name|stage>')
        # Buildah looks the source up with the arguments alone before it takes ENV into account.
        if not shared.expand(raw, scope.arguments()):
            raise BuildRefused(f"COPY --from={raw}: no stage or image found with that name")

    def text(self, name: str) -> str | None:
        values = self._values.get(name)
        return None if values is None else values[-1]

    def repeated(self, name: str) -> tuple[str, ...]:
        if self._engine == "docker":
            return ()
        return tuple(value for value in self._values.get(name, ()) if value is not None)

    def flag(self, name: str) -> bool | None:
        if self._engine == "docker" or name not in self._values:
            return None
        value = self._values[name][-1]
        return value is None or value.lower() == "true"
