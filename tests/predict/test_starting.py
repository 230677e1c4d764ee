"""Commands, and what they start: interpreter, directories put first, modules imported first."""

import shlex

import msgspec
import pytest

from paritycheck.model.snapshot import Unknown
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.starting.start import Start, resolve_start
from tests.predict.startimages import image, paths, roots

APP = """
app/
  main.py
  tool.py
  celeryapp.py
  wsgi.py
  gunicorn_conf.py | wsgi_app = "pkg.main:app"\\nchdir = "/app/sub"\\npythonpath = "/lib1,/lib2"\\n
  pkg/
    __init__.py
    __main__.py
    main.py
    celery.py
    tasks.py
  ns/
    __main__.py
    inner.py
  sub/pkg/__init__.py
  run -> tool.py
  bundle.pyz | PK
  packaged/__init__.py
  packaged/web.py
  Procfile | web: gunicorn wsgi:app\\nworker: celery -A pkg worker\\n# no\\n
  uwsgi.ini | [uwsgi]\\nmodule = pkg.main:app\\nchdir = /app\\n
  alembic.ini | [alembic]\\nscript_location = %(here)s/migrations\\nprepend_sys_path = .\\n
  migrations/env.py
  migrations/versions/a1_first.py
  tests/conftest.py
  tests/test_one.py
  tests/unit/__init__.py
  tests/unit/test_two.py
  tests/helper.py
lib1/
lib2/
link -> app
opt/venv/
  bin/
    python (755) | ELF
    serve (755) | #!/opt/venv/bin/python3\\nimport sys\\nfrom pkg.main import run\\nsys.exit(run())\\n
    uvicorn (755) | #!/opt/venv/bin/python3\\nimport sys\\nfrom uvicorn.main import main\\nsys.exit(main())\\n
    long (755)
"""


# What pip writes where the interpreter's path is too long for a #! line.
LONG = """#!/bin/sh
'''exec' "/opt/venv/bin/python3" "$0" "$@"
' '''
from pkg.main import run
sys.exit(run())
"""


def start(command: str, drawing: str = APP, **env: str) -> Start:
    """Resolve a command in exec form, or after ``$ `` in shell form."""
    words = ("/bin/sh", "-c", command[2:]) if command.startswith("$ ") else tuple(shlex.split(command))
    contents = {"opt/venv/bin/long": LONG} if drawing == APP else {}
    return resolve_start(image(drawing, contents, cmd=words, scripts=("own=pkg.main:run",), env=env))


PYTHON = [
    ("python main.py", "/app/main.py", "/app"),
    ("python ./pkg/main.py", "/app/pkg/main.py", "/app/pkg"),
    ("python /app/pkg/../main.py", "/app/main.py", "/app"),
    ("python run", "/app/tool.py", "/app"),
    ("python /link/main.py", "/app/main.py", "/app"),
    ("python absent.py", "/app/absent.py", "/app"),
    ("python sub/absent.py", "/app/sub/absent.py", "/app/sub"),
    ("python -u main.py --flag -m x", "/app/main.py", "/app"),
    ("python -W ignore main.py", "/app/main.py", "/app"),
    ("python -Wignore -X dev main.py", "/app/main.py", "/app"),
    ("python -Xdev main.py", "/app/main.py", "/app"),
    ("python --check-hash-based-pycs always main.py", "/app/main.py", "/app"),
    ("python -OO main.py", "/app/main.py", "/app"),
    ("python -- main.py", "/app/main.py", "/app"),
    ("python -P main.py", "/app/main.py", ""),
    ("python -I main.py", "/app/main.py", ""),
    ("python -Im pkg.main", "pkg.main!", ""),
    ("python -E main.py", "/app/main.py", "/app"),
    ("python3.12 main.py", "/app/main.py", "/app"),
    ("/opt/venv/bin/python main.py", "/app/main.py", "/app"),
    ("pypy3 main.py", "/app/main.py", "/app"),
    ("python -m pkg.main", "pkg.main!", "/app"),
    ("python -mpkg.main", "pkg.main!", "/app"),
    ("python -um pkg.main", "pkg.main!", "/app"),
    ("python -m pkg", "pkg.__main__!", "/app"),
    ("python -m ns", "ns.__main__!", "/app"),
    ("python -m ns.inner", "ns.inner!", "/app"),
    ("python -m absent.mod --x", "absent.mod!", "/app"),
    ("python pkg", "/app/pkg/__main__.py", "/app/pkg"),
    ("python -P pkg", "/app/pkg/__main__.py", "/app/pkg"),
    ("python -c 'import pkg.main; pkg.main.run()'", "pkg.main", "/app"),
    ("python -c 'from pkg import main as m'", "pkg", "/app"),
    ("python -m own", "own!", "/app"),
    ("python -m uvicorn pkg.main:app", "pkg.main", "/app"),
    ("python -m gunicorn pkg.main:app", "pkg.main", "/app"),
    ("python -m celery -A pkg worker", "pkg pkg.celery", "/app"),
    ("python -m flask --app main run", "main", "/app"),
    ("python -m debugpy --listen 0.0.0.0:5678 -m uvicorn pkg.main:app", "pkg.main", "/app"),
    ("python -m debugpy --wait-for-client --listen 5678 main.py", "/app/main.py", "/app"),
    ("python -m cProfile main.py", "/app/main.py", "/app"),
]

