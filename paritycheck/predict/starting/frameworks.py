"""Frameworks' own commands: what ``flask run``, ``manage.py migrate`` or ``alembic upgrade`` import.

Sources, each the project's own code: Flask ``cli.py`` (``ScriptInfo.load_app``, ``prepare_import``),
fastapi-cli ``discover.py``, Streamlit ``web/bootstrap.py``, Django ``core/management/__init__.py``,
Alembic ``script/base.py`` and ``config.py``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.parse.command.optionwords import flag_names, read_options
from paritycheck.parse.command.processfiles import read_ini
from paritycheck.parse.python.literals import read_literals
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.djangoroots import VARIABLE, django_roots
from paritycheck.predict.starting.python import MANAGE
from paritycheck.predict.starting.scene import UNKNOWN, Call, Process, script_root, unique_roots
from paritycheck.predict.starting.servers import import_place, serve
from paritycheck.predict.starting.testrunner import pytest

_FLASK = flag_names(
    "--debug --no-debug --version --help --reload --no-reload --debugger --no-debugger "
    "--with-threads --without-threads"
)
_FASTAPI = flag_names("--reload --no-reload --proxy-headers --no-proxy-headers --help --version --verbose -v")
_FASTAPI_DEFAULTS = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")
_DJANGO = flag_names(
    "--noinput --no-input --traceback --no-color --force-color --skip-checks --help -h "
    "--version --noreload --nothreading --ipv6 -6 --insecure --nostatic --fake "
    "--fake-initial --plan --check --run-syncdb --clear -c --link -l --dry-run -n "
    "--no-post-process"
)


def flask(call: Call) -> Process:
    """``flask [--app APP] run``; else FLASK_APP, else ``wsgi.py`` or ``app.py`` in the working directory."""
    options = read_options(call.arguments, _FLASK)
    app = options.last("-A", "--app") or call.scene.env.get("FLASK_APP") or _flask_variable(call)
    if not app:
        there = (
            name for name in ("wsgi.py", "app.py") if call.scene.files.is_file(call.scene.absolute(name))
        )
        app = next(there, "")
    if not app or UNKNOWN in app:
        return call.fails(f"flask: no application is named{' that is known' if app else ''}")
    path, _, attribute = app.strip().partition(":")
    directory, name = import_place(call, path)
    attribute = attribute.strip()
    return serve(call, f"{name}:{attribute}" if attribute else name, "flask", (directory,))


def _flask_variable(call: Call) -> str:
    """Return FLASK_APP from ``.flaskenv``, which python-dotenv reads if it is installed."""
    text = call.scene.text(call.scene.absolute(".flaskenv")) or ""
    match = re.search(r"^(?:export )?FLASK_APP=['\"]?([^'\"\s]+)", text, re.MULTILINE)
    return match[1] if match else ""


def fastapi(call: Call) -> Process:
    """``fastapi run|dev [FILE]``; by default the usual places in the working directory."""
    options = read_options(call.arguments, _FASTAPI)
    entry = options.last("-e", "--entrypoint")
    if entry:
        return serve(call, entry, "fastapi", (".",))
    path = options.rest[1] if len(options.rest) > 1 else ""
    if not path:
        there = (name for name in _FASTAPI_DEFAULTS if call.scene.files.is_file(call.scene.absolute(name)))
        path = next(there, "")
    if not path or UNKNOWN in path:
        return call.fails("fastapi: no file is named, and none of the usual ones is there")
    directory, name = import_place(call, path)
    app = options.last("--app")
    return serve(call, f"{name}:{app}" if app else name, "fastapi", (directory,))


def script_runner(program: str, *subcommands: str) -> Callable[[Call], Process]:
    """Return what follows ``streamlit run FILE`` and its like: the file is run, its directory goes first."""

    def run(call: Call) -> Process:
        words = call.arguments
        position = next((index for index, word in enumerate(words) if word in subcommands), -1)
        if subcommands and position < 0:
            return call.fails(f"{program}: none of {', '.join(subcommands)} is asked for")
        scripts = [word for word in words[position + 1 :] if word.endswith(".py")]
        if not scripts:
            return call.fails(f"{program}: no script is named")
        path = call.scene.absolute(scripts[0])
        directory = posixpath.dirname(path)
        pages = [
            script_root(call.scene, f"{directory}/pages/{name}")
            for name in call.scene.files.names(f"{directory}/pages")
            if name.endswith(".py") and program == "streamlit"
        ]
        return call.becomes(
            f"{program} runs {scripts[0]}",
            first=(directory,),
            roots=(script_root(call.scene, path), *pages),
            programs=(program,),
        )

    return run


def manage(call: Call) -> Process:
    """``manage.py COMMAND``: the first argument is the script's own path."""
    path, *arguments = call.arguments
    text = call.scene.text(path) or ""
    given = read_literals(text, variables=call.scene.env).defaults.get(VARIABLE, "")
    own = script_root(call.scene, path)
    return _django(msgspec.structs.replace(call, arguments=tuple(arguments)), given, (own,))


