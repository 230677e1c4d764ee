"""Which files the other build backends install: hatchling, poetry-core, flit, pdm-backend, uv_build.

Source: pypa/hatch ``backend/src/hatchling/builders/wheel.py`` (``default_include`` and its
neighbours), python-poetry/poetry-core ``masonry/utils/module.py``, pypa/flit ``flit_core/common.py``
(``Module``), pdm-project/pdm-backend ``config.py`` and ``base.py``, astral-sh/uv ``uv-build-backend``.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from typing import Any

from paritycheck.predict.running.projecttree import Need, Payload, Project, whole
from paritycheck.predict.running.setuptoolsfiles import setuptools_payload


def project_payload(project: Project) -> Payload:
    """Return what installing the project brings, by its build backend."""
    backend = project.backend
    for prefix, reader in BACKENDS.items():
        if backend.startswith(prefix):
            return reader(project)
    # Whatever it does, it packs what lies below the project, or builds what the project is called.
    parts = (part for path in project.files_below("") if path.endswith(".py") for part in path.split("/"))
    names = {project.module_name, *(part.removesuffix(".py") for part in parts)}
    known = tuple(sorted(name for name in names if name.isidentifier())) if project.module_name else ()
    return Payload(project.name, problem=f"how {backend} packs a project is not known", names=known)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list) else []


def _clean(path: str) -> str:
    return path.strip("/").removeprefix("./")


def _hatch(project: Project) -> Payload:
    build = project.table("tool", "hatch", "build")
    wheel = {**build, **project.table("tool", "hatch", "build", "targets", "wheel")}
    needs = list(project.needs_of(("readme", "license")))
    version = project.table("tool", "hatch", "version")
    if isinstance(version.get("path"), str) and "version" in project.table("project").get("dynamic", []):
        needs.append(Need(version["path"], "pyproject.toml", project.line_of("path")))
    force = wheel.get("force-include")
    force = force if isinstance(force, dict) else {}
    files: dict[str, str] = {}
    roots: list[str] = []
    chosen = [_clean(path) for path in _texts(wheel.get("packages"))]
    only = [_clean(path) for path in _texts(wheel.get("only-include"))]
    include = _texts(wheel.get("include"))
    sources = _hatch_sources(wheel.get("sources"))
    if not chosen and not only and not include and not force:
        guess = _hatch_guess(project)
        if guess is None:
            line = project.line_of("name")
            return Payload(
                project.name,
                needs=(*needs, Need(_hatch_names(project), "pyproject.toml", line)),
            )
        chosen = [guess]
    for path in [*chosen, *only]:
        parent = path.rpartition("/")[0]
        if path in chosen:
            sources.setdefault(parent, "")
        if project.is_dir(path):
            files.update(whole(project, path, path))
        elif project.is_file(path):
            files[path] = project.at(path)
        else:
            # What is named and not there is passed over in silence: an editable install then points nowhere.
            key = "packages" if path in chosen else "only-include"
            line = project.line_of(key, "tool.hatch.build.targets.wheel")
            needs.append(Need(path, "pyproject.toml", line, silent=True))
            continue
        if path in chosen:
            roots.append(parent)
    if not chosen and not only and include:
        candidates = project.files_below("")
        files.update({p: project.at(p) for p in candidates if any(_hatch_match(p, g) for g in include)})
    exclude = _texts(wheel.get("exclude"))
    kept = {p: real for p, real in files.items() if not any(_hatch_match(p, g) for g in exclude)}
    moved = {_strip(path, sources): real for path, real in kept.items()}
    for source, target in force.items():
        if project.is_dir(source):
            moved.update(whole(project, _clean(source), _clean(str(target))))
        elif project.is_file(source):
            moved[_clean(str(target))] = project.at(source)
        else:
            needs.append(
                Need(source, "pyproject.toml", project.line_of(source) or project.line_of("force-include"))
            )
    dev = [_clean(path) for path in _texts(wheel.get("dev-mode-dirs"))]
    if not roots and not chosen:
        roots = [source for source in sources if not sources[source]] or [""]
    roots = dev or roots
    return Payload(project.name, moved, tuple(project.at(r) for r in dict.fromkeys(roots)), {}, tuple(needs))


def _hatch_sources(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {_clean(str(source)): _clean(str(target)) for source, target in value.items()}
    return {_clean(source): "" for source in _texts(value)}


def _strip(path: str, sources: dict[str, str]) -> str:
    for source, target in sorted(sources.items(), key=lambda item: -len(item[0])):
        if source and path.startswith(source + "/"):
            return f"{target}/{path[len(source) + 1 :]}".lstrip("/")
    return path


def _hatch_match(path: str, pattern: str) -> bool:
    """Match as a line of .gitignore does, roughly: a directory stands for all below it."""
    anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
    wanted = pattern.strip("/")
    if anchored:
        heads = [path[:index] for index in range(len(path) + 1) if index == len(path) or path[index] == "/"]
        return any(fnmatch.fnmatchcase(head, wanted.replace("**/", "*")) for head in heads if head)
    return any(fnmatch.fnmatchcase(part, wanted) for part in path.split("/"))


def _hatch_names(project: Project) -> str:
    name = project.name.replace("-", "_").replace(".", "_")
    return f"{name}/__init__.py|src/{name}/__init__.py|{name}.py"


def _hatch_guess(project: Project) -> str | None:
    for name in dict.fromkeys((project.name.replace("-", "_"), project.module_name.lower())):
        for path in (f"{name}/__init__.py", f"src/{name}/__init__.py"):
            if project.is_file(path):
                return path.rpartition("/")[0]
        if project.is_file(f"{name}.py"):
            return f"{name}.py"
        spaces = [
            f"{top}/{name}" for top in project.children("") if project.is_file(f"{top}/{name}/__init__.py")
        ]
        if len(spaces) == 1:
            return spaces[0].partition("/")[0]
    return None


def _poetry(project: Project) -> Payload:
    table = project.table("tool", "poetry")
    needs = list(project.needs_of(("readme", "license")))
    line = project.line_of("readme")
    needs += [Need(path, "pyproject.toml", line) for path in _texts(table.get("readme"))]
    packages = [entry for entry in table.get("packages") or () if isinstance(entry, dict)]
    if not packages:
        names = (project.module_name, project.module_name.lower())
        found = _named_module(project, names, ("", "src"))
        if found is None:
            wanted = "|".join(f"{base}{names[0]}" for base in ("", "src/")) + f"|{names[0]}.py"
            return Payload(
                project.name, needs=(*needs, Need(wanted, "pyproject.toml", project.line_of("name")))
            )
        base, leaf = found
        packages = [{"include": leaf, "from": base}]
    files: dict[str, str] = {}
    roots: list[str] = []
    for entry in packages:
        base, pattern = _clean(str(entry.get("from", ""))), _clean(str(entry.get("include", "")))
        target = _clean(str(entry.get("to", "")))
        roots.append(base)
        matches = list(_poetry_matches(project, base, pattern))
        if not matches:
            needs.append(Need(f"{base}/{pattern}".lstrip("/"), "pyproject.toml", project.line_of("packages")))
        for path in matches:
            tail = path[len(base) :].lstrip("/") if base else path
            if not target and entry.get("format") == "sdist":
                continue
            files[f"{target}/{tail}".lstrip("/")] = project.at(path)
    for included in table.get("include") or ():
        pattern = included if isinstance(included, str) else str(included.get("path", ""))
        files.update({p: project.at(p) for p in project.files_below("") if fnmatch.fnmatchcase(p, pattern)})
    unique = dict.fromkeys(project.at(root) for root in roots)
    return Payload(project.name, files, tuple(unique), {}, tuple(needs))


def _poetry_matches(project: Project, base: str, pattern: str) -> Iterator[str]:
    path = f"{base}/{pattern}".lstrip("/")
    if project.is_dir(path):
        yield from project.files_below(path)
    elif project.is_file(path):
        yield path
    elif "*" in pattern:
        for candidate in project.files_below(base):
            tail = candidate[len(base) :].lstrip("/")
            if fnmatch.fnmatchcase(tail, pattern.replace("**/*", "*")):
                yield candidate


def _named_module(project: Project, names: tuple[str, ...], bases: tuple[str, ...]) -> tuple[str, str] | None:
    for name in names:
        for base in bases:
            path = f"{base}/{name}".lstrip("/")
            if name and project.is_dir(path):
                return base, name
            if name and project.is_file(path + ".py"):
                return base, name + ".py"
    return None


def _single(project: Project, name: str, bases: tuple[str, ...], line: int) -> Payload:
    """A backend that takes one package or module by name."""
    needs = list(project.needs_of(("readme", "license")))
    path = name.replace(".", "/")
    for base in bases:
        here = f"{base}/{path}".lstrip("/")
        if project.is_dir(here):
            files = whole(project, here, path)
            return Payload(project.name, files, (project.at(base),), {}, tuple(needs))
        if project.is_file(here + ".py"):
            file = {f"{path}.py": project.at(here + ".py")}
            return Payload(project.name, file, (project.at(base),), {}, tuple(needs))
    wanted = "|".join(f"{base}/{path}/__init__.py".lstrip("/") for base in bases)
    return Payload(project.name, needs=(*needs, Need(wanted, "pyproject.toml", line)))


def _flit(project: Project) -> Payload:
    name = project.table("tool", "flit", "module").get("name") or project.name.replace("-", "_")
    return _single(project, str(name), ("", "src"), project.line_of("name"))


def _uv(project: Project) -> Payload:
    table = project.table("tool", "uv", "build-backend")
    names = _texts(table.get("module-name")) or [project.module_name.lower()]
    root = _clean(str(table.get("module-root", "src")))
    payloads = [_single(project, name, (root,), project.line_of("name")) for name in names]
    files = {target: path for payload in payloads for target, path in payload.files.items()}
    needs = tuple(dict.fromkeys(need for payload in payloads for need in payload.needs))
    return Payload(project.name, files, (project.at(root),), {}, needs)


def _pdm(project: Project) -> Payload:
    table = project.table("tool", "pdm", "build")
    needs = tuple(project.needs_of(("readme", "license")))
    base = _clean(str(table.get("package-dir", "src" if project.is_dir("src") else "")))
    includes = [_clean(path) for path in _texts(table.get("includes"))]
    if not includes:
        names = [name for name in project.children(base) if name not in ("tests", "test", "__pypackages__")]
        includes = [
            f"{base}/{n}".lstrip("/") for n in names if project.is_file(f"{base}/{n}/__init__.py".lstrip("/"))
        ]
        if not includes:
            includes = [f"{base}/{n}".lstrip("/") for n in names if n.endswith(".py") and n != "setup.py"]
    files: dict[str, str] = {}
    for path in includes:
        target = path[len(base) :].lstrip("/") if base and path.startswith(base + "/") else path
        if project.is_dir(path):
            files.update(whole(project, path, target))
        elif project.is_file(path):
            files[target] = project.at(path)
    return Payload(project.name, files, (project.at(base),), {}, needs)


# By the beginning of the backend's name.
BACKENDS: dict[str, Callable[[Project], Payload]] = {
    "flit": _flit,
    "hatchling": _hatch,
    "pdm": _pdm,
    "poetry": _poetry,
    "setuptools": setuptools_payload,
    "uv_build": _uv,
}