SERVERS = [
    ("uvicorn pkg.main:app", "pkg.main", "/app"),
    ("uvicorn --host 0.0.0.0 --port 80 pkg.main:app", "pkg.main", "/app"),
    ("uvicorn pkg.main:app --reload --proxy-headers --workers 4", "pkg.main", "/app"),
    ("uvicorn --proxy-headers pkg.main:app", "pkg.main", "/app"),
    ("uvicorn --newflag pkg.main:app", "pkg.main", "/app"),
    ("uvicorn --factory pkg.main:create_app", "pkg.main", "/app"),
    ("uvicorn --app-dir sub pkg.main:app", "pkg.main", "/app/sub"),
    ("uvicorn --app-dir=/lib1 main:app", "main", "/lib1"),
    ("gunicorn wsgi", "wsgi", "/app"),
    ("gunicorn wsgi:app -b 0.0.0.0:80 -w 4", "wsgi", "/app"),
    ("gunicorn -w 4 -k uvicorn.workers.UvicornWorker pkg.main:app", "pkg.main", "/app"),
    ("gunicorn --preload -b :80 'pkg.main:create_app()'", "pkg.main", "/app"),
    ("gunicorn \"pkg.main:create_app('x:y')\"", "pkg.main", "/app"),
    ("gunicorn --chdir sub pkg:app", "pkg", "/app/sub /app"),
    ("gunicorn --chdir=/app/sub pkg:app", "pkg", "/app/sub /app"),
    ("gunicorn --pythonpath /lib1,/lib2 wsgi:app", "wsgi", "/lib2 /lib1 /app"),
    ("gunicorn -c gunicorn_conf.py", "pkg.main /app/gunicorn_conf.py?", "/lib2 /lib1 /app/sub /app"),
    ("gunicorn -c gunicorn_conf.py wsgi:app --chdir /app", "wsgi /app/gunicorn_conf.py?", "/lib2 /lib1 /app"),
    ("gunicorn -c absent.py wsgi:app", "wsgi /app/absent.py?", "/app"),
    ("gunicorn -c python:pkg.conf wsgi:app", "wsgi pkg.conf", "/app"),
    ("hypercorn pkg.main:app --bind 0.0.0.0:80", "pkg.main", "/app"),
    ("hypercorn asgi:pkg.main:app", "pkg.main", "/app"),
    ("hypercorn sub/pkg:app", "pkg", "/app/sub"),
    ("granian --interface asgi pkg.main:app", "pkg.main", "/app"),
    ("granian --working-dir /app/sub pkg:app", "pkg", "/app /app/sub"),
    ("daphne -b 0.0.0.0 -p 80 pkg.main:app", "pkg.main", "/app"),
    ("waitress-serve --port=80 --call pkg.main:create", "pkg.main", "... /app"),
    ("uwsgi --http :80 --module pkg.main:app", "pkg.main", "/app"),
    ("uwsgi --http :80 -w pkg.main --callable app", "pkg.main", "/app"),
    ("uwsgi --master --wsgi-file wsgi.py", "/app/wsgi.py?", "/app"),
    ("uwsgi --ini uwsgi.ini", "pkg.main", "/app"),
    ("uwsgi uwsgi.ini", "pkg.main", "/app"),
    ("litestar --app pkg.main:app run", "pkg.main", "/app"),
    ("sanic pkg.main:app --host=0.0.0.0", "pkg.main", "/app"),
]

