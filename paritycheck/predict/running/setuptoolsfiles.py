"""Which files setuptools installs: explicit packages, ``find``, or automatic discovery.

Source: pypa/setuptools ``setuptools/discovery.py`` (``PackageFinder``, ``PEP420PackageFinder``,
``FlatLayoutPackageFinder``, ``ConfigDiscovery``), ``command/build_py.py``,
``command/editable_wheel.py`` (``_select_strategy``). A README that pyproject.toml names may be
missing: setuptools warns; a file that setup.py opens may not.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import Any

from paritycheck.parse.python.setupscript import FindCall, SetupScript, parse_setup_config, parse_setup_script
from paritycheck.predict.running.projecttree import Need, Payload, Project

# What automatic discovery takes for no package in a flat layout.
_NO_PACKAGES = frozenset(
    {"ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news", "newsfragments", "changelog",
     "test", "tests", "unit_test", "unit_tests", "example", "examples", "scripts", "tools", "util", "utils",
     "python", "build", "benchmark", "benchmarks", "exercise", "exercises", "htmlcov", "tasks", "fabfile",
     "site_scons", "toxfile", "noxfile", "pavement", "dodo"}
)  # fmt: skip
_NO_MODULES = _NO_PACKAGES | {"setup", "conftest", "benchmark", "toxfile", "noxfile", "pavement", "dodo"}


def setuptools_payload(project: Project) -> Payload:
    """Return what installing the project brings."""
    script = _read_script(project)
    config = parse_setup_config((project.read("setup.cfg") or b"").decode("utf-8", "replace"))
    table = project.table("tool", "setuptools")
    options: dict[str, Any] = {**(script.options if script else {}), **config.options, **_from_table(table)}
    name = project.name or str(options.get("name", "")) or project.path.rpartition("/")[2]
    needs = tuple(Need(path, "setup.py", line) for path, line in (script.reads if script else ()))
    computed = script.computed if script else frozenset()
    unclear = [k for k in ("packages", "py_modules", "package_dir") if k in computed and k not in options]
    if unclear or (script is None and project.is_file("setup.py")):
        what = f"setup.py computes {unclear[0]}" if unclear else "setup.py cannot be read"
        return Payload(name, needs=needs, problem=what)
    package_dir = options.get("package_dir") or {}
    if not isinstance(package_dir, dict):
        package_dir = {}
    packages, modules, package_dir = _choose(project, options, package_dir)
    files: dict[str, str] = {}
    missing: list[Need] = []
    for package in packages:
        directory = package_directory(package, package_dir)
        if not project.is_dir(directory):
            missing.append(Need(directory, _declaring_file(project), _line(project, package)))
        files.update(_package_files(project, package, directory, options))
    for module in modules:
        base = str(package_dir.get("", "")).strip("/")
        path = f"{base}/{module.replace('.', '/')}.py".lstrip("/")
        if project.is_file(path):
            files[f"{module.replace('.', '/')}.py"] = project.at(path)
        else:
            missing.append(Need(path, _declaring_file(project), _line(project, module)))
    roots, redirects = _editable(project, packages, modules, package_dir)
    developed = project.at(str(package_dir.get("", "")).strip("/.")) if project.pyproject is None else None
    return Payload(name, files, roots, redirects, (*needs, *missing), developed=developed)


def _read_script(project: Project) -> SetupScript | None:
    data = project.read("setup.py")
    return None if data is None else parse_setup_script(data)


def _declaring_file(project: Project) -> str:
    return next((f for f in ("pyproject.toml", "setup.cfg", "setup.py") if project.is_file(f)), "")


def _line(project: Project, text: str) -> int:
    lines = (project.read(_declaring_file(project)) or b"").decode("utf-8", "replace").splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.search(rf"['\"\s]{re.escape(text)}\b", line)), 0)


def _from_table(table: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    packages = table.get("packages")
    if isinstance(packages, dict):
        find = packages.get("find", {})
        options["packages"] = FindCall(
            where=tuple(find.get("where", ["."])),
            include=tuple(find.get("include", ["*"])),
            exclude=tuple(find.get("exclude", [])),
            namespaces=bool(find.get("namespaces", True)),
        )
    elif isinstance(packages, list):
        options["packages"] = packages
    for key, name in (("py-modules", "py_modules"), ("package-dir", "package_dir")):
        if key in table:
            options[name] = table[key]
    data = table.get("package-data")
    if isinstance(data, dict):
        options["package_data"] = {"" if key == "*" else key: value for key, value in data.items()}
    return options


def _choose(
    project: Project, options: dict[str, Any], package_dir: dict[str, str]
) -> tuple[list[str], list[str], dict[str, str]]:
    packages = options.get("packages")
    modules = [str(module) for module in options.get("py_modules") or ()]
    if isinstance(packages, FindCall):
        found = [name for where in packages.where for name in find_packages(project, where, packages)]
        if packages.where[0] not in ("", ".") and "" not in package_dir:
            package_dir = {**package_dir, "": packages.where[0]}
        return found, modules, package_dir
    if packages is not None or modules or "ext_modules" in options:
        return [str(package) for package in packages or ()], modules, package_dir
    return _discover(project, package_dir)


def _discover(project: Project, package_dir: dict[str, str]) -> tuple[list[str], list[str], dict[str, str]]:
    base = str(package_dir.get("", "")).strip("/") or (
        "src" if not package_dir and project.is_dir("src") else ""
    )
    if base:
        modules = [name[:-3] for name in project.children(base) if name.endswith(".py")]
        return (
            list(find_packages(project, base, FindCall(namespaces=True))),
            modules,
            {**package_dir, "": base},
        )
    packages = [
        name
        for name in find_packages(project, ".", FindCall(namespaces=True))
        if name.partition(".")[0] not in _NO_PACKAGES and not name.startswith("_")
    ]
    if len({name.partition(".")[0] for name in packages}) > 1:
        # setuptools refuses to choose: the build fails, or somebody says more than is understood here.
        return [], [], package_dir
    if packages:
        return packages, [], package_dir
    modules = [
        name[:-3]
        for name in project.children(".")
        if name.endswith(".py") and name[:-3] not in _NO_MODULES and not name.startswith("_")
    ]
    return [], modules if len(modules) == 1 else [], package_dir


def find_packages(project: Project, where: str, call: FindCall) -> Iterator[str]:
    """Yield the dotted names of the packages below a directory, as ``find`` does."""
    stack = [("", where.strip("/") if where not in (".", "./") else "")]
    while stack:
        package, directory = stack.pop()
        for name in reversed(project.children(directory)):
            path = f"{directory}/{name}".lstrip("/")
            full = f"{package}.{name}".lstrip(".")
            if "." in name or name == "__pycache__" or not project.is_dir(path):
                continue
            if not (name.isidentifier() or (package == "" and name.endswith("-stubs"))):
                continue
            if not call.namespaces and not project.is_file(f"{path}/__init__.py"):
                continue
            if _like(full, call.include) and not _like(full, call.exclude):
                yield full
            if f"{full}*" in call.exclude or f"{full}.*" in call.exclude:
                continue
            stack.append((full, path))


def _like(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def package_directory(package: str, package_dir: dict[str, str]) -> str:
    """Return where a package's files are: the longest entry of ``package_dir`` above it decides."""
    parts, tail = package.split("."), list[str]()
    while parts:
        known = package_dir.get(".".join(parts))
        if known is not None:
            return "/".join([str(known).strip("/"), *tail])
        tail.insert(0, parts.pop())
    base = str(package_dir.get("", "")).strip("/")
    return "/".join([base, *tail]).lstrip("/") if base not in ("", ".") else "/".join(tail)


