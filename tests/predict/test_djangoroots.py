"""Django projects, and the modules that their settings lead to by strings."""

import pytest

from paritycheck.predict.starting.start import Start, resolve_start
from tests.predict.startimages import image, paths

MANAGE = """#!/usr/bin/env python
import os, sys
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings.prod")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
BASE = """
THIRD = ["django.contrib.admin", "rest_framework"]
OWN = ["shop", "stock.apps.StockConfig", "people.config.PeopleConfig"]
INSTALLED_APPS = THIRD + OWN
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "proj.middleware.Slow"]
ROOT_URLCONF = "proj.urls"
WSGI_APPLICATION = "proj.wsgi.application"
"""
PROD = 'from .base import *\nINSTALLED_APPS += ["late"]\nif DEBUG:\n    INSTALLED_APPS += ["debug_toolbar"]\n'
WSGI = """import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings.prod")
"""
DRAWING = """
app/
  manage.py (755)
  proj/
    __init__.py
    settings/__init__.py
    settings/base.py
    settings/prod.py
    urls.py | urlpatterns = [path("shop/", include("shop.urls")), path("", admin.site.urls)]\\n
    wsgi.py
    celery.py
    middleware.py
  shop/
    __init__.py
    apps.py
    models.py
    admin.py
    urls.py
    migrations/__init__.py
    migrations/0001_initial.py
    management/commands/sell.py
  stock/
    __init__.py
    apps.py | class StockConfig(AppConfig):\\n    name = "stock"\\n
    models/__init__.py
  people/
    config.py | class PeopleConfig(AppConfig):\\n    name = 'people'\\n
    models.py
  late/
