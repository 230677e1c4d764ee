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
WSGI = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings.prod")\n'
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
    "app/proj/celery.py": WSGI,
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
    assert {root.name for root in found.roots} == APPS | more
    assert paths(found) == "/app"
    assert ("stock.apps", "StockConfig") in found.attributes
    assert ("proj.middleware", "Slow") in found.attributes


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