TOOLS = [
    ("celery -A pkg worker -l info", "pkg pkg.celery", "/app"),
    ("celery -A pkg.tasks worker", "pkg.tasks", "/app"),
    ("celery -A celeryapp beat", "celeryapp", "/app"),
    ("celery -A celeryapp:queue worker", "celeryapp", "/app"),
    ("celery --app=pkg.main.queue worker", "pkg.main", "/app"),
    ("celery worker -A celeryapp", "celeryapp", "/app"),
    ("celery -A pkg.absent worker", "pkg", "/app"),
    ("celery --workdir sub -A pkg worker", "pkg", "/app/sub"),
    ("flask --app main run --host 0.0.0.0", "main", "/app"),
    ("flask --app pkg.main:create_app run", "pkg.main", "/app"),
    ("flask --app sub/pkg run", "pkg", "/app/sub"),
    ("flask --app packaged/web.py run", "packaged.web", "/app"),
    ("flask run", "wsgi", "/app"),
    ("fastapi run main.py", "main", "/app"),
    ("fastapi run packaged/web.py --port 80", "packaged.web", "/app"),
    ("fastapi run", "main", "/app"),
    ("streamlit run main.py --server.port 80", "/app/main.py", "/app"),
    ("streamlit --log_level debug run pkg/main.py", "/app/pkg/main.py", "/app/pkg"),
    ("chainlit run main.py -h", "/app/main.py", "/app"),
    ("locust -f main.py", "/app/main.py?", "/app"),
    ("alembic upgrade head", "/app/migrations/env.py? /app/migrations/versions/a1_first.py?", "/app"),
    ("alembic -c absent.ini upgrade head", None, ""),
    ("dramatiq pkg.tasks main", "pkg.tasks main", "/app"),
    ("dramatiq pkg:broker --processes 2", "pkg", "/app"),
    ("arq pkg.main.WorkerSettings", "pkg.main", "... /app"),
    ("huey_consumer.py pkg.tasks.huey -w 2", "pkg.tasks", "/app"),
    ("taskiq worker pkg.main:broker pkg.tasks", "pkg.main pkg.tasks", "/app"),
    ("pytest", "/app/tests/conftest.py? /app/tests/test_one.py? /app/tests/unit/test_two.py?", "/app/tests"),
    ("pytest tests/unit -q", "/app/tests/unit/test_two.py?", "/app/tests"),
    ("pytest tests/test_one.py::test_x", "/app/tests/conftest.py? /app/tests/test_one.py?", "/app/tests"),
    ("rq worker", None, "/app"),
    ("jupyter lab", None, "/app"),
    ("own", "pkg.main", ""),
    ("/opt/venv/bin/serve", "pkg.main", "/opt/venv/bin"),
    ("/opt/venv/bin/long", "pkg.main", "/opt/venv/bin"),
    ("/opt/venv/bin/uvicorn pkg.main:app", "pkg.main", "/app /opt/venv/bin"),
    ("python /opt/venv/bin/uvicorn pkg.main:app", "pkg.main", "/app /opt/venv/bin"),
]

WRAPPED = [
    ("tini -- python main.py", "/app/main.py", "/app"),
    ("/sbin/tini -g -- python -m pkg", "pkg.__main__!", "/app"),
    ("tini python main.py", "/app/main.py", "/app"),
    ("dumb-init --single-child -- python main.py", "/app/main.py", "/app"),
    ("dumb-init --rewrite 15:3 -- python main.py", "/app/main.py", "/app"),
    ("gosu nobody python main.py", "/app/main.py", "/app"),
    ("su-exec app:app uvicorn pkg.main:app", "pkg.main", "/app"),
    ("env A=1 B=2 python main.py", "/app/main.py", "/app"),
    ("env -u HOME -C sub python absent.py", "/app/sub/absent.py", "/app/sub"),
    ("env -i PYTHONSAFEPATH=1 python main.py", "/app/main.py", ""),
    ("nice -n 5 python main.py", "/app/main.py", "/app"),
    ("timeout -k 5 30 python main.py", "/app/main.py", "/app"),
    ("nohup python main.py", "/app/main.py", "/app"),
    ("stdbuf -oL python main.py", "/app/main.py", "/app"),
    ("xvfb-run -a python main.py", "/app/main.py", "/app"),
    ("uv run python main.py", "/app/main.py", "/app"),
    ("uv run --no-sync --frozen uvicorn pkg.main:app", "pkg.main", "/app"),
    ("uv run --group prod main.py", "/app/main.py", "/app"),
    ("uv run -m pkg.main", "pkg.main!", "/app"),
    ("uv --directory sub run absent.py", "/app/sub/absent.py", "/app/sub"),
    ("poetry run python -m pkg", "pkg.__main__!", "/app"),
    ("poetry -C sub run gunicorn pkg:app", "pkg", "/app/sub"),
    ("pipenv run python main.py", "/app/main.py", "/app"),
    ("pdm run main.py", "/app/main.py", "/app"),
    ("hatch run python main.py", "/app/main.py", "/app"),
    ("conda run --no-capture-output -n env python main.py", "/app/main.py", "/app"),
    ("ddtrace-run gunicorn wsgi:app", "wsgi", "/app"),
    ("opentelemetry-instrument --traces_exporter console uvicorn pkg.main:app", "pkg.main", "/app"),
    ("newrelic-admin run-program gunicorn wsgi:app", "wsgi", "/app"),
    ("watchmedo auto-restart -d . -p '*.py' -- celery -A pkg worker", "pkg pkg.celery", "/app"),
    ("watchfiles 'python main.py' .", "/app/main.py", "/app"),
    ("coverage run -m pkg.main", "pkg.main!", "/app"),
    ("wait-for-it db:5432 -t 30 -- python main.py", "/app/main.py", "/app"),
    ("dockerize -wait tcp://db:5432 -timeout 60s python main.py", "/app/main.py", "/app"),
    ("strange-wrapper --x -- python main.py", "/app/main.py", "/app"),
    ("tini -- dumb-init gosu x env A=1 nice python main.py", "/app/main.py", "/app"),
    ("honcho start", "pkg pkg.celery wsgi", "/app"),
    ("honcho start web", "wsgi", "/app"),
    ("honcho -f Procfile start worker", "pkg pkg.celery", "/app"),
]

