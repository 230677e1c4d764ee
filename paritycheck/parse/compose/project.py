"""The compose files of one project, opened as they are named: services extended, variables replaced.

Sources: Compose specification, "Extend", "Include", "Interpolation"; compose-go ``loader/extends.go`` (paths
of an extended file are relative to that file), ``loader/include.go`` (so are those of an included one),
``paths/resolve.go`` (a named volume may be a bind mount).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping

import msgspec

from paritycheck.errors import SourceError, UsageError
from paritycheck.model.secrecy import may_keep_value
from paritycheck.parse.compose.interpolation import Told, interpolate, read_env_file
from paritycheck.parse.compose.merge import merge_services
from paritycheck.parse.compose.service import Build, Service, type_service
from paritycheck.parse.compose.values import ComposeFile
from paritycheck.parse.compose.volumes import Volume
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Sequence, Value, read_yaml

# Where a variable without a value changes what is judged.
SETTINGS = frozenset(
    {"build", "command", "entrypoint", "working_dir", "user", "env_file", "volumes", "tmpfs", "extends"}
)
Read = Callable[[str], str | None]


class Project:
    """The files that were opened, and what was said about variables on the way."""

    def __init__(self, read: Read, variables: Mapping[str, str], root: str) -> None:
        self.read = read
        self.variables = variables
        self.root = root.rstrip("/")
        self.files: dict[str, tuple[ComposeFile, Map]] = {}
        self.bound: dict[str, tuple[ComposeFile, str]] = {}

    def open(self, path: str, directory: str) -> tuple[str, ...]:
        """Read a file, once, and those that it includes; returns them, the weakest first."""
        if path in self.files:
            return (path,)
        text = self.read(path)
        if text is None:
            raise SourceError(f"{path} cannot be read", "name the compose file with -c")
        top = read_yaml(text, path)
        parts = top.items if isinstance(top, Map) else {}
        services, include = parts.get("services"), parts.get("include")
        if not isinstance(services, Map) and not include and not _is_null(services):
            raise SourceError(f"{path} has no services", "name a compose file with a `services:` section")
        file = ComposeFile(path, directory, self.root, tuple(text.splitlines()))
        self.files[path] = file, services if isinstance(services, Map) else Map({})
        self._note_volumes(parts.get("volumes"), file)
        included = [name for each in _items(include) for name in self._include(each, file)]
        return (*included, path)

    def _include(self, value: Value, file: ComposeFile) -> Iterator[str]:
        value = _replaced(value, self.variables, lambda _name, _message: None)
        paths = value.items.get("path") if isinstance(value, Map) else value
        for each in _items(paths):
            below = file.below(each.text or "") if isinstance(each, Scalar) else None
            if below is None:
                raise UsageError(
                    f"{file.path}:{each.line}: it includes a file outside of the checkout",
                    "paritycheck reads compose files of one checkout",
                )
            yield from self.open(below, posixpath.dirname(below))

    def _note_volumes(self, volumes: Value | None, file: ComposeFile) -> None:
        """Named volumes of the local driver may be bind mounts by another name."""
        for name, volume in volumes.items.items() if isinstance(volumes, Map) else ():
            options = volume.items.get("driver_opts") if isinstance(volume, Map) else None
            if not isinstance(options, Map):
                continue
            flags, device = options.items.get("o"), options.items.get("device")
            is_bind = isinstance(flags, Scalar) and "bind" in (flags.text or "").split(",")
            if is_bind and isinstance(device, Scalar) and device.text:
                path = interpolate(device.text, self.variables, lambda _name, _message: None)
                self.bound[name] = file, path

    def names(self, files: tuple[str, ...]) -> frozenset[str]:
        """Return the names of all services."""
        found: dict[str, bool] = {}
        for path in files:
            for name, service in self.files[path][1].items.items():
                found[name] = service.tag != "!reset"
        return frozenset(name for name, stays in found.items() if stays)

    def merged(self, files: tuple[str, ...], name: str) -> Service:
        """Return the service ``name`` as the files together have it."""
        found: Service | None = None
        for path in files:
            if name in self.files[path][1].items:
                service = self._service(path, name, ())
                found = service if found is None else merge_services(found, service)
        if found is None:
            raise UsageError(f"{files[-1]} has no service {name}", "check the name")
        return found

    def _service(self, path: str, name: str, seen: tuple[tuple[str, str], ...]) -> Service:
        file, services = self.files[path]
        raw = services.items.get(name)
        if _is_null(raw):  # a service that only other files describe
            return Service(name, ComposeFile(path, "", "", ()).at(raw.line if raw else 0))
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
            volumes=tuple(self._bound(volume) for volume in service.volumes),
            remarks=tuple(dict.fromkeys(remarks)),
        )

    def _bound(self, volume: Volume) -> Volume:
        if volume.kind != "volume" or volume.name not in self.bound:
            return volume
        file, path = self.bound[volume.name]
        return msgspec.structs.replace(volume, kind="bind", source=file.below(path))

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


def _is_null(value: Value | None) -> bool:
    return isinstance(value, Scalar) and value.text is None


def _items(value: Value | None) -> tuple[Value, ...]:
    if value is None:
        return ()
    return value.items if isinstance(value, Sequence) else (value,)
