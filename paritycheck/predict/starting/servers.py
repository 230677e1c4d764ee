"""Web servers that are told ``module:attribute``: what they import, and from which directories.

Sources, each the project's own code: uvicorn ``main.py`` (``run``), gunicorn ``app/base.py``
(``Application``) and ``app/wsgiapp.py``, hypercorn ``utils.py`` (``load_application``), granian
``_loader.py``, daphne ``cli.py``, waitress ``runner.py``, uWSGI "Things to know".
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable

from paritycheck.parse.command.optionwords import Options, flag_names, read_options
from paritycheck.parse.python.literals import Literals, read_literals
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.python import shown
from paritycheck.predict.starting.scene import UNKNOWN, Call, Process, read_reference, script_root

_UVICORN = flag_names(
    "--reload --use-colors --no-use-colors --access-log --no-access-log --proxy-headers --no-proxy-headers "
    "--server-header --no-server-header --date-header --no-date-header --factory --version --help "
    "--reset-contextvars"
)
_GUNICORN = flag_names(
    "--reload --spew --check-config --print-config --preload --no-sendfile --reuse-port -D --daemon "
    "--initgroups --capture-output --log-syslog -R --enable-stdio-inheritance --proxy-protocol "
    "--disable-redirect-access-to-syslog --suppress-ragged-eofs --do-handshake-on-connect -h --help -v "
    "--version --strip-header-spaces --permit-unconventional-http-method "
    "--permit-unconventional-http-version --permit-obsolete-folding --casefold-http-method"
    "--no-control-socket --dirty"
)
_HYPERCORN = flag_names("--debug --reload -h --help --version")
_GRANIAN = flag_names(
    "--http1-keep-alive --no-http1-keep-alive --http1-pipeline-flush --no-http1-pipeline-flush "
    "--http2-adaptive-window --no-http2-adaptive-window --log --no-log --access-log --no-access-log "
    "--ws --no-ws --respawn-failed-workers --no-respawn-failed-workers --reload --no-reload "
    "--factory --no-factory --rt-metrics --no-rt-metrics --opt --no-opt --version --help "
    "--process-name-gil --ssl-client-verify --no-ssl-client-verify"
)
_DAPHNE = flag_names("-h --help --proxy-headers --no-server-name --version")
_WAITRESS = flag_names(
    "--help --call --log-untrusted-proxy-headers --no-log-untrusted-proxy-headers "
    "--clear-untrusted-proxy-headers --no-clear-untrusted-proxy-headers "
    "--expose-tracebacks --no-expose-tracebacks --ipv4 --no-ipv4 "
    "--ipv6 --no-ipv6 --asyncore-use-poll --no-asyncore-use-poll"
)
_UWSGI = flag_names(
    "-M --master --enable-threads --single-interpreter --need-app --vacuum --die-on-term --lazy-apps "
    "--lazy --thunder-lock --http-keepalive --disable-logging --strict --no-site --ignore-sigpipe "
    "--ignore-write-errors --disable-write-exception --no-orphans --memory-report --offload-threads"
)


def find_target(options: Options, *named: str) -> str:
    """Return the word that names the application: one of the options, else the best positional word.

    An unknown flag may have been taken for an option with a value: a word that can only be a
    ``module:attribute`` is found there too.
    """
    given = options.last(*named)
    certain = [word for word in options.rest if UNKNOWN not in word]
    if given or certain:
        return given or certain[0]
    values = (value for found in options.values.values() for value in found)
    found = next((value for value in values if ":" in value and read_reference(value)), "")
    return found or next(iter(options.rest), "")


def serve(
    call: Call,
    target: str,
    server: str,
    first: tuple[str, ...],
    *,
    last: tuple[str, ...] = (),
    programs: tuple[str, ...] = (),
) -> Process:
    """Return the process of a server that imports ``target``."""
    reference = read_reference(target)
    if reference is None:
        why = f"{shown(target)} is no module:attribute" if target else "no application is named"
        return call.fails(f"{server}: {why}")
    module, attribute = reference
    return call.becomes(
        f"{server} serves {target}",
        first=first,
        last=last,
        modules=(module,),
        attributes=((module, attribute),),
        programs=(server, *programs),
    )


def uvicorn(call: Call) -> Process:
    """``uvicorn [--app-dir DIR] a.b:app``: the directory, by default the working directory, goes first."""
    options = read_options(call.arguments, _UVICORN)
    return serve(call, find_target(options), "uvicorn", (options.last("--app-dir") or ".",))


def hypercorn(call: Call) -> Process:
    """``hypercorn [asgi:|wsgi:]path/to/module:app``: the directory of the path goes first."""
    target = find_target(read_options(call.arguments, _HYPERCORN))
    target = target.partition(":")[2] if target.count(":") == 2 else target
    directory, _, name = target.rpartition("/")
    module, _, attribute = name.partition(":")
    target = f"{module.removesuffix('.py')}:{attribute or 'app'}" if name else ""
    return serve(call, target, "hypercorn", (directory or ".",))


def granian(call: Call) -> Process:
    """``granian [--working-dir DIR] a.b:app``: that directory is searched, not entered."""
    options = read_options(call.arguments, _GRANIAN)
    module, _, attribute = find_target(options).partition(":")
    if not module:
        return serve(call, "", "granian", ())
    directory, name = import_place(call, module)
    factory = options.has("--factory")
    attribute = attribute or ("create_app" if factory else "app")
    return serve(call, f"{name}:{attribute}", "granian", (directory, options.last("--working-dir") or "."))


def import_place(call: Call, path: str) -> tuple[str, str]:
    """Return the directory and the dotted name that a path or name is imported by.

    The rule of Flask's ``prepare_import``, which others took over: the directory is the first one
    upwards that is no package.
    """
    full = call.scene.files.real(call.scene.absolute(path)).removesuffix(".py")
    if posixpath.basename(full) == "__init__":
        full = posixpath.dirname(full)
    names: list[str] = []
    while full != "/":
        full, name = posixpath.split(full)
        names.insert(0, name)
        if not call.scene.files.is_file(posixpath.join(full, "__init__.py")):
            break
    return full, ".".join(names)


def daphne(call: Call) -> Process:
    """``daphne a.b:app``: the working directory goes first."""
    return serve(call, find_target(read_options(call.arguments, _DAPHNE)), "daphne", (".",))


def waitress(call: Call) -> Process:
    """``waitress-serve [--call] a.b:app``: the working directory goes last."""
    options = read_options(call.arguments, _WAITRESS)
    return serve(call, find_target(options, "--app"), "waitress", (), last=(".",))


def gunicorn(call: Call) -> Process:
    """``gunicorn [-c CONFIG] [--chdir DIR] [--pythonpath DIRS] a.b:app``.

    Settings come from the configuration file, then GUNICORN_CMD_ARGS, then the command line.
    """
    arguments = _environment_arguments(call)
    if arguments is None:
        return call.fails("gunicorn: GUNICORN_CMD_ARGS is not known")
    options = read_options((*arguments, *call.arguments), _GUNICORN)
    target = find_target(read_options(call.arguments, _GUNICORN))
    config = options.last("-c", "--config") or "./gunicorn.conf.py"
    roots, settings = _gunicorn_config(call, config, asked=options.has("-c", "--config"))
    chdir = options.last("--chdir") or settings.texts.get("chdir", "")
    python_path = options.last("--pythonpath") or settings.texts.get("pythonpath", "")
    worker = options.last("-k", "--worker-class") or settings.texts.get("worker_class", "")
    target = target or settings.texts.get("wsgi_app", "")
    # It has put the working directory first before it leaves it.
    before = call.scene.cwd
    call = call.moved(chdir)
    first = (*reversed([part for part in python_path.split(",") if part]), ".", before)
    module = read_reference(target.partition("(")[0])
    if module is None:
        return serve(call, target, "gunicorn", first)
    worker_module = worker.rpartition(".")[0]
    process = serve(call, target, "gunicorn", first, programs=(worker_module,) if worker_module else ())
    return call.becomes(
        process.reason,
        first=first,
        roots=(*process.roots, *roots),
        attributes=(*process.attributes, *(((module[0], "application"),) if not module[1] else ())),
        programs=process.programs,
    )


def _environment_arguments(call: Call) -> tuple[str, ...] | None:
    given = call.scene.env.get("GUNICORN_CMD_ARGS", "")
    if given is None or UNKNOWN in given:
        return None
    try:
        return tuple(shlex.split(given))
    except ValueError:
        return None


def _gunicorn_config(call: Call, config: str, *, asked: bool) -> tuple[tuple[Root, ...], Literals]:
    if config.startswith("python:"):
        return (Root(config.removeprefix("python:")),), Literals()
    path = call.scene.absolute(config.removeprefix("file:"))
    if UNKNOWN in config or not (asked or call.scene.files.is_file(path)):
        return (), Literals()
    text = call.scene.text(path)
    return (script_root(call.scene, path, "__config__", main=False),), read_literals(text or "")


def uwsgi(call: Call) -> Process:
    """``uwsgi --module a.b:app | --wsgi-file FILE`` or an ini file that says so."""
    options = read_options(call.arguments, _UWSGI)
    settings = {name.lstrip("-"): values[-1] for name, values in options.values.items()}
    path = settings.get("ini") or next((word for word in options.rest if word.endswith(".ini")), "")
    data: tuple[str, ...] = ()
    if path:
        found = call.scene.absolute(path)
        data = (found,)
        settings = {**read_uwsgi(call.scene.text(found) or ""), **settings}
    call = call.moved(settings.get("chdir", ""))
    first = tuple(settings[name] for name in ("pythonpath", "python-path", "pp") if settings.get(name))
    module = settings.get("module") or settings.get("w") or settings.get("wsgi") or ""
    attribute = settings.get("callable") or "application"
    file = settings.get("wsgi-file") or settings.get("file") or ""
    if module:
        process = serve(call, module if ":" in module else f"{module}:{attribute}", "uwsgi", (*first, "."))
        return process if process.problem else _with_data(call, process, data)
    if file:
        root = script_root(call.scene, file, "uwsgi_file", main=False)
        return call.becomes(f"uwsgi runs {file}", first=(*first, "."), roots=(root,), data=data)
    return call.fails("uwsgi: no application is named")


def _with_data(call: Call, process: Process, data: tuple[str, ...]) -> Process:
    return call.becomes(
        process.reason,
        first=tuple(entry.path for entry in process.path_entries),
        roots=process.roots,
        attributes=process.attributes,
        data=data,
    )


def read_uwsgi(text: str) -> dict[str, str]:
    """Return the settings of the ``[uwsgi]`` section, the last of each name, ``%d``-like magic left out."""
    found: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "uwsgi" and "=" in line and not line.startswith((";", "#")):
            name, _, value = line.partition("=")
            if "%" not in value and "$(" not in value:
                found[name.strip()] = value.strip()
    return found


SERVERS: dict[str, Callable[[Call], Process]] = {
    "uvicorn": uvicorn,
    "gunicorn": gunicorn,
    "hypercorn": hypercorn,
    "granian": granian,
    "daphne": daphne,
    "waitress": waitress,
    "waitress-serve": waitress,
    "uwsgi": uwsgi,
}
