"""What an interpreter says about itself: a script for any CPython from 3.6 on, of the standard library only.

It is not imported but sent to the interpreter, as text, by the command in ``capture.python.interpreter``.
It runs twice. First in isolated mode, where nothing of PYTHONPATH or of the working directory can
be imported: there it notes PYTHONPATH and replaces itself by the same interpreter without that
variable, but with the user's site directory, which isolated mode leaves out. Then it describes
what it sees. So the search path is the interpreter's own, and no module of the project was run.

The answer is raw: ``sys.path`` and the texts that explain it, one JSON document between two
markers that only the sender knows, so that whatever else is printed at start does no harm.
``capture.python.description`` reads it.
"""

import sys

if sys.path and sys.path[0] == "":
    del sys.path[0]  # the working directory: it may hold a json.py

import json
import os
import re

TYPE_CHECKING = False  # as typing has it, without the cost of importing it
if TYPE_CHECKING:
    from typing import Iterable

MAX_FILE = 4 << 20
METADATA = ("METADATA", "PKG-INFO")
WHOLE = (
    "requires.txt",
    "top_level.txt",
    "namespace_packages.txt",
    "entry_points.txt",
    "direct_url.json",
    "installed-files.txt",
)


def restart(source: str, marker: str) -> None:
    """Replace this process by an interpreter that is isolated from nothing but PYTHONPATH."""
    env = dict(os.environ)
    given = env.pop("PYTHONPATH", "")
    env.pop("PYTHONINSPECT", None)
    env["PARITYCHECK_PYTHONPATH"] = given
    command = [sys.executable, "-B", "-W", "ignore", "-c", source, marker]
    os.execve(sys.executable, command, env)


def read(path: str) -> "str | None":
    """Return the text of a small file, or None."""
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_FILE).decode("utf-8", "replace")
    except OSError:
        return None


def listing(directory: str) -> "list[str]":
    """Return the sorted names in a directory; none if it cannot be read."""
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def clean(value: "object") -> "object":
    """Write bytes that are no UTF-8, which names of files may hold, as ``\\xNN`` in all of a document."""
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return value


def dedupe(paths: "Iterable[str]") -> "list[str]":
    """Drop later duplicates."""
    return list(dict.fromkeys(paths))


def pythonpath() -> "list[str]":
    """Return the PYTHONPATH entries as site makes them absolute; an empty one is the working directory."""
    given = os.environ.get("PARITYCHECK_PYTHONPATH", "")
    return dedupe(os.path.abspath(entry) for entry in given.split(os.pathsep)) if given else []


def metadata_texts(path: str) -> "dict[str, str]":
    """Return the texts of one metadata directory (or old egg-info file) that say what it provides."""
    texts = {}
    if os.path.isfile(path):
        texts[path] = headers(read(path))
        return texts
    for name in METADATA + WHOLE + ("RECORD",):
        file = path + "/" + name
        text = read(file)
        if text is None:
            continue
        if name in METADATA:
            text = headers(text)
        elif name == "direct_url.json":
            text = re.sub(r"//[^/@]*@", "//", text)
        elif name == "RECORD":
            paths = [line.rsplit(",", 2)[0] for line in text.splitlines()]
            text = "\n".join(p for p in paths if p.rstrip('"').endswith((".py", ".so", ".pyd")))
        texts[file] = text
    return texts


def headers(text: "str | None") -> str:
    """Return metadata without the long description below its headers."""
    return re.split(r"\r?\n\r?\n", text or "", maxsplit=1)[0]


def site_texts(directory: str, names: "list[str]") -> "dict[str, str]":
    """Return the .pth files of a site directory, and the modules beside them that they import."""
    texts = {}
    for name in names:
        if not name.endswith(".pth"):
            continue
        path = directory + "/" + name
        text = read(path)
        if text is None:
            continue
        texts[path] = text
        for line in text.splitlines():
            if line.startswith(("import ", "import\t")):
                for module in re.findall(r"\w+(?:\.\w+)*", line):
                    source = directory + "/" + module.replace(".", "/") + ".py"
                    if source not in texts and os.path.isfile(source):
                        texts[source] = read(source) or ""
    return texts


def markers() -> "dict[str, str]":
    """Return the PEP 508 environment."""
    import platform

    info = sys.implementation.version
    version = "%d.%d.%d" % (info.major, info.minor, info.micro)
    if info.releaselevel != "final":
        version += info.releaselevel[0] + str(info.serial)
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "platform_python_implementation": platform.python_implementation(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def stdlib_directories() -> "list[str]":
    """Return the paths that stand for the standard library, wherever this build has it."""
    import sysconfig

    found = [os.path.dirname(os.path.abspath(os.__file__))]
    found += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    found += [path + "/lib-dynload" for path in found]
    zipped = "python%d%d.zip" % sys.version_info[:2]
    return found + [path for path in sys.path if os.path.basename(path) == zipped]


def site_directories() -> "tuple[list[str], str]":
    """Return the site directories of this interpreter, and the user's."""
    try:
        import site
    except ImportError:
        return [], ""
    known = [sys.prefix, sys.exec_prefix, *getattr(site, "PREFIXES", ())]
    try:
        found = site.getsitepackages(dedupe(known))
    except (AttributeError, TypeError):
        found = []
    user = getattr(site, "USER_SITE", None) if getattr(site, "ENABLE_USER_SITE", False) else None
    return [os.path.abspath(path) for path in found], user or ""


def describe() -> "dict[str, object]":
    """Return the whole description as a dictionary of the kinds of values that JSON has."""
    import importlib.machinery
    import sysconfig

    sites, user = site_directories()
    given = pythonpath()
    path = dedupe(given + [entry for entry in sys.path if isinstance(entry, str)])
    listings = {}  # type: dict[str, list[str]]
    texts = {}  # type: dict[str, str]
    for directory in path:
        names = listings[directory] = listing(directory)
        if directory in sites or directory == user:
            texts.update(site_texts(directory, names))
        if directory.endswith(".egg"):
            texts.update(metadata_texts(directory + "/EGG-INFO"))
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                texts.update(metadata_texts(directory + "/" + name))
            elif name.endswith(".egg-link"):
                texts[directory + "/" + name] = read(directory + "/" + name) or ""
    return {
        "executable": sys.executable or "",
        "version": markers()["python_full_version"],
        "implementation": sys.implementation.name,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "platform": sysconfig.get_platform(),
        "markers": markers(),
        "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "path": path,
        "missing": [entry for entry in path if not os.path.exists(entry)],
        "pythonpath": given,
        "stdlib": stdlib_directories(),
        "sites": sites,
        "user_site": user,
        "listings": listings,
        "texts": texts,
    }


def main() -> None:
    """Start again without PYTHONPATH, or describe this interpreter."""
    if "PROBE_SOURCE" in globals():
        restart(globals()["PROBE_SOURCE"], globals()["PROBE_MARKER"])
    document = json.dumps(clean(describe())).encode("ascii")
    marker = sys.argv[1].encode("ascii")
    sys.stdout.flush()
    sys.stdout.buffer.write(b"\n" + marker + document + marker + b"\n")
    sys.stdout.buffer.flush()


main()
