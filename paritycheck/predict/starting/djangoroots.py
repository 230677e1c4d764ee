"""What Django imports by strings: the settings module and what its lists name.

Sources: Django, ``apps/registry.py`` (``populate``), ``apps/config.py`` (``AppConfig.create``),
``core/handlers/base.py`` (``load_middleware``), ``urls/resolvers.py``,
``core/management/__init__.py`` (``find_commands``), ``contrib/admin/__init__.py`` (``autodiscover``);
Celery ``fixups/django.py`` (``autodiscover_tasks``).
"""

from __future__ import annotations

import msgspec

from paritycheck.model.source import ImportContext
from paritycheck.parse.python.literals import read_literals
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.djangosettings import Named, named_classes, read_settings
from paritycheck.predict.starting.scene import UNKNOWN, Process, Scene, module_file, module_text, unique_roots

VARIABLE = "DJANGO_SETTINGS_MODULE"
_SETS_UP = "django.core."  # get_wsgi_application, get_asgi_application: they read the variable
# These commands load every migration (MigrationLoader).
_MIGRATING = frozenset({"migrate", "makemigrations", "runserver", "showmigrations", "sqlmigrate", "test"})
_SERVING = frozenset({"runserver", "runserver_plus", "testserver"})  # these commands answer requests
_HANDLERS = ("get_wsgi_application", "get_asgi_application", "WSGIHandler", "ASGIHandler")


def django_roots(
    scene: Scene,
    directories: tuple[str, ...],
    settings: str,
    command: str = "",
    *,
    worker: bool = False,
    served: bool = False,
) -> tuple[tuple[Root, ...], tuple[tuple[str, str], ...]]:
    """Return the modules, and their attributes, that the settings module leads to by its strings.

    ``command`` is the management command, for ``<app>.management.commands.<command>``; ``worker``: a
    Celery worker is started, which looks for ``<app>.tasks``; ``served``: requests are answered, for which
    middleware is loaded. What the settings only name under some condition is a guarded root.
    """
    says = read_settings(scene, directories, settings)
    roots = [Root(settings)]
    attributes: dict[tuple[str, str], None] = {}
    certain, possible = says.lists.get("INSTALLED_APPS", ()), says.maybe.get("INSTALLED_APPS", ())
    admin = "django.contrib.admin" in (*certain, *possible)
    for app in dict.fromkeys((*certain, *possible)):
        context: ImportContext = "module" if app in certain else "guarded"
        named = _application(scene, directories, app)
        if named.attribute and context == "module":
            attributes[named.module, named.attribute] = None
        package = _package_of(scene, directories, named) if named.attribute else named.module
        wanted = [f"{package}.apps", f"{package}.models", *([f"{package}.admin"] if admin else [])]
        wanted += [f"{package}.tasks"] if worker else []
        wanted += [f"{package}.management.commands.{command}"] if command else []
        wanted += _migrations(scene, directories, package) if command in _MIGRATING else []
        roots.append(Root(named.module, context=context))
        there = (name for name in wanted if module_file(scene, directories, name))
        roots.extend(Root(name, context=context) for name in there)
    for each in named_classes(says, served=served or command in _SERVING):
        roots.append(Root(each.module, context=each.context))
        if each.attribute and each.context == "module":
            attributes[each.module, each.attribute] = None
    for text in (says.texts[name] for name in _server_settings(command) if name in says.texts):
        module, _, attribute = text.rpartition(".")
        roots.append(Root(module))
        attributes[module, attribute] = None
    roots += [Root(urls) for urls in _url_modules(scene, directories, says.texts.get("ROOT_URLCONF", ""))]
    told = [msgspec.structs.replace(root, named=False) for root in roots if root.name]
    return unique_roots(told), tuple(attributes)


def _application(scene: Scene, directories: tuple[str, ...], app: str) -> Named:
    """Return the module that an entry of INSTALLED_APPS is, or the module and the class of a configuration.

    What is not there is a module all the same, unless it can only be such a class.
    """
    if module_file(scene, directories, app) or not app.rpartition(".")[2][:1].isupper():
        return Named(app, "", "module")
    module, _, attribute = app.rpartition(".")
    return Named(module, attribute, "module")


def _migrations(scene: Scene, directories: tuple[str, ...], package: str) -> list[str]:
    folder = module_file(scene, directories, f"{package}.migrations")
    names = scene.files.names(folder) if folder and not folder.endswith(".py") else ()
    modules = [name.removesuffix(".py") for name in names if name.endswith(".py") and name[0] not in "_~"]
    return [f"{package}.migrations.{name}" for name in modules]


def with_django(process: Process, scene: Scene, directories: tuple[str, ...]) -> Process:
    """Add what Django imports, if a root of the process names its settings module.

    The environment wins over ``os.environ.setdefault``, and over the default of ``os.environ.get``.
    """
    settings = text = ""
    for root in process.roots:
        text = _root_text(scene, directories, root)
        if VARIABLE in text:
            settings = read_literals(text, variables=scene.env).defaults.get(VARIABLE, "")
        settings = scene.env.get(VARIABLE) or settings if VARIABLE in text or _SETS_UP in text else ""
        if settings:
            break
    if not settings or UNKNOWN in settings:
        return process
    served = any(handler in text for handler in _HANDLERS)
    worker = "celery" in process.programs
    roots, attributes = django_roots(scene, directories, settings, worker=worker, served=served)
    known = {root.name for root in process.roots}
    return msgspec.structs.replace(
        process,
        roots=(*process.roots, *(root for root in roots if root.name not in known)),
        attributes=tuple(dict.fromkeys((*process.attributes, *attributes))),
        settings=settings,
    )


def _root_text(scene: Scene, directories: tuple[str, ...], root: Root) -> str:
    if root.path:
        return scene.text("/" + root.path) or ""
    return module_text(scene, directories, root.name)


def _package_of(scene: Scene, directories: tuple[str, ...], named: Named) -> str:
    """Return the package of an AppConfig, by the ``name`` in its file where it is the only one."""
    module, attribute = named.module, named.attribute
    text = module_text(scene, directories, module)
    names = {
        line.partition("=")[2].strip().strip("'\"")
        for line in text.splitlines()
        if line.strip().partition("=")[0].strip() == "name" and attribute in text
    }
    return names.pop() if len(names) == 1 else module.rpartition(".")[0] or module


def _server_settings(command: str) -> tuple[str, ...]:
    return ("WSGI_APPLICATION", "ASGI_APPLICATION") if command == "runserver" else ()


def _url_modules(scene: Scene, directories: tuple[str, ...], first: str) -> tuple[str, ...]:
    """Return the root URL configuration and what ``include("…")`` reaches from it."""
    found: dict[str, None] = {}
    waiting = [first] if first else []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        text = module_text(scene, directories, name)
        if "include" in text:
            waiting.extend(text for call, text in read_literals(text).calls if call == "include")
    return tuple(found)