SHELL = [
    ("$ python main.py", "/app/main.py", "/app"),
    ("$ exec python main.py", "/app/main.py", "/app"),
    ("$ cd sub && exec python absent.py", "/app/sub/absent.py", "/app/sub"),
    ("$ cd /app/pkg; python main.py", "/app/pkg/main.py", "/app/pkg"),
    ("$ python tool.py && gunicorn wsgi:app", "wsgi /app/tool.py", "/app"),
    ("$ python tool.py || gunicorn wsgi:app", "wsgi /app/tool.py", "/app"),
    ("$ exec python tool.py & exec gunicorn wsgi:app", "wsgi /app/tool.py", "/app"),
    ("$ python tool.py & exec gunicorn wsgi:app", "wsgi /app/tool.py", "/app"),
    ("$ exec gunicorn wsgi:app; python tool.py", "wsgi", "/app"),
    ("$ exec $(command -v python) main.py", "/app/main.py", "/app"),
    ("$ `which gunicorn` wsgi:app", "wsgi", "/app"),
    ('$ [ -n "$(which x)" ] && python tool.py; exec gunicorn wsgi:app', "wsgi /app/tool.py", "/app"),
    ('$ [ -z "$(which x)" ] && python tool.py; exec gunicorn wsgi:app', "wsgi /app/tool.py", "/app"),
    ("$ uvicorn pkg.main:app --port $PORT", "pkg.main", "/app"),
    ("$ uvicorn pkg.main:app --port ${PORT:-8000}", "pkg.main", "/app"),
    ("$ uvicorn ${MODULE:-pkg.main}:${APP:-app}", "pkg.main", "/app"),
    ("$ uvicorn $OPTIONS pkg.main:app", "pkg.main", "/app"),
    ("$ uvicorn $NAMED", "pkg.main", "/app"),
    ("$ uvicorn $UNNAMED", None, ""),
    ("$ $COMMAND", None, ""),
    ("$ (cd sub && python absent.py); python main.py", "/app/main.py /app/sub/absent.py", "/app"),
    ('$ [ -z "$NAMED" ] && exec python tool.py; exec python main.py', "/app/main.py", "/app"),
    ('$ [ -n "$MAYBE" ] && exec python tool.py; exec python main.py', "/app/main.py /app/tool.py", "/app"),
    ("$ if [ -f main.py ]; then python main.py; else python tool.py; fi", "/app/main.py", "/app"),
    (
        '$ if [ "$X" = 1 ]; then exec python main.py; else exec python tool.py; fi',
        "/app/tool.py /app/main.py",
        "/app",
    ),
    ("$ case $NAMED in pkg*) exec python main.py;; *) exec python tool.py;; esac", "/app/main.py", "/app"),
    ("$ for i in 1 2; do python tool.py; done; python main.py", "/app/main.py /app/tool.py", "/app"),
    ("$ while ! nc -z db 5432; do sleep 1; done; python main.py", "/app/main.py", "/app"),
    ('$ f() { python "$1"; }; f tool.py; f main.py', "/app/main.py /app/tool.py", "/app"),
    ("$ set -e; echo hello; python main.py 2>&1 | tee log", "/app/main.py", "/app"),
    ("$ nginx && gunicorn wsgi:app", "wsgi", "/app"),
    ("$ gunicorn wsgi:app & nginx -g 'daemon off;'", "wsgi", "/app"),
    ("$ something-odd; gunicorn wsgi:app", "wsgi", "/app"),
    ('$ python -c "import pkg.main"', "pkg.main", "/app"),
    ("$ . /opt/venv/bin/activate && python main.py", "/app/main.py", "/app"),
    ("$ python $(echo main.py)", "/app/main.py", "/app"),
    ('$ cd "$(dirname /app/sub/x)" && python absent.py', "/app/sub/absent.py", "/app/sub"),
    ('$ uvicorn "${APP:-"pkg.main:app"}"', "pkg.main", "/app"),
    ("$ uvicorn ${APP:-${OTHER:-'pkg.main:app'}}", "pkg.main", "/app"),
    ('$ a=(uvicorn --port 80); a+=(pkg.main:app); exec "${a[@]}"', "pkg.main", "/app"),
    ('$ exec "${absent[@]}"', None, ""),
    ("$ python $(date).py", None, ""),
    ("$ python <<'END'\nimport pkg.main\nEND\npython main.py", "/app/main.py pkg.main", "/app"),
    ("$ debugpy --listen :5678 -m gunicorn -w 1 pkg.main:app", "pkg.main", "/app"),
    ("$ eval 'python main.py'", "/app/main.py", "/app"),
    ("bash -lc 'python main.py'", "/app/main.py", "/app"),
    ("sh -ec 'exec \"$@\"' sh python main.py", "/app/main.py", "/app"),
]

