"""What Django's settings modules bind, and which of the strings in them Django imports, and when.

Sources: Django, ``conf/__init__.py`` and "Settings"; Django REST framework, ``settings.py``
(``IMPORT_STRINGS``); django-split-settings, ``tools.py`` (``include``, ``optional``).
"""

from __future__ import annotations

import fnmatch
import posixpath

import msgspec

from paritycheck.model.source import ImportContext
from paritycheck.parse.python.literals import Literals, Origin, read_literals
from paritycheck.predict.starting.scene import UNKNOWN, Scene, module_file, module_text

_MOST_SETTINGS = 100  # settings files that import each other
# The string is a module by itself, or below it has the module that is imported.
_WHOLE = {"SESSION_ENGINE": "", "DATABASES.ENGINE": ".base", "ROOT_URLCONF": "", "TEMPLATES.builtins": ""}
# Imported when they are first asked for: a query, a page, a mail, a login.
_LATER = (
    *("AUTHENTICATION_BACKENDS", "AUTH_PASSWORD_VALIDATORS.NAME", "PASSWORD_HASHERS", "SESSION_ENGINE"),
    *("SESSION_SERIALIZER", "TEMPLATES.BACKEND", "TEMPLATES.context_processors", "TEMPLATES.loaders"),
    *("TEMPLATES.builtins", "DATABASES.ENGINE", "CACHES.BACKEND", "STORAGES.BACKEND"),
    *("STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE", "STATICFILES_FINDERS", "EMAIL_BACKEND"),
    *("MESSAGE_STORAGE", "FORM_RENDERER", "FILE_UPLOAD_HANDLERS", "CSRF_FAILURE_VIEW"),
    *("DATABASE_ROUTERS", "CHANNEL_LAYERS.BACKEND"),
)
_FRAMEWORK = ("_CLASS", "_CLASSES", "EXCEPTION_HANDLER")  # ends of REST framework's keys that name classes


class Named(msgspec.Struct, frozen=True):
    """A string of the settings that is imported: a module, and the ``attribute`` of it that is taken."""

    module: str
    attribute: str
    context: ImportContext


def read_settings(scene: Scene, directories: tuple[str, ...], name: str) -> Literals:
    """Read a settings module with all that it takes from others of the project."""
    return _Reader(scene, directories).module(name)


class _Reader:
    """``read`` has the files that are read already, by their paths."""

    def __init__(self, scene: Scene, directories: tuple[str, ...]) -> None:
        self.scene = scene
        self.directories = directories
        self.read: dict[str, Literals] = {}
        known = scene.env.items()
        self.variables = {key: None if value and UNKNOWN in value else value for key, value in known}

    def module(self, name: str) -> Literals:
        path = module_file(self.scene, self.directories, name)
        package = bool(path) and not path.endswith(".py")
        if path in self.read or not path or len(self.read) > _MOST_SETTINGS:
            return self.read.get(path, Literals())
        source = module_text(self.scene, self.directories, name)
        return self._text(source, path, name, package)

    def _text(self, source: str, path: str, name: str, package: bool) -> Literals:
        self.read[path] = Literals()  # what a circle sees of it
        # Read once for the imports, once more with what they bind.
        says = read_literals(source, variables=self.variables)
        if says.stars:
            known = {origin: self._taken(origin, path, name, package) for origin in says.stars}
            says = read_literals(source, known, self.variables)
        self.read[path] = says
        return says

    def _taken(self, origin: Origin, path: str, name: str, package: bool) -> Literals:
        level, module = origin
        if module.endswith(".py"):
            return self._beside(module, path if package else posixpath.dirname(path), name)
        parts = name.split(".")
        base = parts[: len(parts) - level + package] if level else []
        absolute = ".".join([*base, *([module] if module else [])])
        found = module_file(self.scene, self.directories, absolute) if absolute else ""
        own = "/site-packages/" not in found and "/dist-packages/" not in found
        return self.module(absolute) if found and own else Literals()

    def _beside(self, pattern: str, directory: str, name: str) -> Literals:
        """Read the files that ``include`` names: they are run one after another in the same namespace."""
        folder, pattern = posixpath.split(posixpath.join(directory, pattern))
        met = Literals()
        for each in sorted(fnmatch.filter(self.scene.files.names(folder), pattern)):
            path = posixpath.join(folder, each)
            if path not in self.read and len(self.read) <= _MOST_SETTINGS:
                more = self._text(self.scene.text(path) or "", path, name, False)
                met = Literals(
                    {**met.texts, **more.texts},
                    {**met.lists, **more.lists},
                    {**met.maybe, **more.maybe},
                    {**met.truths, **more.truths},
                )
        return met


def named_classes(says: Literals, served: bool) -> list[Named]:
    """Return what the settings name beside applications and URLs; ``served``: requests are answered."""
    found = [*_of(says, "MIDDLEWARE", "module" if served else "guarded")]
    for setting in _LATER:
        found += _of(says, setting, "function")
    for setting in dict.fromkeys((*says.lists, *says.maybe)):
        if setting.startswith("REST_FRAMEWORK.") and setting.endswith(_FRAMEWORK):
            found += _of(says, setting, "function")
    return found


def _of(says: Literals, setting: str, context: ImportContext) -> list[Named]:
    text = says.texts.get(setting)
    certain = (*says.lists.get(setting, ()), *([text] if text else ()))
    every = [(each, context) for each in certain]
    every += [(each, "guarded") for each in says.maybe.get(setting, ())]
    found = []
    for each, how in every:
        module, _, attribute = each.rpartition(".")
        if setting in _WHOLE:
            found.append(Named(each + _WHOLE[setting], "", how))
        elif module:
            found.append(Named(module, attribute, how))
    return [one for one in found if all(part.isidentifier() for part in one.module.split("."))]
