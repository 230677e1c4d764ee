"""Programs that run another one: ``tini --``, ``env X=Y``, ``gosu user``, ``poetry run``, ``ddtrace-run``.

Sources: the manual pages of coreutils (``env``, ``nice``, ``timeout``, ``stdbuf``), tini, dumb-init,
gosu, su-exec and s6, and "run" in the documentation of uv, Poetry, Pipenv, PDM and Hatch.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import msgspec

from paritycheck.parse.command.optionwords import flag_names, read_options
from paritycheck.predict.environment.sitepaths import home_of
from paritycheck.predict.starting.builtins import activate
from paritycheck.predict.starting.python import RUNNERS
from paritycheck.predict.starting.scene import Command, Scene
from paritycheck.predict.starting.taskrunners import just, make, poe, project_task

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
Unwrap = Callable[[tuple[str, ...], Scene], Command]


class Wrapper(msgspec.Struct, frozen=True):
    """``flags``: options without a value; ``skip``: words of its own before the command."""

    flags: frozenset[str] = frozenset()
    skip: int = 0

    def unwrap(self, words: tuple[str, ...], scene: Scene) -> Command:
        """Return the command that it runs; ``words`` without its name."""
        rest = read_options(words, self.flags, stop=True).rest
        return Command(rest[self.skip :], scene)


def _wrapper(flags: str = "", skip: int = 0) -> Unwrap:
    return Wrapper(frozenset(flags.split()), skip).unwrap


def _env(words: tuple[str, ...], scene: Scene) -> Command:
    options = read_options(
        words, frozenset({"-i", "--ignore-environment", "-0", "--null", "-v", "--debug", "-"}), stop=True
    )
    directory = options.last("-C", "--chdir")
    scene = scene.entered(directory) if directory else scene
    scene = scene.given(dict.fromkeys(options.every("-u", "--unset"), ""))
    split = options.last("-S", "--split-string")
    return _assigned((*split.split(), *options.rest), scene)


def _assigned(words: tuple[str, ...], scene: Scene) -> Command:
    given: dict[str, str] = {}
    position = 0
    while position < len(words) and (match := _ASSIGNMENT.fullmatch(words[position])):
        given[match[1]] = match[2]
        position += 1
    return Command(words[position:], scene.given(given))


_UV = flag_names(
    "--no-sync --frozen --locked --no-dev --dev --all-extras --no-project --isolated "
    "--exact --active --offline -q --quiet -v --verbose --no-cache -n --no-editable "
    "--inexact --all-groups --no-default-groups --only-dev --refresh --reinstall "
    "--no-env-file --no-config --native-tls --no-progress --managed-python --no-sources "
    "--no-managed-python --no-python-downloads --all-packages -U --upgrade --no-index "
    "--compile-bytecode"
)


def _uv(words: tuple[str, ...], scene: Scene) -> Command:
    before = read_options(words, _UV, stop=True)
    if before.rest[:1] != ("run",):
        return Command((), scene)
    own = _UV | {"-m", "--module", "-s", "--script", "--gui-script"}
    options = read_options(before.rest[1:], own, stop=True)
    directory = options.last("--directory") or before.last("--directory")
    scene = scene.entered(directory) if directory else scene
    project = options.last("--project") or before.last("--project")
    if not options.has("--active", "--isolated", "--no-project"):
        scene = _in_environment(scene, project or ".", scene.env.get("UV_PROJECT_ENVIRONMENT") or "")
    rest = options.rest
    if options.has("-m", "--module"):
        rest = ("python", "-m", *rest)
    elif rest and (rest[0].endswith(".py") or options.has("-s", "--script")):
        rest = ("python", *rest)
    return Command(rest, scene)


def _in_environment(scene: Scene, project: str, environment: str = "") -> Scene:
    """Return the scene in the project's virtual environment, ``.venv`` beside it or above, if it is there."""
    here = scene.absolute(project)
    places = [posixpath.join(here, environment)] if environment else []
    while True:
        places.append(posixpath.join(here, ".venv"))
        if here == "/":
            break
        here = posixpath.dirname(here)
    found = next((place for place in places if scene.files.is_dir(f"{place}/bin")), "")
    found = found or _kept_apart(scene)
    return activate(scene, f"{found}/bin/activate") if found else scene