NOTHING = [
    ("python", "without a program"),
    ("python -", "without a program"),
    ("python -m", "without a module"),
    ("python bundle.pyz", "archive"),
    ("python -c 'import ('", "cannot be read"),
    ("bash", "waits for input"),
    ("bash /start.sh", "/start.sh is not in the container"),
    ("/entrypoint.sh", "/entrypoint.sh is not in the container"),
    ("./tool.sh", "/app/tool.sh is not in the container"),
    ("nginx -g x", "nginx is no Python program"),
    ("sleep infinity", "sleep is no Python program"),
    ("something", "something is not known here"),
    ("tini --", "no command is left"),
    ("uvicorn", "no application is named"),
    ("gunicorn -w 4", "no application is named"),
    ("celery worker", "no application is named"),
    ("uv sync", "no command is left"),
    ("supervisord", "cannot be read"),
    ("supervisord -c absent.conf", "/app/absent.conf"),
    ("rq worker", "named by those who queue them"),
    ("$ true", "starts nothing"),
    ('$ uvicorn "$APP"', "…"),
    ("$ if", "not understood"),
    ("", "names no command"),
]


@pytest.mark.parametrize(("command", "expected", "first"), [*PYTHON, *SERVERS, *TOOLS, *WRAPPED, *SHELL])
def test_what_a_command_starts(command: str, expected: str | None, first: str) -> None:
    found = start(command, NAMED="pkg.main:app")
    assert found.resolved is (expected is not None), found.reason
    if expected is not None:
        assert roots(found) == expected
    assert paths(found) == first


@pytest.mark.parametrize(("command", "reason"), NOTHING)
def test_what_is_not_understood_is_named(command: str, reason: str) -> None:
    found = start(command)
    assert not found.resolved
    assert reason in found.reason


@pytest.mark.parametrize(
    ("command", "members", "expected"),
    [
        ("python bundle.pyz", ["__main__.py", "pkg/__init__.py"], "__main__!"),
        ("python -P ./bundle.pyz", ["__main__.pyc"], "__main__!"),
        ("python bundle.pyz", ["pkg/__main__.py"], "there is no __main__ in bundle.pyz"),
    ],
)
def test_an_archive_that_was_looked_into(command: str, members: list[str], expected: str) -> None:
    container = msgspec.structs.replace(
        image(APP, cmd=tuple(command.split())),
        archives={"app/bundle.pyz": FileTree(FileEntry(path, "file") for path in members)},
    )
    found = resolve_start(container)
    assert (roots(found) or found.reason) == expected
    assert paths(found) == "/app/bundle.pyz"


def test_an_archive_that_is_not_there() -> None:
    container = image(APP, cmd=("python", "dist/tool.pyz"))
    assert roots(resolve_start(container)) == "/app/dist/tool.pyz"
    made = Unknown("app/dist", "Containerfile:4: make is not understood", brings="anything")
    found = resolve_start(msgspec.structs.replace(container, unknown=(made,)))
    assert not found.resolved
    assert found.reason.endswith("dist/tool.pyz is an archive that only the build makes: " + made.reason)


