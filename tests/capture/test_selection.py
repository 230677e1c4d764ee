"""Which files of an image are the application's."""

import pytest

from paritycheck.capture.image.selection import application_files, command_files, is_carried_text, is_system
from tests.drawn import tree


@pytest.mark.parametrize(
    "path",
    [
        "usr/lib/python3/dist-packages/yaml/__init__.py",
        "usr/local/lib/python3.12/os.py",
        "usr/local/lib/python3.12/site-packages/flask/app.py",
        "usr/local/bin/pip",
        "usr/local/lib/libz.so.1",
        "root/.bashrc",
        "home/app/.profile",
        "opt/venv/lib/python3.12/site-packages/x.py",
        "root/.local/lib/python3.11/site-packages/x.py",
        "etc/passwd",
        "bin/sh",
        "var/lib/dpkg/status",
        "root/.cache/pip/x",
        "app/node_modules/left-pad/index.js",
        "app/__pycache__/main.cpython-312.pyc",
        "app/.git/HEAD",
    ],
)
def test_what_the_system_and_distributions_brought(path: str) -> None:
    assert is_system(path)


@pytest.mark.parametrize(
    "path",
    [
        "app/main.py",
        "srv/www/index.html",
        "home/user/project/lib/thing.py",
        "usr/src/app/main.py",
        "usr/local/airflow/dags/x.py",
        "usr/local/bin/docker-entrypoint.sh",
        "usr/local/bin/start.py",
        "opt/service/main.py",
        "var/www/app.py",
        "main.py",
        "root/main.py",
        "code/lib/python/helper.py",
    ],
)
def test_what_an_application_brought(path: str) -> None:
    assert not is_system(path)


@pytest.mark.parametrize(
    ("path", "workdir", "system"),
    [
        ("etc/shop/main.py", "/etc/shop", False),
        ("etc/shop/lib/main.py", "/etc/shop", False),
        ("etc/shop/.venv/lib/python3.12/site-packages/x.py", "/etc/shop", True),
        ("etc/shop/node_modules/x.js", "/etc/shop", True),
        ("etc/passwd", "/etc/shop", True),
        ("etc/shopping/main.py", "/etc/shop", True),
        ("var/lib/shop/main.py", "/var/lib/shop/", False),
        ("usr/lib/shop/main.py", "/usr/lib/shop", False),
        ("usr/local/lib/shop/main.py", "/usr/local/lib/shop", False),
        ("tmp/shop/main.py", "/tmp/shop", False),
        # No application is started in a directory of the system to make it its own.
        ("etc/passwd", "/etc", True),
        ("usr/bin/pip", "/usr/bin", True),
        ("usr/local/lib/libz.so.1", "/usr/local/lib", True),
        ("var/lib/dpkg/status", "/var/lib", True),
        ("usr/local/lib/python3.12/site-packages/x.py", "/usr/local/lib/python3.12/site-packages", True),
        ("home/shop/.profile", "/home/shop", True),
        ("etc/passwd", "/", True),
        ("etc/passwd", "", True),
    ],
)
def test_the_directory_that_an_image_starts_in_is_the_applications(
    path: str, workdir: str, system: bool
) -> None:
    assert is_system(path, workdir) is system


def test_interpreters_and_virtual_environments_are_recognised_wherever_they_are() -> None:
    image = tree(
        """
        app/
          main.py
          lib/
            own.py
          .venv/
            pyvenv.cfg
            bin/
              activate
            src/
              editable.py
        python/
          bin/
            python3
          include/
            Python.h
          lib/
            python3.12/
              os.py
        conda/
          conda-meta/
            history
          bin/
            python
        """
    )
    assert list(application_files(image)) == [
        "app/.venv/pyvenv.cfg",
        "app/.venv/src/editable.py",
        "app/lib/own.py",
        "app/main.py",
    ]


def test_links_to_files_count_and_what_a_project_installed_itself() -> None:
    image = tree(
        """
        app/
          link.py -> main.py
          main.py
          nowhere -> gone
          folder -> ../app
          pipe !fifo
        usr/
          lib/
            python3/
              dist-packages/
                mine.py
                theirs.py
        """
    )
    own = ["usr/lib/python3/dist-packages/mine.py", "usr/lib/python3/dist-packages/vanished.py"]
    assert list(application_files(image, own)) == ["app/link.py", "app/main.py", own[0]]


@pytest.mark.parametrize(
    ("name", "carried"),
    [
        ("Containerfile", True),
        ("Dockerfile.prod", True),
        ("api.Dockerfile", True),
        (".dockerignore", True),
        ("Containerfile.dockerignore", True),
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("requirements/base.txt", False),
        ("constraints.txt", True),
        ("pyproject.toml", True),
        ("uv.lock", True),
        ("pylock.dev.toml", True),
        ("entrypoint.sh", True),
        ("docker-entrypoint", True),
        ("supervisord.conf", True),
        ("alembic.ini", True),
        ("Procfile", True),
        ("compose.prod.yaml", True),
        ("_virtualenv.pth", True),
        (".env", False),
        ("id_rsa", False),
        ("secrets.yaml", False),
        ("main.py", False),
    ],
)
def test_texts_that_are_carried(name: str, carried: bool) -> None:
    assert is_carried_text(f"app/{name}") is carried


def test_files_that_a_start_command_names() -> None:
    image = tree(
        """
        app/
          run -> bin/start
          bin/
            start | #!/bin/sh
        """
    )
    words = ["sh", "-c", "exec /app/bin/start --now", "./run", "nothing.sh"]
    assert set(command_files(image, words, "/app")) == {"app/bin/start"}
