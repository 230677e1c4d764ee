"""Which Containerfile and which ignore file an engine reads.

Sources: moby/buildkit frontend/dockerui/config.go ``ReadEntrypoint`` and ``dockerIgnorePatterns``;
docker/cli cli/command/image/build ``ReadDockerignore``; containers/buildah pkg/parse/parse.go
``ContainerIgnoreFile`` and podman's search for a Containerfile.
"""

from __future__ import annotations

from paritycheck.errors import BuildRefused, SourceError
from paritycheck.model.engine import Engine
from paritycheck.model.tree import MAX_LINKS, FileTree, join

_CONTAINERFILES = {
    "podman": ("Containerfile", "Dockerfile"),
    "buildkit": ("Dockerfile", "dockerfile"),
    "docker": ("Dockerfile", "dockerfile"),
}


def find_containerfile(tree: FileTree, context: str, engine: Engine) -> str | None:
    """Return the path of the file that ``engine`` builds when no ``-f`` is given, ``None`` if it finds none.

    All paths are relative to the root of ``tree``; ``context`` is the build context.
    """
    paths = (join(context, name) for name in _CONTAINERFILES[engine.name])
    return next((path for path in paths if _is_file(tree, path)), None)


def find_ignorefile(
    tree: FileTree,
    context: str,
    containerfile: str,
    engine: Engine,
    *,
    written: str = "",
    ignorefile: str | None = None,
) -> str | None:
    """Return the real path of the ignore file that ``engine`` reads, ``None`` if there is none.

    All paths are relative to the root of ``tree``. ``containerfile`` is the one that is built,
    ``written`` what stood after ``-f`` (``""`` for no ``-f``): Buildah looks for the ignore file of
    a relative one from the context, wherever the Containerfile itself was found. ``ignorefile`` is
    podman's ``--ignorefile``. Raises :class:`~paritycheck.errors.BuildRefused` where the engine cannot
    read what it finds, :class:`~paritycheck.errors.SourceError` where it would read a file that the
    tree does not hold.
    """
    if engine.name == "podman":
        return _find_for_buildah(tree, context, containerfile, written, ignorefile)
    if engine.name == "docker":
        return _find_for_docker(tree, join(context, ".dockerignore"))
    # The name is built from the file asked for, also when the lower-case one is what is there.
    asked = containerfile if written else join(context, "Dockerfile")
    for path, scope in ((f"{asked}.dockerignore", _parent(asked)), (join(context, ".dockerignore"), context)):
        real = _follow(tree, path, scope)
        if real is not None and not tree.is_dir(real):
            return real
    return None


def _find_for_buildah(
    tree: FileTree, context: str, containerfile: str, written: str, ignorefile: str | None
) -> str | None:
    if ignorefile is not None:
        return ignorefile
    asked = containerfile if not written or written.startswith("/") else join(context, written)
    for path in (f"{asked}.dockerignore", f"{asked}.containerignore"):
        real = _follow(tree, path, "")
        if real is not None:
            return _require_file(tree, real, path)
    for name in (".containerignore", ".dockerignore"):
        real = _follow(tree, join(context, name), context)
        if real is not None:
            return _require_file(tree, real, join(context, name))
    return None


def _find_for_docker(tree: FileTree, path: str) -> str | None:
    entry = tree.get(path)
    real = _follow(tree, path, "")
    if entry is not None and entry.kind == "link" and entry.target.startswith("/"):
        raise SourceError(
            f"{path} is a link to {entry.target}, outside of the checkout", "replace the link by the file"
        )
    return None if real is None else _require_file(tree, real, path)


def _require_file(tree: FileTree, real: str, path: str) -> str:
    if tree.is_dir(real):
        raise BuildRefused("read: is a directory", path, hint="rename or remove the directory")
    return real


def _follow(tree: FileTree, path: str, scope: str) -> str | None:
    """Return the real path behind the links at ``path``, none of which leaves the directory ``scope``.

    ``None`` if nothing is there.
    """
    for _ in range(MAX_LINKS):
        entry = tree.get(path)
        if entry is None or entry.kind != "link":
            return path if entry is not None or tree.is_dir(path) else None
        inside = path[len(scope) :].lstrip("/")
        start = "/" if entry.target.startswith("/") else _parent(inside)
        path = join(scope, join(start, entry.target))
    return None


def _is_file(tree: FileTree, path: str) -> bool:
    found = tree.find(path)
    return found is not None and found.kind != "dir"


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