@pytest.mark.parametrize(
    ("entrypoint", "cmd", "expected"),
    [
        (("python",), ("main.py",), "/app/main.py"),
        (("python", "main.py"), (), "/app/main.py"),
        (("python",), ("-m", "pkg"), "pkg.__main__!"),
        (("uvicorn",), ("pkg.main:app",), "pkg.main"),
        (("/bin/sh", "-c", "python main.py"), ("ignored",), "/app/main.py"),
        (("tini", "--"), ("/bin/sh", "-c", "exec python main.py"), "/app/main.py"),
        (("/app/start.sh",), ("python", "main.py"), "/app/main.py /app/tool.py"),
        (("./start.sh",), ("web",), "wsgi /app/tool.py"),
        (("./start.sh",), ("worker", "-l", "info"), "pkg pkg.celery /app/tool.py"),
        (("sh", "./start.sh"), ("web",), "wsgi /app/tool.py"),
        (("./start.sh",), (), "/app/tool.py"),
        (("/app/plain",), (), "/app/main.py"),
        (("./program.py",), ("--x",), "/app/program.py"),
        (("/app/envprogram",), (), "/app/envprogram"),
        (("/app/itself.sh",), (), None),
        (("/app/loop.sh",), (), None),
        (("/app/other",), (), None),
        (("/app/binary",), (), None),
    ],
)
def test_entrypoints_and_their_arguments(
    entrypoint: tuple[str, ...], cmd: tuple[str, ...], expected: str | None
) -> None:
    scripts = {
        "app/start.sh": """#!/bin/bash
set -euo pipefail
cd "${0%/*}"
python tool.py
case "${1:-}" in
    web) exec gunicorn wsgi:app ;;
    worker) shift; exec celery -A pkg worker "$@" ;;
esac
exec "$@"
""",
        "app/plain": "python main.py\n",
        "app/program.py": "#!/usr/bin/env python3\nimport pkg\n",
        "app/envprogram": "#!/usr/bin/env -S python3 -u\nimport pkg\n",
        "app/itself.sh": "#!/bin/sh\nexec /app/itself.sh\n",
        "app/loop.sh": "#!/bin/sh\n. /app/loop.sh\nexec sh /app/loop.sh\n",
        "app/other": "#!/usr/bin/perl\n",
        "app/binary": "\x7fELF\0\0",
    }
    drawing = APP + "".join(f"{path} (755)\n" for path in scripts)
    found = resolve_start(image(drawing, scripts, entrypoint=entrypoint, cmd=cmd))
    assert found.resolved is (expected is not None), found.reason
    if expected is not None:
        assert roots(found) == expected


def test_a_script_is_followed_line_by_line() -> None:
    script = """#!/bin/sh
export PYTHONPATH="/app/lib:${PYTHONPATH}"
APP_MODULE=${APP_MODULE:-pkg.main:app}
: ${WORKERS:=4}
LOCAL=unseen
cd /app/sub
exec gunicorn --chdir .. -w $WORKERS "$APP_MODULE" "$@"
"""
    found = resolve_start(
        image(
            APP + "app/go.sh (755)\n",
            {"app/go.sh": script},
            env={"PYTHONPATH": "/base"},
            entrypoint=("./go.sh",),
            cmd=("-b", ":80"),
        )
    )
    assert found.command == ("gunicorn", "--chdir", "..", "-w", "4", "pkg.main:app", "-b", ":80")
    assert found.location is not None
    assert (found.location.path, found.location.line) == ("/app/go.sh", 7)
    assert found.cwd == "/app"
    assert found.env == {"PYTHONPATH": "/app/lib:/base"}
    assert paths(found) == "/app /app/sub"
    assert found.attributes == (("pkg.main", "app"),)
    assert found.programs == ("gunicorn",)


@pytest.mark.parametrize(
    ("command", "executable", "env"),
    [
        ("python main.py", "python", {}),
        ("python3.12 main.py", "python3.12", {}),
        ("/opt/venv/bin/python main.py", "/opt/venv/bin/python", {}),
        ("../opt/venv/bin/python main.py", "/opt/venv/bin/python", {}),
        ("/opt/venv/bin/serve", "/opt/venv/bin/python3", {}),
        ("/opt/venv/bin/long", "/opt/venv/bin/python3", {}),
        ("/opt/venv/bin/uvicorn pkg.main:app", "/opt/venv/bin/python3", {}),
        ("uvicorn pkg.main:app", "", {}),
        ("env PATH=/opt/venv/bin uvicorn pkg.main:app", "/opt/venv/bin/python3", {"PATH": "/opt/venv/bin"}),
        ("$ PYTHONPATH=/x python main.py", "python", {"PYTHONPATH": "/x"}),
        ("$ export PYTHONPATH=/x OTHER=1 && python main.py", "python", {"PYTHONPATH": "/x"}),
        ("$ PYTHONPATH=/x; python main.py", "python", {}),
        ("$ unset PYTHONHOME; python main.py", "python", {}),
        ("python -s main.py", "python", {"PYTHONNOUSERSITE": "1"}),
        (
            "$ . /opt/venv/bin/activate; python main.py",
            "python",
            {"VIRTUAL_ENV": "/opt/venv", "PATH": "/opt/venv/bin:/bin"},
        ),
    ],
)
def test_the_interpreter_and_the_variables_that_steer_it(
    command: str, executable: str, env: dict[str, str]
) -> None:
    found = start(command, PATH="/bin")
    assert (found.executable, found.env) == (executable, env)