def _package_files(project: Project, package: str, directory: str, options: dict[str, Any]) -> dict[str, str]:
    target = package.replace(".", "/")
    found = {
        f"{target}/{name}": project.at(f"{directory}/{name}")
        for name in project.children(directory)
        if name.endswith(".py") and project.is_file(f"{directory}/{name}")
    }
    data = options.get("package_data")
    data = data if isinstance(data, dict) else {}
    patterns = [str(p) for key in ("", package) for p in data.get(key) or ()]
    # Whether MANIFEST.in takes a data file along is not followed: it is taken.
    tracked = "scm" in str(project.table("build-system").get("requires", ""))
    included = options.get("include_package_data", project.pyproject is not None)
    everything = included and (tracked or project.is_file("MANIFEST.in"))
    for path in project.files_below(directory) if patterns or everything else ():
        below = path[len(directory) + 1 :]
        named = any(_matches_data(below, pattern) for pattern in patterns)
        # A module in a directory that is no package by the lists is data like any other.
        data_module = "/" in below and (named or (included and tracked))
        if data_module if below.endswith(".py") else named or everything:
            found[f"{target}/{below}"] = project.at(path)
    return found


def _matches_data(path: str, pattern: str) -> bool:
    regex = "".join(
        {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
        for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    )
    return re.fullmatch(regex, path) is not None


def _editable(
    project: Project, packages: list[str], modules: list[str], package_dir: dict[str, str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    if set(package_dir) == {""}:
        return (project.at(str(package_dir[""])),), {}
    tops = {package for package in packages if not any(package.startswith(p + ".") for p in packages)}
    redirects = {top: project.at(package_directory(top, package_dir)) for top in sorted(tops)}
    redirects.update({module: project.at(f"{module.replace('.', '/')}.py") for module in modules})
    return (), redirects
