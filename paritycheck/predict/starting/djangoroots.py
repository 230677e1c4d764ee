"""What Django imports by strings: the settings module and what its lists name.

Sources: Django, ``apps/registry.py`` (``populate``), ``apps/config.py`` (``AppConfig.create``),
``core/handlers/base.py`` (``load_middleware``), ``urls/resolvers.py``,
``core/management/__init__.py`` (``find_commands``), ``contrib/admin/__init__.py`` (``autodiscover``);
Celery ``fixups/django.py`` (``autodiscover_tasks``).
"""

from __future__ import annotations

import msgspec

from paritycheck.parse.python.literals import Literals, read_literals
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.scene import Process, Scene, module_file, module_text

VARIABLE = "DJANGO_SETTINGS_MODULE"
# These commands load every migration (MigrationLoader).
_MIGRATING = frozenset({"migrate", "makemigrations", "runserver", "showmigrations", "sqlmigrate", "test"})
_MOST_SETTINGS = 100  # settings files that import each other


def django_roots(
    scene: Scene, directories: tuple[str, ...], settings: str, command: str = "", worker: bool = False
) -> tuple[tuple[Root, ...], tuple[tuple[str, str], ...]]:
    """Return the modules, and their attributes, that the settings module leads to by its strings.

    ``command`` is the management command, for ``<app>.management.commands.<command>``; ``worker``: a
    Celery worker is started, which looks for ``<app>.tasks``.
    """
    says = read_settings(scene, directories, settings)
    modules: dict[str, None] = {settings: None}
    attributes: dict[tuple[str, str], None] = {}

    def exists(name: str) -> bool:
        return bool(module_file(scene, directories, name))

    apps = says.lists.get("INSTALLED_APPS", ())
    for app in apps:
        package = app
        # What is not there is a module all the same, unless it can only be the class of a configuration.
        if exists(app) or not app.rpartition(".")[2][:1].isupper():
            modules[app] = None
        else:
            module, _, attribute = app.rpartition(".")
            modules[module] = None
            attributes[module, attribute] = None
            package = _package_of(scene, directories, module, attribute)
        below = ["apps", "models", *(["admin"] if "django.contrib.admin" in apps else [])]
        wanted = [f"{package}.{name}" for name in below]
        if worker:
            wanted.append(f"{package}.tasks")
        if command:
            wanted.append(f"{package}.management.commands.{command}")
        if command in _MIGRATING:
            wanted.extend(_migrations(scene, directories, package))
        modules.update(dict.fromkeys(name for name in wanted if exists(name)))
    dotted = [
        *says.lists.get("MIDDLEWARE", ()),
        *says.lists.get("AUTHENTICATION_BACKENDS", ()),
        *(says.texts[name] for name in _server_settings(command) if name in says.texts),
    ]
    for each in dotted:
        module, _, attribute = each.rpartition(".")
        if module:
            modules[module] = None
            attributes[module, attribute] = None
    for urls in _url_modules(scene, directories, says.texts.get("ROOT_URLCONF", "")):
        modules[urls] = None
    return tuple(Root(name) for name in modules), tuple(attributes)


def _migrations(scene: Scene, directories: tuple[str, ...], package: str) -> list[str]:
    folder = module_file(scene, directories, f"{package}.migrations")
    names = scene.files.names(folder) if folder and not folder.endswith(".py") else ()
    modules = [name.removesuffix(".py") for name in names if name.endswith(".py") and name[0] not in "_~"]
    return [f"{package}.migrations.{name}" for name in modules]


def read_settings(
    scene: Scene, directories: tuple[str, ...], name: str, read: dict[str, Literals] | None = None
) -> Literals:
    """Read a settings module with what its star imports bind; ``read`` has those that are read already."""
    read = {} if read is None else read
    if name in read:
        return read[name]
    read[name] = Literals()  # what a circle sees of it
    source = module_text(scene, directories, name)
    # Read once for the imports, once more with what they bind: they come first in settings files.
    says = read_literals(source) if source and len(read) <= _MOST_SETTINGS else Literals()
    package = not module_file(scene, directories, name).endswith(".py")
    known = Literals()
    for level, origin in says.stars:
        parts = name.split(".")
        base = parts[: len(parts) - level + package] if level else []
        absolute = ".".join([*base, *([origin] if origin else [])])
        if absolute:
            more = read_settings(scene, directories, absolute, read)
            known = Literals({**known.texts, **more.texts}, {**known.lists, **more.lists})
    read[name] = read_literals(source, known) if says.stars else says
    return read[name]


def with_django(process: Process, scene: Scene, directories: tuple[str, ...]) -> Process:
    """Add what Django imports, if a root of the process names its settings module.

    The environment wins over ``os.environ.setdefault``.
    """
    named = ""
    for root in process.roots:
        text = _root_text(scene, directories, root)
        if VARIABLE in text:
            named = read_literals(text).defaults.get(VARIABLE, "")
        if named:
            break
    else:
        return process
    settings = scene.env.get(VARIABLE) or named
    roots, attributes = django_roots(scene, directories, settings, worker="celery" in process.programs)
    known = {root.name for root in process.roots}
    return msgspec.structs.replace(
        process,
        roots=(*process.roots, *(root for root in roots if root.name not in known)),
        attributes=tuple(dict.fromkeys((*process.attributes, *attributes))),
    )


def _root_text(scene: Scene, directories: tuple[str, ...], root: Root) -> str:
    if root.path:
        return scene.text("/" + root.path) or ""
    return module_text(scene, directories, root.name)


def _package_of(scene: Scene, directories: tuple[str, ...], module: str, attribute: str) -> str:
    """Return the package of an AppConfig, by the ``name`` in its file where it is the only one."""
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