def django_admin(call: Call) -> Process:
    """``django-admin COMMAND`` or ``python -m django COMMAND``."""
    return _django(call, "", ())


def _django(call: Call, default: str, roots: tuple[Root, ...]) -> Process:
    options = read_options(call.arguments, _DJANGO)
    settings = options.last("--settings") or call.scene.env.get(VARIABLE) or default
    first = tuple(path for path in (options.last("--pythonpath"),) if path)
    command = options.rest[0] if options.rest else ""
    if not settings or UNKNOWN in settings:
        why = f"django: the settings module is not known ({VARIABLE})"
        return call.becomes(why, first=first, roots=roots, programs=("django",), problem="" if roots else why)
    process = call.becomes("", first=first)
    directories = msgspec.structs.replace(call, process=process).search
    found, attributes = django_roots(call.scene, directories, settings, command)
    return call.becomes(
        f"django runs {command or 'nothing'} with {settings}",
        first=first,
        roots=(*roots, *found),
        attributes=attributes,
        programs=("django",),
        settings=settings,
    )


def alembic(call: Call) -> Process:
    """``alembic [-c FILE] COMMAND``: ``env.py`` and every version below ``script_location``."""
    options = read_options(call.arguments, flag_names("--raiseerr --help -h --version --sql -v --verbose"))
    config = call.scene.absolute(
        options.last("-c", "--config") or call.scene.env.get("ALEMBIC_CONFIG") or "alembic.ini"
    )
    text = call.scene.text(config)
    if text is None:
        return call.becomes("alembic", data=(config,), problem=f"alembic: {config} cannot be read")
    here = posixpath.dirname(config)
    settings = {
        name: value.replace("%(here)s", here)
        for name, value in read_ini(text).get(options.last("-n", "--name") or "alembic", {}).items()
    }
    location = settings.get("script_location", "")
    if not location or "%(" in location:
        return call.becomes("alembic", data=(config,), problem=f"alembic: {config} names no script_location")
    if ":" in location:
        package, _, rest = location.partition(":")
        location = f"{package.replace('.', '/')}/{rest}"
    prepend = settings.get("prepend_sys_path", "").replace(":", " ").replace(",", " ").split()
    base = call.scene.absolute(location)
    versions = settings.get("version_locations", "").replace(",", " ").split() or [f"{base}/versions"]
    return call.becomes(
        f"alembic runs {location}/env.py",
        first=tuple(prepend),
        roots=unique_roots(
            [script_root(call.scene, f"{base}/env.py", "env_py", main=False), *_versions(call, versions)]
        ),
        data=(config,),
        programs=("alembic",),
    )


def _versions(call: Call, directories: list[str]) -> Iterator[Root]:
    for directory in directories:
        path = call.scene.absolute(directory)
        for name in call.scene.files.names(path):
            if name.endswith(".py") and name != "__init__.py":
                yield script_root(call.scene, f"{path}/{name}", name.removesuffix(".py") + "_py", main=False)


def open_ended(program: str) -> Callable[[Call], Process]:
    """Return what follows a program that runs whatever it is given later."""

    def run(call: Call) -> Process:
        return call.becomes(
            program, first=(".",), programs=(program,), problem=f"{program}: it runs what it is given later"
        )

    return run


FRAMEWORKS: dict[str, Callable[[Call], Process]] = {
    "flask": flask,
    "fastapi": fastapi,
    "fastapi_cli": fastapi,
    "streamlit": script_runner("streamlit", "run"),
    "chainlit": script_runner("chainlit", "run"),
    "panel": script_runner("panel", "serve"),
    MANAGE: manage,
    "django-admin": django_admin,
    "django": django_admin,
    "alembic": alembic,
    "pytest": pytest,
    "py.test": pytest,
    "jupyter": open_ended("jupyter"),
    "jupyter-lab": open_ended("jupyter"),
    "jupyter-notebook": open_ended("jupyter"),
    "jupyterhub": open_ended("jupyterhub"),
    "ipython": open_ended("ipython"),
    **{
        name: open_ended(name)
        for name in ("airflow", "prefect", "kedro", "mlflow", "dbt", "scrapyd", "voila")
    },
}