@pytest.mark.parametrize(
    ("command", "executable"),
    [
        ("venv/bin/gunicorn wsgi:app", "/app/venv/bin/python"),  # nothing is known of the file but its name
        ("./venv/bin/uvicorn main:app", "/app/venv/bin/python"),  # not even that
        ("sh -c 'cd venv && exec ./bin/gunicorn wsgi:app'", "/app/venv/bin/python"),
        ("celery -A worker worker", "/app/venv/bin/python"),  # on PATH, a link into the environment
        ("gunicorn wsgi:app", ""),
        ("other/bin/gunicorn wsgi:app", ""),
    ],
)
def test_a_predicted_script_is_of_the_interpreter_beside_it(command: str, executable: str) -> None:
    drawing = """
    app/
      wsgi.py
      main.py
      worker.py
      other/bin/gunicorn (755)
      venv/
        bin/
          python -> /usr/local/bin/python3
          gunicorn (755)
          celery (755)
    usr/local/bin/
      python3 | ELF
      celery -> /app/venv/bin/celery
    """
    found = resolve_start(image(drawing, cmd=tuple(shlex.split(command))))
    assert found.resolved
    assert found.executable == executable


def test_isolation_takes_the_python_path_away() -> None:
    assert start("python -I main.py", PYTHONPATH="/x").env["PYTHONPATH"] == ""


def test_the_environment_of_the_project_is_used_where_it_is_there() -> None:
    drawing = "app/\n  pyproject.toml\n  main.py\n  sub/\n  .venv/bin/python (755)\n  .venv/bin/serve (755)\n"
    text = {
        "app/.venv/bin/serve": "#!/app/.venv/bin/python\nfrom main import go\nimport sys\nsys.exit(go())\n"
    }
    for command in ("uv run serve", "poetry run serve", "uv run --directory sub serve"):
        found = resolve_start(image(drawing, text, cmd=tuple(command.split())))
        assert (roots(found), found.executable) == ("main", "/app/.venv/bin/python")


def test_console_scripts_of_projects_that_a_prediction_installs() -> None:
    drawing = "app/pyproject.toml\napp/other/pyproject.toml\napp/third/setup.cfg\n"
    contents = {
        "app/pyproject.toml": '[project.scripts]\nserve = "shop.cli:main"\n',
        "app/other/pyproject.toml": '[tool.poetry.scripts]\nwork = "shop.work:run"\nserve = "no:no"\n',
        "app/third/setup.cfg": "[options.entry_points]\nconsole_scripts =\n    old = shop.old:main\n",
    }
    expected = {"serve": "shop.cli", "work": "shop.work", "old": "shop.old"}
    for name, module in expected.items():
        assert roots(resolve_start(image(drawing, contents, kind="predicted", cmd=(name,)))) == module
        assert not resolve_start(image(drawing, contents, kind="image", cmd=(name,))).resolved
        elsewhere = resolve_start(image("app/\n", cmd=(name,)), scripts={name: f"{module}:x"})
        assert elsewhere.attributes == ((module, "x"),)


SUPERVISOR = """[supervisord]
nodaemon=true
[program:web]
command=gunicorn -b :80 wsgi:app ; a comment
directory=/app/sub
environment=PYTHONPATH="/lib1",MODE=x
[program:worker]
command=/bin/sh -c "exec celery -A pkg worker"
[program:off]
command=python never.py
autostart=false
[program:proxy]
command=nginx -g "daemon off;"
[include]
files = conf.d/*.conf
"""


def test_supervisord_starts_every_program() -> None:
    drawing = APP + "etc/supervisord.conf\netc/conf.d/more.conf\n"
    more = "[program:beat]\ncommand = python -m pkg.tasks --every %(ENV_SECONDS)s\n"
    found = resolve_start(
        image(
            drawing,
            {"etc/supervisord.conf": SUPERVISOR, "etc/conf.d/more.conf": more},
            cmd=("supervisord", "-c", "/etc/supervisord.conf"),
        )
    )
    assert found.resolved
    assert roots(found) == "pkg.tasks! wsgi pkg pkg.celery"
    web, worker, proxy, beat = found.processes
    assert (web.cwd, web.env) == ("/app/sub", {"PYTHONPATH": "/lib1"})
    assert web.location is not None
    assert (web.location.path, web.location.line) == ("/etc/supervisord.conf", 3)
    assert worker.cwd == beat.cwd == "/app"
    assert proxy.idle


