"""The effective build context weighed: what goes along, what stays, what looks like a mistake."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable

from paritycheck.model.contextreport import Alarming, ContextReport, DeadLine, LeftOut, Weight
from paritycheck.model.location import Location
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.ignorefile import IgnorePattern
from paritycheck.predict.context.effective import Context

LARGEST = 10
HUGE = 100 << 20  # bytes of one file

# Names that hold credentials by the conventions of the programs that write them.
SECRET_NAMES = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pgpass", ".pypirc", ".npmrc", ".htpasswd"),
    *("credentials.json", "service-account*.json", "secrets.y*ml", "secrets.json", "secrets.toml", "*.kdbx"),
)
NO_SECRETS = ("*.example", "*.sample", "*.template", "*.dist", "*.pub", "cacert.pem")
_SECRET, _NO_SECRET = (
    re.compile("|".join(map(fnmatch.translate, names))) for names in (SECRET_NAMES, NO_SECRETS)
)
NOT_FOR_IMAGES = {
    ".git": "the whole history of the repository",
    "node_modules": "installed packages of this machine",
    "__pycache__": "byte code of this machine's interpreter",
    ".mypy_cache": "a cache of this machine",
    ".pytest_cache": "a cache of this machine",
    ".ruff_cache": "a cache of this machine",
    ".tox": "virtual environments of this machine",
    ".nox": "virtual environments of this machine",
}


def weigh_context(context: Context, engine: str, root: str) -> ContextReport:
    """Return the report on a context; ``root`` is its path for the reader."""
    effective = context.effective
    ignorefile = context.ignore.path if context.ignore else ""
    return ContextReport(
        schema_version="1.0",
        engine=engine,
        context=root or ".",
        ignorefile=ignorefile,
        total=_total(effective),
        included=_by_top(effective),
        largest=_largest(effective),
        excluded=_left_out(context),
        alarming=_alarming(effective),
        dead_lines=tuple(_dead(pattern, ignorefile) for pattern in context.dead_lines()),
    )


def _total(tree: FileTree) -> Weight:
    files = [entry for entry in tree if entry.kind == "file"]
    return Weight("", len(files), sum(entry.size for entry in files))


def _by_top(tree: FileTree) -> tuple[Weight, ...]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for entry in tree:
        if entry.kind == "file":
            weight = found[entry.path.partition("/")[0]]
            weight[0] += 1
            weight[1] += entry.size
    return _heaviest(Weight(path, files, size) for path, (files, size) in found.items())


def _largest(tree: FileTree) -> tuple[Weight, ...]:
    return _heaviest(Weight(entry.path, 1, entry.size) for entry in tree if entry.kind == "file")[:LARGEST]


def _heaviest(weights: Iterable[Weight]) -> tuple[Weight, ...]:
    return tuple(sorted(weights, key=lambda weight: (-weight.bytes, -weight.files, weight.path)))


def _left_out(context: Context) -> tuple[LeftOut, ...]:
    """Weigh each excluded path in one pass over the tree: the nearest excluded path above a file has it."""
    lines = {excluded.path: excluded.location for excluded in context.excluded}
    weights: dict[str, list[int]] = {path: [0, 0] for path in lines}
    owner: dict[str, str] = {}  # directory -> the excluded path it belongs to
    for entry in context.source:
        path = entry.path
        mine = path if path in lines else owner.get(path.rpartition("/")[0], "")
        if not mine:
            continue
        if entry.kind == "dir":
            owner[path] = mine
        elif entry.kind == "file":
            weights[mine][0] += 1
            weights[mine][1] += entry.size
    found = (LeftOut(path, weights[path][0], weights[path][1], location) for path, location in lines.items())
    return tuple(sorted(found, key=lambda out: (-out.bytes, -out.files, out.path)))


def _alarming(tree: FileTree) -> tuple[Alarming, ...]:
    found: dict[str, Alarming] = {}
    for entry in tree:
        name = entry.path.rpartition("/")[2]
        if entry.kind == "dir" and (name in NOT_FOR_IMAGES or f"{entry.path}/pyvenv.cfg" in tree):
            inside = any(above in found for above in _parents(entry.path))
            reason = NOT_FOR_IMAGES.get(name, "a virtual environment of this machine")
            if not inside:
                size = sum(below.size for below in tree.below(entry.path))
                found[entry.path] = Alarming(entry.path, size, reason)
        elif entry.kind == "file" and _is_secret(name):
            found[entry.path] = Alarming(entry.path, entry.size, "a name that usually holds credentials")
        elif entry.kind == "file" and entry.size >= HUGE:
            found[entry.path] = Alarming(entry.path, entry.size, f"larger than {HUGE >> 20} MiB")
    return tuple(sorted(found.values(), key=lambda alarm: (-alarm.bytes, alarm.path)))


def _is_secret(name: str) -> bool:
    lower = name.lower()
    return _SECRET.match(lower) is not None and _NO_SECRET.match(lower) is None


def _parents(path: str) -> Iterable[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _dead(pattern: IgnorePattern, ignorefile: str) -> DeadLine:
    if pattern.negated:
        reason = (
            "lets nothing in: nothing before it keeps such a path out, or the directory above is not entered"
        )
    elif " #" in pattern.text:
        reason = "matches nothing: a comment is only one at the beginning of a line"
    elif "/" not in pattern.pattern:
        reason = "matches nothing: a name without a slash only counts at the top (write **/ before it)"
    else:
        reason = "matches nothing"
    return DeadLine(Location(ignorefile, pattern.line, pattern.text), reason)