def _kept_apart(scene: Scene) -> str:
    """Return the environment that Poetry or Pipenv keeps in the user's home, if there is only one."""
    config = scene.container.config
    user = config.user if config is not None else ""
    home = scene.env.get("HOME") or home_of(user, scene.text("/etc/passwd") or "")
    cache = scene.env.get("POETRY_CACHE_DIR") or f"{home}/.cache/pypoetry"
    bases = (
        scene.env.get("POETRY_VIRTUALENVS_PATH") or f"{cache}/virtualenvs",
        scene.env.get("WORKON_HOME") or f"{home}/.local/share/virtualenvs",
    )
    places = [f"{base}/{name}" for base in bases for name in scene.files.names(base)]
    found = [place for place in places if scene.files.is_file(f"{place}/pyvenv.cfg")]
    return found[0] if len(found) == 1 else ""


def _run(flags: str, tool: str = "") -> Unwrap:
    """Return what unwraps ``poetry run X``: in the project's environment, unless one is active.

    ``tool``: X may be one of the tasks that it reads in pyproject.toml.
    """
    names = frozenset(flags.split())

    def unwrap(words: tuple[str, ...], scene: Scene) -> Command:
        before = read_options(words, names, stop=True)
        directory = before.last("-C", "--directory")
        scene = scene.entered(directory) if directory else scene
        if before.rest[:1] not in (("run",), ("exec",)):
            return Command((), scene)
        options = read_options(before.rest[1:], names, stop=True)
        if options.last("-p", "--prefix"):  # conda's
            scene = activate(
                scene, posixpath.join(scene.absolute(options.last("-p", "--prefix")), "bin/activate")
            )
        elif not scene.env.get("VIRTUAL_ENV"):
            scene = _in_environment(scene, ".")
        rest = options.rest
        task = project_task(tool, rest, scene) if tool else None
        if task is not None:
            return task
        return Command(("python", *rest) if rest and rest[0].endswith(".py") else rest, scene)

    return unwrap


def _newrelic(words: tuple[str, ...], scene: Scene) -> Command:
    if words[:1] == ("run-python",):
        return Command(("python", *words[1:]), scene)
    return Command(words[1:] if words[:1] == ("run-program",) else (), scene)


def _watchmedo(words: tuple[str, ...], scene: Scene) -> Command:
    flags = flag_names(
        "-R --recursive --no-restart-on-command-exit --ignore-directories --debug-force-polling -q -v"
    )
    options = read_options(words[1:], flags, stop=True)
    if words[:1] == ("shell-command",):
        return _shell_words((options.last("-c", "--command"),), scene)
    return Command(options.rest if words[:1] == ("auto-restart",) else (), scene)


def _runner(name: str) -> Unwrap:
    """Return what unwraps a runner that takes what ``python`` takes: ``coverage run -m x``."""
    return lambda words, scene: Command(("python", "-m", name, *words), scene)


def _su(words: tuple[str, ...], scene: Scene) -> Command:
    """``su [-] USER -c "COMMAND"``; ``runuser`` reads the same, and ``-u USER COMMAND``."""
    flags = frozenset({"-", "-l", "--login", "-m", "-p", "--preserve-environment", "-P", "--pty", "-f"})
    options = read_options(words, flags, stop="-u" in words or "--user" in words)
    command = options.last("-c", "--command", "--session-command")
    login = options.has("-", "-l", "--login") or "-" in words[:1]
    if login and not command.lstrip().startswith("cd /"):
        return Command((), scene)  # where it starts, and with which variables, is the user's affair
    if command:
        return _shell_words((command,), scene)
    return Command(options.rest if options.has("-u", "--user") else (), scene)


def _flock(words: tuple[str, ...], scene: Scene) -> Command:
    """``flock [options] FILE COMMAND`` or ``-c "COMMAND"``."""
    flags = flag_names("-s -x -e -n -o -u -F -v --shared --exclusive --nonblock --nb --close --no-fork")
    rest = read_options(words, flags, stop=True).rest[1:]
    return _shell_words(rest[1:2], scene) if rest[:1] in (("-c",), ("--command",)) else Command(rest, scene)


def _after_dashes(words: tuple[str, ...], scene: Scene) -> Command:
    return Command(words[words.index("--") + 1 :] if "--" in words else (), scene)


