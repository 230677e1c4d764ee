"""Two descriptions of one service, the later on top: of several files, or of a service that is extended.

Sources: Compose specification, "Merge" (what replaces, what is merged by name or by target, ``!reset`` and
``!override``); compose-go ``override/merge.go``.
"""

from __future__ import annotations

import msgspec

from paritycheck.parse.compose.service import Build, Service


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
