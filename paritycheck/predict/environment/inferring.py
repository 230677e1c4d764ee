"""What an interpreter in an image would see, read from the image's files and config alone.

Source for the marker values: PEP 508; for the suffixes of extension modules: CPython,
Python/dynload_shlib.c, with the platform's part read from names in the image where it has any.
"""

import posixpath
import re
from collections.abc import Callable

from paritycheck.model.environment import Environment, Interpreter
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileTree
from paritycheck.parse.python.installed import find_distributions
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.environment.interpreting import Located, locate_interpreter
from paritycheck.predict.environment.pythonversion import infer_version
from paritycheck.predict.environment.sitepaths import infer_search_path

# OCI architecture -> what uname says on such a machine.
MACHINES = {
    "amd64": "x86_64",
    "386": "i686",
    "arm64": "aarch64",
    "arm": "armv7l",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
}
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}


def infer_environment(
    tree: FileTree,
    read: Callable[[str], bytes | None],
    config: ImageConfig,
    executable: str = "python",
) -> Environment:
    """Return the environment of the interpreter that ``executable`` leads to in the image.

    ``read`` yields the content of a file by its tree path, ``None`` if it is not to be had.
    ``python`` may also be found as ``python3``. What could not be told for sure is in ``problems``;
    without an interpreter the environment is empty and the problems say why. The sources that
    need a running kernel (``platform_release``, ``platform_version``) are left out of the markers.
    """
    files = ImageFiles(tree, read)
    located, problems = locate_interpreter(files, config, executable)
    if located is None:
        return Environment(inferred=True, problems=problems)
    version = infer_version(files, located, config)
    path = infer_search_path(files, located, version, config)
    directories = (entry.path for entry in path.entries if entry.exists)
    distributions, troubles = find_distributions(directories, files.names, files.read, path.editables)
    return Environment(
        interpreter=_describe(files, located, version, config),
        sys_path=path.entries,
        distributions=distributions,
        editables=path.editables,
        inferred=True,
        problems=(*problems, *path.problems, *troubles),
    )


def _describe(files: ImageFiles, located: Located, version: str, config: ImageConfig) -> Interpreter:
    system = config.os or "linux"
    machine = MACHINES.get(config.architecture, config.architecture)
    return Interpreter(
        executable=located.executable,
        version=version,
        implementation="pypy" if located.pypy else "cpython",
        prefix=located.prefix,
        base_prefix=located.base_prefix,
        platform=f"{system}-{machine}" if machine else system,
        markers=_markers(located, version, system, machine),
        suffixes=_suffixes(files, located, machine),
    )


def _markers(located: Located, version: str, system: str, machine: str) -> dict[str, str]:
    implementation = "pypy" if located.pypy else "cpython"
    markers = {
        "implementation_name": implementation,
        "os_name": "posix",
        "platform_python_implementation": _IMPLEMENTATIONS[implementation],
        "platform_system": system.capitalize(),
        "python_version": ".".join(map(str, located.minor)),
        "sys_platform": system,
    }
    if machine:
        markers["platform_machine"] = machine
    if version.count(".") == 2:
        markers["python_full_version"] = version
        if not located.pypy:
            markers["implementation_version"] = version
    return dict(sorted(markers.items()))


def _suffixes(files: ImageFiles, located: Located, machine: str) -> tuple[str, ...]:
    """Return the suffixes of extension modules, most specific first."""
    own = _own_suffix(files, located)
    if not own and machine and not located.pypy:
        # Python 3.7 and older mark their memory allocator with an "m".
        flags = "t" if located.folder.endswith("t") else "m" if located.minor < (3, 8) else ""
        libc = "musl" if any(name.startswith("ld-musl-") for name in files.names("/lib")) else "gnu"
        own = f".cpython-{located.minor[0]}{located.minor[1]}{flags}-{machine}-linux-{libc}.so"
    common = (".so",) if located.pypy or located.folder.endswith("t") else (".abi3.so", ".so")
    return (own, *common) if own else common


def _own_suffix(files: ImageFiles, located: Located) -> str:
    """Return the suffix that the interpreter's own extension modules or build record are named with."""
    for name in files.names(posixpath.join(located.stdlib, "lib-dynload")):
        match = re.search(r"\.(?:cpython|pypy)[\w-]+\.so$", name)
        if match:
            return match[0]
    for name in files.names(located.stdlib):
        match = re.fullmatch(r"_sysconfigdata_(\w*?)_linux_([\w-]+)\.py", name)
        if match and not located.pypy:
            return f".cpython-{located.minor[0]}{located.minor[1]}{match[1]}-{match[2]}.so"
    return ""