def _dockerize(words: tuple[str, ...], scene: Scene) -> Command:
    position = 0
    while position < len(words) and words[position].startswith("-"):
        alone = "=" in words[position] or words[position] in ("-no-overwrite", "-poll", "-version")
        position += 1 if alone else 2
    return Command(words[position:], scene)


def _shell_words(words: tuple[str, ...], scene: Scene) -> Command:
    return Command(("sh", "-c", " ".join(words)), scene)


WRAPPERS: dict[str, Unwrap] = {
    "tini": _wrapper("-s -w -g -v -h --version"),
    "tini-static": _wrapper("-s -w -g -v -h --version"),
    "docker-init": _wrapper("-s -w -g -v -h --version"),
    "catatonit": _wrapper("-P --preserve-pid1"),
    "dumb-init": _wrapper("-c --single-child -v --verbose -h -V --version"),
    "gosu": _wrapper(skip=1),
    "su-exec": _wrapper(skip=1),
    "setpriv": _wrapper("--clear-groups --keep-groups --init-groups --no-new-privs --nnp --reset-env"),
    "runuser": _su,
    "su": _su,
    "flock": _flock,
    "taskset": _wrapper("-a --all-tasks -c --cpu-list", skip=1),
    "numactl": _wrapper("--all -a --localalloc -l --balancing -b"),
    "unshare": _wrapper(
        "-f --fork -m -u -i -n -p -U -C -T -r --net --pid --ipc --uts --user --map-root-user"
    ),
    "authbind": _wrapper("--deep"),
    "catchsegv": _wrapper(),
    "fixuid": _wrapper("-q"),
    "sudo": _wrapper("-E -H -n -S -i -k --preserve-env"),
    "chroot": _wrapper(skip=1),
    "setsid": _wrapper("-c --ctty -f --fork -w --wait"),
    "nohup": _wrapper(),
    "nice": _wrapper(),
    "ionice": _wrapper("-t"),
    "stdbuf": _wrapper(),
    "unbuffer": _wrapper("-p"),
    "time": _wrapper("-p -v"),
    "timeout": _wrapper("--foreground --preserve-status -v --verbose -f -p", skip=1),
    "chpst": _wrapper("-v -P -0 -1 -2 -V"),
    "s6-setuidgid": _wrapper(skip=1),
    "with-contenv": _wrapper(),
    "xvfb-run": _wrapper("-a --auto-servernum -l --listen-tcp"),
    "strace": _wrapper("-f -c -q -v -t"),
    "wait-for-it": _after_dashes,
    "wait-for-it.sh": _after_dashes,
    "wait-for": _after_dashes,
    "wait-for.sh": _after_dashes,
    "wait4x": _after_dashes,
    "chamber": _after_dashes,
    "dockerize": _dockerize,
    "env": _env,
    "exec": _wrapper("-c -l"),
    "command": _wrapper("-p"),
    "builtin": _wrapper(),
    "uv": _uv,
    "poetry": _run("-q --quiet -n --no-interaction -v -vv -vvv --no-plugins --no-cache --ansi --no-ansi"),
    "pipenv": _run("--verbose -v --quiet -q --bare"),
    "pdm": _run("-v -q --no-self --no-isolation -s --site-packages", "pdm"),
    "hatch": _run("-v -q --no-color --no-interactive", "hatch"),
    "rye": _run("-v -q", "rye"),
    "pixi": _run("-v -q --locked --frozen --no-lockfile-update", "pixi"),
    "ddtrace-run": _wrapper("-d --debug -i --info -p --profiling -v --version"),
    "opentelemetry-instrument": _wrapper(),
    "newrelic-admin": _newrelic,
    "elasticapm-run": _wrapper(),
    "scout-apm-run": _wrapper(),
    "watchmedo": _watchmedo,
    "watchfiles": lambda words, scene: _shell_words(
        read_options(words, frozenset({"--verbose", "--sigint"}), stop=True).rest[:1], scene
    ),
    **{name: _runner(name) for name in RUNNERS if name not in ("cProfile", "profile", "pdb")},
    "conda": _run("--no-capture-output --live-stream -v"),
    "mamba": _run("--no-capture-output --live-stream -v"),
    "micromamba": _run("-a --attach"),
    "make": make,
    "just": just,
    "poe": poe,
    "dotenv": _run("--override --no-override"),
    "doppler": _run("--no-cache --silent"),
    "infisical": _run("--silent"),
}
