"""Compose files -> the one service that is asked for: variables, ``extends``, several files merged.

Sources: Compose specification, "Merge", "Extend", "Interpolation", "Profiles"; compose-go
``override/merge.go`` (what replaces, what is merged by name or target), ``loader/extends.go`` (paths of an
extended file are relative to that file), ``types/project.go`` (profiles).
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable, Iterator, Mapping

import msgspec

from paritycheck.errors import SourceError, UsageError
from paritycheck.model.secrecy import may_keep_value
from paritycheck.parse.composeservice import Build, ComposeFile, Service, type_service
from paritycheck.parse.interpolation import Told, interpolate, read_env_file
from paritycheck.parse.yamlvalues import Map, Scalar, Sequence, Value, read_yaml

# Where a variable without a value changes what is judged.
SETTINGS = frozenset(
    {"build", "command", "entrypoint", "working_dir", "user", "env_file", "volumes", "tmpfs", "extends"}
)
Read = Callable[[str], str | None]


def read_service(
    files: tuple[str, ...], name: str, read: Read, variables: Mapping[str, str], root: str
) -> Service:
    """Return the service ``name`` (``""``: the only one that is built) of ``files``, later ones on top.

    All paths are below the checkout ``root`` (absolute on this machine), from where ``read`` reads; relative
    paths in the files are seen from the first one's directory, where ``.env`` gives values that
    ``variables`` do not. In the result every variable of the container is in ``environment``, with its value
    only if that is no secret, else ``None``. Raises UsageError if there is no such service or nobody can
    tell which, SourceError for a file that cannot be read.
    """
    directory = posixpath.dirname(files[0])
    dotenv = read_env_file(read(posixpath.join(directory, ".env")) or "", variables)
    known = {**{key: value for key, value in dotenv.items() if value is not None}, **variables}
    project = _Project(read, known, root)
    for path in files:
        project.open(path, directory)
    chosen = name or _choose(project, files)
    if chosen not in project.names(files):
        raise UsageError(
            f"{files[0]} has no service {chosen}", f"name one of {', '.join(sorted(project.names(files)))}"
        )
    return project.finished(project.merged(files, chosen))


def _choose(project: _Project, files: tuple[str, ...]) -> str:
    wanted = project.variables.get("COMPOSE_PROFILES", "").split(",")
    built, enabled = [], []
    for name in sorted(project.names(files)):
        service = None
        # What is wrong with another service is nobody's concern here.
        with contextlib.suppress(SourceError, UsageError):
            service = project.merged(files, name)
        if service is None or not service.profiles or "*" in wanted or set(service.profiles) & set(wanted):
            enabled.append(name)
            if service is None or service.build is not None:
                built.append(name)
    found = built or enabled
    if len(found) == 1:
        return found[0]
    what = "several services that are built" if built else "several services" if enabled else "no service"
    raise UsageError(
        f"{files[0]} has {what}{': ' if found else ''}{', '.join(found)}", "name one with --service"
    )


class _Project:
    """The files that were opened, and what was said about variables on the way."""

    def __init__(self, read: Read, variables: Mapping[str, str], root: str) -> None:
        self.read = read
        self.variables = variables
        self.root = root.rstrip("/")
        self.files: dict[str, tuple[ComposeFile, Map]] = {}

    def open(self, path: str, directory: str) -> None:
        """Read a file, once."""
        if path in self.files:
            return
        text = self.read(path)
        if text is None:
            raise SourceError(f"{path} cannot be read", "name the compose file with -c")
        top = read_yaml(text, path)
        services = top.items.get("services") if isinstance(top, Map) else None
        if not isinstance(services, Map) and not (isinstance(services, Scalar) and services.text is None):
            raise SourceError(f"{path} has no services", "name a compose file with a `services:` section")
        file = ComposeFile(path, directory, self.root, tuple(text.splitlines()))
        self.files[path] = file, services if isinstance(services, Map) else Map({})

    def names(self, files: tuple[str, ...]) -> frozenset[str]:
        """Return the names of all services."""
        return frozenset(name for path in files for name in self.files[path][1].items)

    def merged(self, files: tuple[str, ...], name: str) -> Service:
        """Return the service ``name`` as the files together have it."""
        found: Service | None = None
        for path in files:
            if name in self.files[path][1].items:
                service = self._service(path, name, ())
                found = service if found is None else merge_services(found, service)
        if found is None:
            raise UsageError(f"{files[0]} has no service {name}", "check the name")
        return found

    def _service(self, path: str, name: str, seen: tuple[tuple[str, str], ...]) -> Service:
        file, services = self.files[path]
        raw = services.items.get(name)
        if not isinstance(raw, Map):
            raise SourceError(f"{path}: there is no service {name}", "check the name that `extends` gives")
        unset: dict[str, str] = {}
        service = type_service(name, _with_values(raw, self.variables, unset), file)
        service = msgspec.structs.replace(service, remarks=(*service.remarks, *_remarks(unset, path)))
        extends = raw.items.get("extends")
        if extends is None:
            return service
        if (path, name) in seen:
            raise SourceError(f"{path}:{extends.line}: service {name} extends itself", "break the circle")
        extends = _replaced(extends, self.variables, lambda _name, _message: None)
        base = self._extended(extends, file, (*seen, (path, name)))
        return merge_services(base, service)

    def _extended(self, extends: Value, file: ComposeFile, seen: tuple[tuple[str, str], ...]) -> Service:
        says = extends.items if isinstance(extends, Map) else {"service": extends}
        written = says.get("file", Scalar(None))
        other = file.path
        if isinstance(written, Scalar) and written.text:
            below = file.below(written.text)
            if below is None:
                raise UsageError(
                    f"{file.path}:{extends.line}: {written.text} lies outside of the checkout",
                    "paritycheck reads compose files of one checkout",
                )
            other = below
            self.open(other, posixpath.dirname(other))
        name = says.get("service")
        return self._service(other, (name.text if isinstance(name, Scalar) else None) or "", seen)

    def finished(self, service: Service) -> Service:
        """Return the service with its variables from everywhere, values only where they are no secret."""
        remarks = list(service.remarks)
        environment: dict[str, str | None] = {}
        for path in service.env_files:
            text = self.read(path)
            if text is None:
                remarks.append(f"{path} is not at hand: the variables in it are not known")
            environment.update(read_env_file(text or "", self.variables))
        environment.update({name: self._value(name, value) for name, value in service.environment.items()})
        kept = {name: value if may_keep_value(name) else None for name, value in environment.items()}
        outside = {name for name, value in service.environment.items() if value is None}
        build = service.build
        if build is not None:
            args = {name: self._value(name, value) for name, value in build.args.items()}
            build = msgspec.structs.replace(
                build,
                file=self._containerfile(build),
                args={name: value for name, value in args.items() if value is not None},
            )
            remarks += [
                f"the build context {each} of service {service.name} is not followed"
                for each in build.contexts
            ]
        return msgspec.structs.replace(
            service,
            build=build,
            environment={n: v for n, v in kept.items() if n not in outside or n in self.variables},
            remarks=tuple(dict.fromkeys(remarks)),
        )

    def _containerfile(self, build: Build) -> str | None:
        """``dockerfile`` is seen from the context, wherever either was said."""
        if build.file is None:
            return None
        found = ComposeFile("", build.context or "", self.root, ()).below(build.file)
        if found is None:
            raise UsageError(
                f"{build.location}: {build.file} is not in this checkout", "name a file that lies in it"
            )
        return found

    def _value(self, name: str, value: str | None) -> str | None:
        return self.variables.get(name) if value is None else value


def merge_services(base: Service, over: Service) -> Service:
    """Return ``base`` with ``over`` on top: single values replace, the rest is merged by name."""

    def below(field: str) -> bool:
        return field not in over.replaced

    fields = ("image", "command", "entrypoint", "working_dir", "user", "platform", "healthcheck_off")
    single = {}
    for field in fields:
        value = getattr(over, field)
        single[field] = getattr(base, field) if value is None and below(field) else value
    mounted = {volume.target: volume for volume in base.volumes} if below("volumes") else {}
    mounted.update({volume.target: volume for volume in over.volumes})
    return msgspec.structs.replace(
        over,
        **single,
        build=_merge_builds(base.build, over.build) if below("build") else over.build,
        environment={**(base.environment if below("environment") else {}), **over.environment},
        env_files=tuple(dict.fromkeys((*(base.env_files if below("env_file") else ()), *over.env_files))),
        volumes=tuple(mounted.values()),
        profiles=over.profiles or base.profiles,
        lines={**base.lines, **over.lines},
        remarks=(*base.remarks, *over.remarks),
    )


def _merge_builds(base: Build | None, over: Build | None) -> Build | None:
    if base is None or over is None:
        return over or base
    fields = {
        field: getattr(base, field) if getattr(over, field) is None else getattr(over, field)
        for field in ("context", "file", "target", "inline")
    }
    contexts = tuple(dict.fromkeys((*base.contexts, *over.contexts)))
    return msgspec.structs.replace(over, **fields, args={**base.args, **over.args}, contexts=contexts)


def _replaced(value: Value, variables: Mapping[str, str], tell: Told) -> Value:
    if isinstance(value, Scalar):
        text = value.text
        if text is None or "$" not in text:
            return value
        return msgspec.structs.replace(value, text=interpolate(text, variables, tell))
    if isinstance(value, Sequence):
        items = tuple(_replaced(each, variables, tell) for each in value.items)
        return msgspec.structs.replace(value, items=items)
    pairs = {key: _replaced(each, variables, tell) for key, each in value.items.items()}
    return msgspec.structs.replace(value, items=pairs)


def _with_values(raw: Map, variables: Mapping[str, str], unset: dict[str, str]) -> Map:
    """Replace the variables in what is read; ``unset`` gets those that matter and have no value."""

    def tell(name: str, message: str) -> None:
        unset.setdefault(name, message)

    def keep_quiet(_name: str, _message: str) -> None:
        pass

    items = {
        key: _replaced(value, variables, tell if key in SETTINGS else keep_quiet)
        for key, value in raw.items.items()
    }
    return Map(items, raw.line, raw.tag)


def _remarks(unset: Mapping[str, str], path: str) -> Iterator[str]:
    names = {
        "not set: taken as empty, as compose does": [name for name, message in unset.items() if not message],
        "not set, where compose would stop: taken as empty": [name for name, text in unset.items() if text],
    }
    for what, found in names.items():
        if found:
            yield f"{path}: {', '.join(sorted(found))} {'is' if len(found) == 1 else 'are'} {what}"
