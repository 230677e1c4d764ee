"""Programs of other frameworks that are told a file, a module or ``module:attribute``, and import it.

Sources, each the project's own documentation of its command line: Litestar "Autodiscovery", FastStream,
Quart, Bottle, Robyn, Kopf, MCP's Python SDK and FastMCP ("Entrypoints"), Gradio, Shiny, Solara, Bokeh,
BentoML, Functions Framework, the AWS Lambda runtime client, Faust, Nameko, Procrastinate, Dagster
("workspace.yaml"), Luigi, Scrapy, Reflex, Kedro, Twisted, Locust.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from paritycheck.parse.command.optionwords import Options, flag_names, read_options
from paritycheck.parse.command.processfiles import read_ini
from paritycheck.parse.python.literals import read_literals
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.scene import (
    UNKNOWN,
    Call,
    Process,
    module_file,
    module_text,
    read_reference,
    script_root,
    unique_roots,
)
from paritycheck.predict.starting.servers import serve

_LITESTAR = ("app.py", "app/__init__.py", "application.py", "application/__init__.py", "asgi.py")
_APP_NAME = re.compile(r"app_name\s{0,9}=\s{0,9}[\"'](\w{1,99})[\"']")


def litestar(call: Call) -> Process:
    """``litestar [--app a.b:app] run``, LITESTAR_APP, else the usual places in the working directory."""
    options = read_options(call.arguments, frozenset({"--reload", "--debug", "-d", "-r", "--pdb"}))
    directory = options.last("--app-dir") or "."
    target = options.last("--app") or call.scene.env.get("LITESTAR_APP") or ""
    if not target:
        there = (
            each for each in _LITESTAR if call.scene.files.is_file(call.scene.absolute(f"{directory}/{each}"))
        )
        target = next(there, "").removesuffix("/__init__.py").removesuffix(".py")
    return serve(call, target, "litestar", (directory,))


def told(program: str, flags: str = "", *, after: str = "", directory: str = "") -> Callable[[Call], Process]:
    """Return what follows ``PROGRAM [after] a.b:app``; the option ``directory`` names where to look."""
    names = flag_names(flags)

    def run(call: Call) -> Process:
        options = read_options(call.arguments, names)
        words = options.rest[1:] if after and options.rest[:1] == (after,) else options.rest
        if after and words == options.rest:
            return call.fails(f"{program}: {after} is not asked for")
        target = next((word for word in words if UNKNOWN not in word), "")
        return serve(call, _divided(call, target), program, (options.last(directory) or ".",))

    return run


def _divided(call: Call, target: str) -> str:
    """Return ``a.b:c`` for ``a.b.c`` where that is an attribute of a module that is there."""
    module, _, attribute = target.rpartition(".")
    directories = (call.scene.cwd, *call.search)
    if ":" in target or not module or module_file(call.scene, directories, target):
        return target
    return f"{module}:{attribute}" if module_file(call.scene, directories, module) else target


def named(program: str, *options: str, variable: str = "", flags: str = "") -> Callable[[Call], Process]:
    """Return what follows a program that is told its application by an option, or by a variable."""

    def run(call: Call) -> Process:
        given = read_options(call.arguments, flag_names(flags)).last(*options)
        target = given or (call.scene.env.get(variable) or "" if variable else "")
        return serve(call, _divided(call, target), program, (".",))

    return run


def filed(
    program: str, after: str = "", default: str = "", *, main: bool = False
) -> Callable[[Call], Process]:
    """Return what follows ``PROGRAM [after] FILE[:object]``: the file's directory goes first.

    ``main``: it runs under the name ``__main__``.
    """

    def run(call: Call) -> Process:
        words = [word.partition(":")[0] for word in call.arguments if UNKNOWN not in word]
        if after and after not in words:
            return call.fails(f"{program}: {after} is not asked for")
        files = [word for word in words if word.endswith(".py")]
        files = files or [default] * (
            bool(default) and call.scene.files.is_file(call.scene.absolute(default))
        )
        return _files(call, program, files, main=main)

    return run


def _files(
    call: Call, program: str, files: list[str], modules: tuple[str, ...] = (), *, main: bool = False
) -> Process:
    if not files and not modules:
        return call.fails(f"{program}: no file is named")
    paths = [call.scene.absolute(file) for file in files]
    return call.becomes(
        f"{program} runs {', '.join((*files, *modules))}",
        first=tuple(dict.fromkeys((*map(posixpath.dirname, paths), *((".",) if modules else ())))),
        modules=modules,
        roots=tuple(script_root(call.scene, path, _name(path, main), main=main) for path in paths),
        programs=(program,),
    )


def _name(path: str, main: bool) -> str:
    return "__main__" if main else posixpath.basename(path).removesuffix(".py")


def kopf(call: Call) -> Process:
    """``kopf run [-m MODULE] FILE …``."""
    flags = flag_names(
        "--verbose -v --debug -d --quiet -q --standalone --dev -A --all-namespaces --no-standalone"
    )
    options = read_options(call.arguments, flags)
    files = [word for word in options.rest if word.endswith(".py")]
    return _files(call, "kopf", files, options.every("-m", "--module"))


def locust(call: Call) -> Process:
    """``locust [-f FILE,…]``, LOCUST_LOCUSTFILE, else ``locustfile.py`` in the working directory."""
    given = read_options(call.arguments, flag_names("--headless --master --worker --autostart --list -l"))
    text = given.last("-f", "--locustfile") or call.scene.env.get("LOCUST_LOCUSTFILE") or ""
    files = [word for word in text.split(",") if word.endswith(".py")]
    if not text and call.scene.files.is_file(call.scene.absolute("locustfile.py")):
        files = ["locustfile.py"]
    return _files(call, "locust", files)


def functions(call: Call) -> Process:
    """``functions-framework --target F [--source FILE]``, FUNCTION_TARGET and FUNCTION_SOURCE."""
    options = read_options(call.arguments, flag_names("--debug --dry-run --help"))
    source = options.last("--source") or call.scene.env.get("FUNCTION_SOURCE") or "main.py"
    return _files(call, "functions-framework", [source] if UNKNOWN not in source else [])


def handler(call: Call) -> Process:
    """``awslambdaric a.b.handler``: the last part is the function; a slash stands for a dot."""
    target = call.arguments[0] if call.arguments else call.scene.env.get("_HANDLER") or ""
    module, _, attribute = target.replace("/", ".").rpartition(".")
    return serve(call, f"{module}:{attribute}" if module else "", "awslambdaric", (".",))


def procrastinate(call: Call) -> Process:
    """``procrastinate [--app a.b.app] worker`` or PROCRASTINATE_APP: the last part is the attribute."""
    options = read_options(call.arguments, flag_names("-v --verbose -V --version"))
    target = options.last("-a", "--app") or call.scene.env.get("PROCRASTINATE_APP") or ""
    module, _, attribute = target.rpartition(".")
    return serve(call, f"{module}:{attribute}" if module else "", "procrastinate", (".",))


def dagster(call: Call) -> Process:
    """``dagster dev -f FILE``, ``-m MODULE`` and their long names in ``dagster api grpc``."""
    options = read_options(call.arguments, flag_names("--heartbeat --use-python-environment-entry-point"))
    files = list(options.every("-f", "--python-file"))
    return _files(call, "dagster", files, options.every("-m", "--module-name"))


def luigi(call: Call) -> Process:
    """``luigi --module a.b TASK``."""
    options = read_options(call.arguments, flag_names("--local-scheduler --no-lock --help"))
    module = options.last("--module")
    return serve(call, module, "luigi", (".",)) if module else call.fails("luigi: no --module is named")


def scrapy(call: Call) -> Process:
    """``scrapy COMMAND``: the settings module of ``scrapy.cfg``, and every spider below SPIDER_MODULES."""
    config = read_ini(call.scene.text(call.scene.absolute("scrapy.cfg")) or "")
    settings = call.scene.env.get("SCRAPY_SETTINGS_MODULE") or config.get("settings", {}).get("default", "")
    if not settings or UNKNOWN in settings:
        return call.fails("scrapy: no settings module is named, in scrapy.cfg or by SCRAPY_SETTINGS_MODULE")
    directories = (call.scene.cwd, *call.search)
    says = read_literals(module_text(call.scene, directories, settings), variables=call.scene.env)
    spiders = [
        name for each in says.lists.get("SPIDER_MODULES", ()) for name in _below(call, directories, each)
    ]
    return call.becomes(
        f"scrapy runs with {settings}", last=(".",), modules=(settings, *spiders), programs=("scrapy",)
    )


def _below(call: Call, directories: tuple[str, ...], package: str) -> Iterator[str]:
    """Yield a package and every module in it."""
    yield package
    folder = module_file(call.scene, directories, package)
    if not folder.endswith(".py"):
        for name in call.scene.files.names(folder) if folder else ():
            if name.endswith(".py") and name != "__init__.py":
                yield f"{package}.{name.removesuffix('.py')}"


def reflex(call: Call) -> Process:
    """``reflex run``: ``rxconfig.py`` in the working directory names the application."""
    path = call.scene.absolute("rxconfig.py")
    source = call.scene.text(path) or ""
    match = _APP_NAME.search(source)
    name = match[1] if match else ""
    roots = (Root("rxconfig", path.lstrip("/")), *((Root(f"{name}.{name}"),) if name else ()))
    problem = "" if name else "reflex: rxconfig.py names no application"
    return call.becomes(
        f"reflex runs {name}",
        first=(".",),
        roots=unique_roots([*roots]),
        programs=("reflex",),
        problem=problem,
    )


def twistd(call: Call) -> Process:
    """``twistd -y FILE`` and ``twistd web --wsgi a.b.app``."""
    options = read_options(call.arguments, flag_names("-n --nodaemon -o --no_save -b --debug --originalname"))
    files = list(options.every("-y", "--python"))
    if files:
        return _files(call, "twistd", files)
    return _twisted_web(call, options)


def _twisted_web(call: Call, options: Options) -> Process:
    target = options.last("--wsgi", "--class") if "web" in options.rest else ""
    module, _, attribute = target.rpartition(".")
    return serve(call, f"{module}:{attribute}" if module else "", "twistd", (".",))


def quart(call: Call) -> Process:
    """``quart [--app a.b:app] run`` or QUART_APP."""
    options = read_options(call.arguments, flag_names("--debug --no-debug --reload --no-reload --help"))
    target = options.last("-A", "--app") or call.scene.env.get("QUART_APP") or ""
    target = target.replace("/", ".").removesuffix(".py").replace(".py:", ":")
    reference = read_reference(target)
    return serve(call, target if reference else "", "quart", (".",))


APPLICATIONS: dict[str, Callable[[Call], Process]] = {
    "litestar": litestar,
    "faststream": told(
        "faststream", "--factory --is-factory --reload -r", after="run", directory="--app-dir"
    ),
    "bentoml": told(
        "bentoml", "--production --development --reload --debug", after="serve", directory="--working-dir"
    ),
    "sanic": told(
        "sanic",
        "--factory -s --simple --dev -d --debug -r --reload --auto-reload --access-log "
        "--no-access-logs --fast --single-process --motd --no-motd -v --verbosity --noisy-exceptions",
    ),
    "nameko": told("nameko", after="run"),
    "bottle": told("bottle", "--reload --debug"),
    "bottle.py": told("bottle", "--reload --debug"),
    "faust": named("faust", "-A", "--app", variable="FAUST_APP", flags="--debug --no-debug -q --quiet"),
    "quart": quart,
    "robyn": filed("robyn", main=True),
    "mcp": filed("mcp", "run"),
    "fastmcp": filed("fastmcp", "run"),
    "gradio": filed("gradio", default="app.py", main=True),
    "shiny": filed("shiny", "run", "app.py"),
    "solara": filed("solara", "run"),
    "bokeh": filed("bokeh", "serve"),
    "kopf": kopf,
    "locust": locust,
    "functions-framework": functions,
    "functions_framework": functions,
    "awslambdaric": handler,
    "procrastinate": procrastinate,
    "dagster": dagster,
    "dagster-webserver": dagster,
    "dagster-daemon": dagster,
    "luigi": luigi,
    "scrapy": scrapy,
    "reflex": reflex,
    "twistd": twistd,
}
