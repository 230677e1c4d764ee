"""Task workers: which modules they import before they wait for work.

Sources, each the project's own code: Celery ``app/utils.py`` (``find_app``), dramatiq ``cli.py``,
huey ``bin/huey_consumer.py``, arq ``cli.py``, taskiq ``cli/worker/args.py``, rq ``cli/helpers.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.parse.command.optionwords import Options, flag_names, read_options
from paritycheck.predict.starting.python import shown
from paritycheck.predict.starting.scene import Call, Process, module_file, read_reference, search_directories

_CELERY = flag_names(
    "-q --quiet -C --no-color --skip-checks --version --help -B --beat -E --events -D "
    "--detach --purge --discard --without-gossip --without-mingle --without-heartbeat "
    "-O_fair --task-events --force"
)
_DRAMATIQ = flag_names("--watch-use-polling --skip-logging --use-spawn -v --verbose --version -h --help")
_HUEY = flag_names("-v --verbose -S --simple -q --quiet -n --no-periodic -f --flush-locks")
_ARQ = flag_names("--burst --no-burst --check -v --verbose --version --help")
_TASKIQ = flag_names(
    "--no-configure-logging --no-parse --reload --do-not-use-gitignore -fsd --fs-discover "
    "--no-propagate-errors --use-process-pool --wait-tasks-timeout-off --skip-first-run -h "
    "--help"
)


def celery(call: Call) -> Process:
    """``celery [-A APP] worker …``; the application may be named by CELERY_APP, or by the old order."""
    options = read_options(call.arguments, _CELERY)
    name = options.last("-A", "--app") or call.scene.env.get("CELERY_APP") or ""
    call = call.moved(options.last("--workdir"))
    if not name:
        return call.fails("celery: no application is named (-A)")
    modules, attributes = _celery_app(call, name)
    if not modules:
        return call.fails(f"celery: {shown(name)} is no application")
    return call.becomes(
        f"celery runs {name}", first=(".",), modules=modules, attributes=attributes, programs=("celery",)
    )


def _celery_app(call: Call, name: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return what ``find_app`` imports: an attribute if there is one, else a module, then its ``celery``."""
    reference = read_reference(name)
    if reference is None:
        return (), ()
    module, attribute = reference
    if attribute:
        return (module,), ((module, attribute),)
    directories = (call.scene.cwd, *search_directories(call.scene, call.process.path_entries))
    found = module_file(call.scene, directories, module)
    parent, _, last = module.rpartition(".")
    if not found and parent and module_file(call.scene, directories, parent):
        return (parent,), ((parent, last),)
    below = f"{module}.celery"
    if found and not found.endswith(".py") and module_file(call.scene, directories, below):
        return (module, below), ()
    return (module,), ()


def dramatiq(call: Call) -> Process:
    """``dramatiq BROKER[:attribute] [MODULE …]``; the path, by default the working directory, goes first."""
    options = read_options(call.arguments, _DRAMATIQ)
    return _all_named(call, "dramatiq", options, options.every("-P", "--path") or (".",))


def taskiq(call: Call) -> Process:
    """``taskiq worker BROKER [MODULE …]``, or ``scheduler``."""
    options = read_options(call.arguments, _TASKIQ)
    options = Options(options.values, options.rest[1:])
    return _all_named(call, "taskiq", options, (options.last("--app-dir", "-ad") or ".",))


def huey(call: Call) -> Process:
    """``huey_consumer.py a.b.huey``: the last part is the attribute."""
    options = read_options(call.arguments, _HUEY)
    return _last_is_attribute(call, "huey", options, first=(".",))


def arq(call: Call) -> Process:
    """``arq a.b.WorkerSettings``: the last part is the attribute; the working directory goes last."""
    return _last_is_attribute(call, "arq", read_options(call.arguments, _ARQ), last=(".",))


def rq(call: Call) -> Process:
    """``rq worker``: what it imports is named by the jobs that it is given."""
    options = read_options(call.arguments, frozenset({"-b", "--burst", "-v", "--verbose", "-q", "--quiet"}))
    settings = options.last("-c", "--config")
    path = options.every("-P", "--path") or (".",)
    return call.becomes(
        "rq works on jobs",
        first=path,
        modules=(settings,),
        programs=("rq",),
        problem="rq: the modules of its jobs are named by those who queue them",
    )


def _all_named(call: Call, program: str, options: Options, first: tuple[str, ...]) -> Process:
    references = [read_reference(word) for word in options.rest]
    if not references or None in references:
        return call.fails(f"{program}: no module is named that could be understood")
    pairs = tuple(reference for reference in references if reference is not None)
    modules = tuple(module for module, _ in pairs)
    return call.becomes(
        f"{program} works for {', '.join(modules)}",
        first=first,
        modules=modules,
        attributes=pairs,
        programs=(program,),
    )


def _last_is_attribute(
    call: Call, program: str, options: Options, *, first: tuple[str, ...] = (), last: tuple[str, ...] = ()
) -> Process:
    reference = read_reference(options.rest[0].replace(":", ".")) if options.rest else None
    module, _, attribute = reference[0].rpartition(".") if reference else ("", "", "")
    if not module:
        return call.fails(f"{program}: no module.attribute is named")
    return call.becomes(
        f"{program} works for {module}",
        first=first,
        last=last,
        modules=(module,),
        attributes=((module, attribute),),
        programs=(program,),
    )


WORKERS: dict[str, Callable[[Call], Process]] = {
    "celery": celery,
    "dramatiq": dramatiq,
    "taskiq": taskiq,
    "huey_consumer": huey,
    "huey_consumer.py": huey,
    "huey.bin.huey_consumer": huey,
    "arq": arq,
    "rq": rq,
    "rqworker": rq,
}