"""
CONTENTS = {
    "app/manage.py": MANAGE,
    "app/proj/settings/base.py": BASE,
    "app/proj/settings/prod.py": PROD,
    "app/proj/wsgi.py": WSGI,
    "app/proj/celery.py": WSGI.replace("from django.core.wsgi import get_wsgi_application\n", ""),
}
APPS = {
    "proj.settings.prod",
    "django.contrib.admin",
    "rest_framework",
    "shop",
    "shop.apps",
    "shop.models",
    "shop.admin",
    "stock.apps",
    "stock.models",
    "people.config",
    "people.models",
    "late",
    "django.middleware.common",
    "proj.middleware",
    "proj.urls",
    "shop.urls",
}


def start(*words: str, **env: str) -> Start:
    return resolve_start(image(DRAWING, CONTENTS, cmd=words, env=env))


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("python manage.py check", {"__main__"}),
        ("./manage.py check", {"__main__"}),
        ("python manage.py migrate --noinput", {"__main__", "shop.migrations.0001_initial"}),
        ("python manage.py sell", {"__main__", "shop.management.commands.sell"}),
        (
            "python manage.py runserver 0.0.0.0:80",
            {"__main__", "shop.migrations.0001_initial", "proj.wsgi"},
        ),
        ("django-admin check --settings proj.settings.prod --pythonpath /app", set()),
        ("python -m django check --settings=proj.settings.prod", set()),
        ("gunicorn proj.wsgi", {"proj.wsgi"}),
        ("gunicorn proj.wsgi:application", {"proj.wsgi"}),
        ("celery -A proj worker", {"proj", "proj.celery"}),
    ],
)
def test_the_settings_lead_to_the_applications(command: str, more: set[str]) -> None:
    found = start(*command.split())
    contexts = {root.name: root.context for root in found.roots}
    assert set(contexts) == APPS | more | {"debug_toolbar"}
    assert contexts["debug_toolbar"] == "guarded"
    assert contexts["shop.apps"] == "module"
    served = "gunicorn" in command or "runserver" in command
    assert contexts["proj.middleware"] == ("module" if served else "guarded")
    assert paths(found) == "/app"
    assert ("stock.apps", "StockConfig") in found.attributes
    assert (("proj.middleware", "Slow") in found.attributes) == served


def test_a_celery_worker_looks_for_the_tasks_of_applications() -> None:
    drawing = DRAWING + "  late/\n    tasks.py\n"
    contents = {**CONTENTS, "app/late/tasks.py": ""}
    worker = resolve_start(image(drawing, contents, cmd=("celery", "-A", "proj", "worker")))
    assert "late.tasks" in {root.name for root in worker.roots}
    server = resolve_start(image(drawing, contents, cmd=("gunicorn", "proj.wsgi")))
    assert "late.tasks" not in {root.name for root in server.roots}


def test_other_settings_by_variable_and_by_option() -> None:
    names = {
        root.name
        for root in start("python", "manage.py", "check", DJANGO_SETTINGS_MODULE="proj.settings.base").roots
    }
    assert names == (APPS - {"late", "proj.settings.prod"}) | {"__main__", "proj.settings.base"}
    names = {root.name for root in start("python", "manage.py", "check", "--settings", "absent.conf").roots}
    assert names == {"__main__", "absent.conf"}


def test_settings_that_are_not_named_anywhere() -> None:
    found = resolve_start(image("app/\n", cmd=("django-admin", "check")))
    assert (found.resolved, found.reason) == (
        False,
        "django: the settings module is not known (DJANGO_SETTINGS_MODULE)",
    )


def test_settings_that_import_each_other_end() -> None:
    contents = {
        "app/a.py": "from b import *\nfrom c import *\nINSTALLED_APPS += ['one']\n",
        "app/b.py": "from a import *\nfrom c import *\nINSTALLED_APPS = ['two']\n",
        "app/c.py": "from a import *\nfrom b import *\n",
    }
    side = image(
        "app/\n  a.py\n  b.py\n  c.py\n",
        contents,
        cmd=("python", "-m", "django", "check"),
        env={"DJANGO_SETTINGS_MODULE": "a"},
    )
    assert {root.name for root in resolve_start(side).roots} == {"a", "two", "one"}


def rooted(source: str, *more: str, command: str = "check", **env: str) -> set[str]:
    """Return the roots of a project with these settings; those that are not certain with what they are."""
    drawing = "app/\n  s/__init__.py\n" + "".join(f"  s/{each.partition(' ')[0]}\n" for each in more)
    contents = {f"app/s/{each.partition(' ')[0]}": each.partition(" ")[2] for each in more}
    side = image(
        drawing,
        {"app/s/__init__.py": source, **contents},
        cmd=("python", "-m", "django", command),
        env={"DJANGO_SETTINGS_MODULE": "s", **env},
    )
    return {
        root.name + ("" if root.context == "module" else f" {root.context}")
        for root in resolve_start(side).roots
        if root.name != "s"
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("INSTALLED_APPS = ('a',)\nINSTALLED_APPS += ('b',)", {"a", "b"}),
        ("LOCAL = ['b']\nINSTALLED_APPS = ['a'] + LOCAL", {"a", "b"}),
        ("INSTALLED_APPS = ['a']\nif X:\n    INSTALLED_APPS.append('b')", {"a", "b guarded"}),
        ("DEBUG = True\nINSTALLED_APPS = ['a']\nif DEBUG:\n    INSTALLED_APPS += ['b']", {"a", "b"}),
        ("DEBUG = False\nINSTALLED_APPS = ['a']\nif DEBUG:\n    INSTALLED_APPS += ['b']", {"a"}),
        ("if X:\n    INSTALLED_APPS = ['a', 'b']\nelse:\n    INSTALLED_APPS = ['a']", {"a", "b guarded"}),
        (
            "INSTALLED_APPS = ['a']\ntry:\n    INSTALLED_APPS += ['b']\nexcept E:\n    pass",
            {"a", "b guarded"},
        ),
        ("INSTALLED_APPS = ['a'] + (['b'] if X else [])", {"a", "b guarded"}),
        ("A = ['a']\nB = ['b']\nINSTALLED_APPS = A + [x for x in B if x not in A]", {"a", "b guarded"}),
        (
            "import os\nINSTALLED_APPS = ['a']\nif os.environ['MODE'] == 'p':\n    INSTALLED_APPS += ['b']",
            {"a", "b"},
        ),
        (
            "import os\nINSTALLED_APPS = ['a']\nif os.getenv('MODE') != 'p':\n    INSTALLED_APPS += ['b']",
            {"a"},
        ),
        (
            "import os\nINSTALLED_APPS = ['a']\nif os.getenv('NO'):\n    INSTALLED_APPS += ['b']",
            {"a", "b guarded"},
        ),
        ("INSTALLED_APPS = env.list('APPS', default=['a'])", {"a guarded"}),
        ("MIDDLEWARE = ['a.b.C']", {"a.b guarded"}),
        (
            "AUTH_PASSWORD_VALIDATORS = [{'NAME': 'a.V'}, {'NAME': 'b.W', 'OPTIONS': {}}]",
            {"a function", "b function"},
        ),
        (
            "TEMPLATES = [{'BACKEND': 'a.T', 'OPTIONS': {'context_processors': ['b.c.d', 'b.e.f']}}]",
            {"a function", "b.c function", "b.e function"},
        ),
        ("DATABASES = {'default': {'ENGINE': 'a.b', 'NAME': 'x'}}", {"a.b.base function"}),
        ("DATABASES = {}\nDATABASES['default'] = {'ENGINE': 'a.b'}", {"a.b.base function"}),
        (
            "CACHES = {'default': {'BACKEND': 'a.C'}}\nif X:\n    CACHES = {'default': {'BACKEND': 'b.C'}}",
            {"a guarded", "b guarded"},
        ),
        ("REST_FRAMEWORK = {'DEFAULT_PARSER_CLASSES': ('a.P',), 'PAGE_SIZE': 3}", {"a function"}),
        ("SESSION_ENGINE = 'a.b'", {"a.b function"}),
        ("EMAIL_BACKEND = 'a.B' if X else 'c.B'", {"a guarded", "c guarded"}),
    ],
)
def test_what_settings_name(source: str, expected: set[str]) -> None:
    assert rooted(source, MODE="p") == expected


def test_middleware_is_loaded_where_requests_are_answered() -> None:
    assert rooted("MIDDLEWARE = ['a.b.C']", command="runserver") == {"a.b"}


@pytest.mark.parametrize(
    ("source", "more", "expected"),
    [
        ("from .base import *\nINSTALLED_APPS += ['b']", ["base.py INSTALLED_APPS = ['a']"], {"a", "b"}),
        (
            "from .base import INSTALLED_APPS as APPS\nINSTALLED_APPS = APPS + ['b']",
            ["base.py INSTALLED_APPS = ['a']"],
            {"a", "b"},
        ),
        (
            "INSTALLED_APPS = ['a']\ntry:\n    from .local import *\nexcept ImportError:\n    pass",
            ["local.py INSTALLED_APPS = ['a', 'b']"],
            {"a", "b guarded"},
        ),
        ("INSTALLED_APPS = ['a']\nfrom .local import *", ["local.py INSTALLED_APPS = ['b']"], {"b"}),
        (
            "import os\nif os.environ['MODE'] == 'p':\n    from .p import *\nelse:\n    from .d import *",
            ["p.py INSTALLED_APPS = ['a']", "d.py INSTALLED_APPS = ['b']"],
            {"a"},
        ),
        (
            "from split_settings.tools import include, optional\ninclude('parts/*.py', optional('none.py'))",
            ["parts/a.py INSTALLED_APPS = ['a']", "parts/b.py MIDDLEWARE = ['b.c.D']"],
            {"a", "b.c guarded"},
        ),
    ],
)
def test_settings_in_several_files(source: str, more: list[str], expected: set[str]) -> None:
    assert rooted(source, *more, MODE="p") == expected


@pytest.mark.parametrize(
    ("line", "env", "settings"),
    [
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.b")', {}, "a.b"),
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.b")', {"DJANGO_SETTINGS_MODULE": "c"}, "c"),
        ('settings = os.environ.get("DJANGO_SETTINGS_MODULE", "a.b")', {}, "a.b"),
        ('settings = os.getenv("DJANGO_SETTINGS_MODULE", "a.b")', {"DJANGO_SETTINGS_MODULE": "c"}, "c"),
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", os.getenv("CONF", "a.b"))', {}, "a.b"),
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", os.getenv("CONF", "a.b"))', {"CONF": "c.d"}, "c.d"),
        ('S = "a." + "b"\nos.environ["DJANGO_SETTINGS_MODULE"] = S', {}, "a.b"),
        (
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", f\"conf.{os.environ.get('STAGE', 'dev')}\")",
            {"STAGE": "prod"},
            "conf.prod",
        ),
    ],
)
def test_the_settings_module_by_every_road(line: str, env: dict[str, str], settings: str) -> None:
    source = f"import os\nfrom django.core.wsgi import get_wsgi_application\n{line}\n"
    side = image("app/\n  w.py\n", {"app/w.py": source}, cmd=("gunicorn", "w:app"), env=env)
    assert [root.name for root in resolve_start(side).roots] == ["w", settings]


def test_a_variable_of_the_image_names_the_settings_where_the_code_does_not() -> None:
    source = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
    side = image(
        "app/\n  w.py\n", {"app/w.py": source}, cmd=("gunicorn", "w"), env={"DJANGO_SETTINGS_MODULE": "c"}
    )
    assert [root.name for root in resolve_start(side).roots] == ["w", "c"]


def test_only_what_the_command_names_is_named_by_it() -> None:
    roots = start("gunicorn", "proj.wsgi").roots
    assert [root.name for root in roots if root.named] == ["proj.wsgi"]