def test_s6_runs_its_services_and_the_command() -> None:
    drawing = (
        APP
        + "etc/services.d/web/run (755) | #!/usr/bin/with-contenv sh\\ncd /app/sub\\nexec gunicorn pkg:app\\n"
    )
    found = resolve_start(image(drawing, entrypoint=("/init",), cmd=("python", "main.py")))
    assert roots(found) == "/app/main.py pkg"


def test_programs_beside_python_do_not_hide_it() -> None:
    config = "[program:a]\ncommand=gunicorn wsgi:app\n[program:b]\ncommand=/opt/agent --x\n"
    drawing = APP + "etc/supervisord.conf\nopt/agent (755) | \\x7fELF\n"
    found = resolve_start(image(drawing, {"etc/supervisord.conf": config}, cmd=("supervisord",)))
    assert (found.resolved, roots(found)) == (True, "wsgi")
    assert found.unread == ("/opt/agent is a program of its own",)


def test_flask_reads_its_own_environment_file() -> None:
    drawing = "app/\n  shop.py\n  app.py\n  .flaskenv | FLASK_DEBUG=1\\nFLASK_APP=shop\\n\n"
    assert roots(resolve_start(image(drawing, cmd=("flask", "run")))) == "shop"


def test_an_init_of_the_project_is_a_script_like_any_other() -> None:
    drawing = APP + "init (755) | #!/bin/sh\\nexec python main.py\\n"
    assert roots(resolve_start(image(drawing, entrypoint=("/init",)))) == "/app/main.py"


def test_an_image_without_a_command() -> None:
    assert start("").reason == "the image names no command (ENTRYPOINT, CMD)"


def test_an_override_replaces_entrypoint_and_cmd() -> None:
    side = image(APP, entrypoint=("nginx",), cmd=("x",))
    assert roots(resolve_start(side, "cd sub && uvicorn pkg:app")) == "pkg"


def test_a_value_that_only_its_name_is_known_of_is_not_guessed() -> None:
    found = resolve_start(image(APP, env={"APP": None}, cmd=("/bin/sh", "-c", "uvicorn $APP")))
    assert (found.resolved, found.command) == (False, ("uvicorn", "…"))


@pytest.mark.parametrize(
    "script",
    [
        "f() { " + "if true; then " * 100 + 'f "$@"' + "; fi" * 100 + "; }\nf\n",
        "( " * 140 + "python main.py" + " )" * 140,
        "[ " + "a -a " * 3000 + "a ] && python main.py",
        "[ " + "! " * 3000 + "a ] && python main.py",
        "echo " + "${a:-" * 2000 + "}" * 2000,
        "echo " + "$(" * 500 + ")" * 500,
        "set -- a b\n" + 'set -- "$@" "$@"\n' * 60,
        "A=xx\n" + "A=$A$A\n" * 60 + "echo $A\n",
        "a && " * 3000 + "python main.py",
        "case x in " + "y) ;; " * 3000 + "esac",
    ],
)
def test_scripts_made_to_exhaust_are_answered(script: str) -> None:
    assert resolve_start(image(APP, {"app/main.py": script}, cmd=("sh", "main.py"))).reason


def test_supervisor_and_settings_made_to_exhaust_are_answered() -> None:
    config = "[program:a]\ncommand=python main.py\nenvironment=" + "a" * 200_000 + "\n"
    side = image(APP + "etc/supervisord.conf\n", {"etc/supervisord.conf": config}, cmd=("supervisord",))
    assert roots(resolve_start(side)) == "/app/main.py"
    stars = "".join(f"from s{number} import *\n" for number in range(40))
    doubling = 'A = "x"\nINSTALLED_APPS = ["a"]\n' + "INSTALLED_APPS += INSTALLED_APPS\nA = A + A\n" * 60
    files = {f"app/s{number}.py": stars + doubling for number in range(40)}
    drawing = "app/\n" + "".join(f"  s{number}.py\n" for number in range(40))
    found = resolve_start(image(drawing, files, cmd=("python", "-m", "django", "check", "--settings", "s0")))
    assert roots(found) == "s0 a"


def test_a_huge_script_is_followed_up_to_a_limit() -> None:
    script = "#!/bin/sh\n" + "python main.py\n" * 5000
    found = resolve_start(image(APP + "app/go.sh (755)\n", {"app/go.sh": script}, cmd=("./go.sh",)))
    assert not found.resolved
    assert roots(found) == "/app/main.py"
