"""What is tried in the place of a start: each root alone, and all that Django imports together."""

from __future__ import annotations

from paritycheck.predict.judging.trying import Trial, plan_trials
from paritycheck.predict.judging.views import view_container
from paritycheck.predict.starting.start import resolve_start
from tests.predict.startimages import image

SHOP = """
app/
  web.py
  config/
    __init__.py
    settings.py
    urls.py
    wsgi.py
  shop/
    __init__.py
    models.py
    apps.py
"""
CONTENTS = {
    "app/config/settings.py": 'INSTALLED_APPS = ["shop.apps.Shop"]\nROOT_URLCONF = "config.urls"\n',
    "app/config/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'
    "application = get_wsgi_application()\n",
    "app/shop/apps.py": 'class Shop:\n    name = "shop"\n',
}


def trials(*command: str) -> list[Trial]:
    """Return what is tried of an image with this command."""
    container = image(SHOP, CONTENTS, cmd=command)
    start = resolve_start(container)
    return [
        each for one in plan_trials(container, start, view_container(container, start)) for each in one.trials
    ]


def test_a_root_is_tried_alone() -> None:
    assert trials("uvicorn", "web:app") == [Trial("web", ("web",), attributes=(("web", "app"),))]


def test_what_django_imports_is_tried_in_one_interpreter_that_is_set_up() -> None:
    found = {each.root: each for each in trials("gunicorn", "config.wsgi")}
    assert sorted(found) == ["config.settings", "config.wsgi"]
    assert not found["config.wsgi"].settings
    django = found["config.settings"]
    assert django.settings == "config.settings"
    assert {"config.settings", "shop.apps", "shop.models", "config.urls"} <= set(django.modules)
    assert ("shop.apps", "Shop") in django.attributes
