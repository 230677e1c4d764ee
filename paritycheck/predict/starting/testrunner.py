"""What pytest imports before it runs a test: plugins, every ``conftest.py``, the test modules.

Sources: pytest ``_pytest/pathlib.py`` (``import_path``, prepend), ``config/__init__.py`` (``-p``, addopts,
conftest files from the root directory down), ``python_path.py``, pytest-django ``plugin.py``.
"""

from __future__ import annotations

import fnmatch
import posixpath
import shlex
from collections.abc import Iterator

from paritycheck.parse.command.optionwords import Options, flag_names, read_options
from paritycheck.parse.command.pytestconfig import FILES, PytestConfig, read_pytest_config
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.djangoroots import django_roots
from paritycheck.predict.starting.python import shown
from paritycheck.predict.starting.scene import UNKNOWN, Call, Process, module_file, unique_roots
from paritycheck.predict.starting.servers import import_place

_FLAGS = flag_names(
    "-v -vv -vvv -q -qq -s -x -l -h -V --verbose --quiet --exitfirst --lf --ff --nf --sw --last-failed "
    "--failed-first --new-first --stepwise --stepwise-skip --co --collect-only --pdb --trace --showlocals "
    "--no-showlocals --no-header --no-summary --disable-warnings --disable-pytest-warnings --strict "
    "--strict-markers --strict-config --pyargs --noconftest --keep-duplicates --cache-clear --fixtures "
    "--markers --setup-show --setup-only --setup-plan --full-trace --runxfail --doctest-modules --version "
    "--help --no-cov --cov-append --cov-branch --no-migrations --nomigrations --reuse-db --create-db"
)
_FILES = ("test_*.py", "*_test.py")


def pytest(call: Call) -> Process:
    """``pytest [PATH …]`` with the options of its configuration, then PYTEST_ADDOPTS, then its own."""
    top, config = _configured(call)
    options = read_options((*config.addopts, *_variable(call), *call.arguments), _FLAGS)
    places = [word.partition("::")[0] for word in options.rest]
    places = places or [f"{top}/{path}" for path in config.testpaths if call.scene.cwd == top] or ["."]
    patterns = config.python_files or _FILES
    given = [call.scene.absolute(place) for place in places]
    files = sorted({path for place in given for path in _tests(call, place, patterns)})
    if not files:
        return call.fails(f"pytest: there are no tests in {', '.join(map(shown, places))}")
    above = {path for place in given for path in _conftests(call, place, top)}
    files = sorted({*files, *above}, key=lambda path: (not path.endswith("/conftest.py"), path))
    placed = [import_place(call, path) for path in files]
    first = (*(f"{top}/{path}" for path in config.pythonpath), *(directory for directory, _ in placed))
    process = call.becomes("", first=tuple(dict.fromkeys(first)))
    directories = tuple(entry.path for entry in process.path_entries)
    modules = [Root(name, path.lstrip("/")) for (_, name), path in zip(placed, files, strict=True)]
    settings, more, attributes = _django(call, options, config, directories)
    return call.becomes(
        f"pytest runs {sum(not path.endswith('/conftest.py') for path in files)} files",
        first=tuple(dict.fromkeys(first)),
        roots=unique_roots([*_plugins(call, options, directories), *modules, *more]),
        attributes=attributes,
        programs=("pytest",),
        settings=settings,
    )


def _variable(call: Call) -> list[str]:
    given = call.scene.env.get("PYTEST_ADDOPTS") or ""
    try:
        return shlex.split(given) if UNKNOWN not in given else []
    except ValueError:
        return []


def _configured(call: Call) -> tuple[str, PytestConfig]:
    """Return the root directory, and what the configuration in it says if there is one."""
    options = read_options(call.arguments, _FLAGS)
    named = options.last("-c", "--config-file")
    if named:
        path = call.scene.absolute(named)
        found = read_pytest_config(posixpath.basename(path), call.scene.text(path) or "")
        return posixpath.dirname(path), found or PytestConfig()
    words = [word.partition("::")[0] for word in options.rest] or ["."]
    places = [call.scene.absolute(word) for word in words]
    directory = posixpath.commonpath(places)
    if not call.scene.files.is_dir(directory):
        directory = posixpath.dirname(directory)
    for above in _upwards(directory):
        for name in FILES:
            text = call.scene.text(posixpath.join(above, name))
            found = read_pytest_config(name, text) if text is not None else None
            if found is not None:
                return above, found
    with_script = (up for up in _upwards(directory) if call.scene.files.is_file(f"{up}/setup.py"))
    return next(with_script, directory), PytestConfig()


def _upwards(directory: str) -> Iterator[str]:
    while True:
        yield directory
        if directory == "/":
            return
        directory = posixpath.dirname(directory)


def _tests(call: Call, path: str, patterns: tuple[str, ...]) -> Iterator[str]:
    if call.scene.files.is_file(path):
        yield path
        return
    real = call.scene.files.real(path).lstrip("/")
    for entry in call.scene.container.tree.below(real):
        name = entry.path.rpartition("/")[2]
        tests = name == "conftest.py" or any(fnmatch.fnmatchcase(name, each) for each in patterns)
        own = entry.kind == "file" and name.endswith(".py")
        if own and tests and "/site-packages/" not in entry.path:
            yield "/" + entry.path


def _conftests(call: Call, place: str, top: str) -> Iterator[str]:
    """Yield the ``conftest.py`` files above what is tested, up to the root directory."""
    for directory in _upwards(call.scene.files.real(place)):
        path = posixpath.join(directory, "conftest.py")
        if directory.startswith(top) and call.scene.files.is_file(path):
            yield path


def _plugins(call: Call, options: Options, directories: tuple[str, ...]) -> Iterator[Root]:
    """Yield the modules of ``-p NAME``; a name without dots may be pytest's own or an entry point."""
    for name in options.every("-p"):
        if name.startswith("no:") or UNKNOWN in name:
            continue
        own = module_file(call.scene, (*directories, *call.search), name)
        if own or ("." in name and not name.startswith("_pytest.")):
            yield Root(name)


def _django(
    call: Call, options: Options, config: PytestConfig, directories: tuple[str, ...]
) -> tuple[str, tuple[Root, ...], tuple[tuple[str, str], ...]]:
    """Return what Django imports where pytest-django is told its settings module."""
    named = options.last("--ds")
    if not named and config.settings:
        named = call.scene.env.get("DJANGO_SETTINGS_MODULE") or config.settings
    if not named or UNKNOWN in named:
        return "", (), ()
    return named, *django_roots(call.scene, (*directories, *call.search), named)
