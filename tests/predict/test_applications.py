"""Programs that are told what to import, those that run others, and those that run commands by name."""

import shlex

import pytest

from paritycheck.predict.starting.start import Start, resolve_start
from tests.predict.startimages import image, paths, roots

DRAWING = """
app/
  main.py
  app.py
  handler.py
  locustfile.py
  rxconfig.py | import reflex as rx\\nconfig = rx.Config(app_name="shop")\\n
  scrapy.cfg | [settings]\\ndefault = crawl.settings\\n
  Makefile | include more.mk\\nrun:\\n\\tcd sub && python job.py\\n
  more.mk | -include more.mk\\nserve:\\n\\tpython main.py\\n
  justfile | run:\\n    python main.py\\n
  circus.ini
  pyproject.toml
  pkg/__init__.py
  pkg/app.py
  sub/job.py
  crawl/__init__.py
  crawl/settings.py | SPIDER_MODULES = ["crawl.spiders"]\\n
  crawl/spiders/__init__.py
  crawl/spiders/one.py
  shop/shop.py
"""
PROJECT = """
[tool.poe.tasks]
run = "python main.py"
[tool.pdm.scripts]
web = "uvicorn pkg.app:app"
"""
CIRCUS = """
[watcher:web]
cmd = python
args = main.py
[watcher:job]
working_dir = /app/sub
cmd = python job.py
[env:job]
PYTHONPATH = /app
"""


def start(command: str, **env: str) -> Start:
    words = ("/bin/sh", "-c", command[2:]) if command.startswith("$ ") else tuple(shlex.split(command))
    contents = {"app/circus.ini": CIRCUS, "app/pyproject.toml": PROJECT}
    return resolve_start(image(DRAWING, contents, cmd=words, env=env))


@pytest.mark.parametrize(
    ("command", "expected", "first"),
    [
        ("litestar run", "app", "/app"),
        ("litestar --app pkg.app:app run", "pkg.app", "/app"),
        ("faststream run pkg.app:app --workers 2", "pkg.app", "/app"),
        ("faststream run --factory sub.job:make --app-dir /app", "sub.job", "/app"),
        ("bentoml serve pkg.app:svc", "pkg.app", "/app"),
        ("sanic pkg.app:app", "pkg.app", "/app"),
        ("sanic pkg.app.app --host 0.0.0.0", "pkg.app", "/app"),
        ("nameko run pkg.app --broker x", "pkg.app", "/app"),
        ("python -m bottle pkg.app:app", "pkg.app", "/app"),
        ("faust -A pkg.app worker -l info", "pkg.app", "/app"),
        ("quart --app pkg.app run", "pkg.app", "/app"),
        ("procrastinate --app=pkg.app.app worker", "pkg.app", "/app"),
        ("python -m awslambdaric pkg.app.handler", "pkg.app", "/app"),
        ("luigi --module pkg.app Task", "pkg.app", "/app"),
        ("kopf run -m pkg.app", "pkg.app", "/app"),
        ("kopf run handler.py --verbose", "/app/handler.py?", "/app"),
        ("mcp run app.py:server", "/app/app.py?", "/app"),
        ("fastmcp run sub/job.py", "/app/sub/job.py?", "/app/sub"),
        ("gradio app.py", "/app/app.py", "/app"),
        ("robyn app.py --dev", "/app/app.py", "/app"),
        ("bokeh serve sub/job.py", "/app/sub/job.py?", "/app/sub"),
        ("functions-framework --target=hello", "/app/main.py?", "/app"),
        ("functions-framework --target hello --source app.py", "/app/app.py?", "/app"),
        ("dagster dev -f app.py", "/app/app.py?", "/app"),
        ("dagster api grpc -h 0.0.0.0 -m pkg.app", "pkg.app", "/app"),
        ("locust --headless", "/app/locustfile.py?", "/app"),
        ("locust -f app.py,sub/job.py", "/app/app.py? /app/sub/job.py?", "/app /app/sub"),
        ("twistd -ny app.py", "/app/app.py?", "/app"),
        ("twistd -n web --wsgi pkg.app.app", "pkg.app", "/app"),
        ("scrapy crawl x", "crawl.settings crawl.spiders crawl.spiders.one", "... /app"),
        ("reflex run", "/app/rxconfig.py? shop.shop", "/app"),
        # Runners of other Python programs.
        ("coverage run --source pkg -p main.py", "/app/main.py", "/app"),
        ("python -m coverage run -m pkg.app", "pkg.app!", "/app"),
        ("python -m memray run -o x main.py", "/app/main.py", "/app"),
        ("python -m pdb main.py", "/app/main.py", "/app"),
        ("hupper -m celery -A pkg.app worker", "pkg.app", "/app"),
        ("viztracer -o x -- main.py", "/app/main.py", "/app"),
        # Programs that run any other.
        ('su app -c "python main.py"', "/app/main.py", "/app"),
        ('su -s /bin/sh app -c "exec python main.py"', "/app/main.py", "/app"),
        ('su - app -c "cd /app && python main.py"', "/app/main.py", "/app"),
        ('runuser app -c "python main.py"', "/app/main.py", "/app"),
        ("runuser -u app -- python main.py", "/app/main.py", "/app"),
        ("flock -n /tmp/l python main.py", "/app/main.py", "/app"),
        ('flock /tmp/l -c "python main.py"', "/app/main.py", "/app"),
        ("taskset -c 0 python main.py", "/app/main.py", "/app"),
        ("numactl --interleave=all python main.py", "/app/main.py", "/app"),
        ("newrelic-admin run-python main.py", "/app/main.py", "/app"),
        ("watchmedo shell-command --command='python main.py' .", "/app/main.py", "/app"),
        ("$ for i in 1 2; do ip addr || continue; break; done; python main.py", "/app/main.py", "/app"),
        ("$ python main.py || python -m pip install -U x", "/app/main.py", "/app"),
        ("$ python main.py; ps aux", "/app/main.py", "/app"),
        # Commands by name.
        ("make run", "/app/sub/job.py", "/app/sub"),
        ("make serve", "/app/main.py", "/app"),
        ("make -C /app run", "/app/sub/job.py", "/app/sub"),
        ("just run", "/app/main.py", "/app"),
        ("poe run", "/app/main.py", "/app"),
        ("pdm run web", "pkg.app", "/app"),
        ("pdm run python main.py", "/app/main.py", "/app"),
    ],
)
def test_what_is_imported(command: str, expected: str, first: str) -> None:
    found = start(command)
    assert (found.resolved, roots(found), paths(found)) == (True, expected, first)


@pytest.mark.parametrize(
    ("variable", "command"),
    [
        ("LITESTAR_APP", "litestar run"),
        ("QUART_APP", "quart run"),
        ("FAUST_APP", "faust worker"),
    ],
)
def test_a_variable_names_the_application(variable: str, command: str) -> None:
    assert roots(start(command, **{variable: "pkg.app:app"})) == "pkg.app"


def test_every_watcher_of_circus_starts() -> None:
    found = start("circusd circus.ini")
    assert roots(found) == "/app/sub/job.py /app/main.py"
    assert found.env == {"PYTHONPATH": "/app"}


@pytest.mark.parametrize(
    "command",
    [
        "su - app -c 'python main.py'",
        "faststream docs pkg.app:app",
        "mcp dev app.py",
        "kopf run",
        "coverage report",
        "make none",
        "poe none",
        "luigi Task",
        "airflow webserver",
        "circusd none.ini",
    ],
)
def test_what_is_not_understood(command: str) -> None:
    assert not start(command).resolved
