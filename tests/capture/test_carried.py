from __future__ import annotations

import pytest

from paritycheck.capture.checkout.carried import choose_carried, is_text
from tests.drawn import tree

CHECKOUT = """
    .git/
    .env | SECRET=1
    .env.production | SECRET=1
    .venv/
      pyvenv.cfg
      lib/
        dep.py
        requirements.txt
    .mypy_cache/
      CACHEDIR.TAG
      x.py
    Dockerfile -> .env
    Containerfile.dev
    conda/
      conda-meta/
        history
      y.py
    data/
      table.csv
    dist/
      app/
        built.py
        built.bin
    src/
      node_modules/
        z.py
      __pycache__/
        main.py
      main.py
      main.pyc
      link.py -> main.py
      outside.py -> ../../x.py
      start.sh
    vendor/
      .git
      nested.py
"""


def test_what_a_document_carries() -> None:
    carried = choose_carried(tree(CHECKOUT), ignored={"dist", "data/table.csv"})
    assert set(carried.modules) == {"dist/app/built.py", "src/main.py", "src/link.py", "vendor/nested.py"}
    assert set(carried.texts) == {"Containerfile.dev", "src/start.sh"}
    assert set(carried.digests) == {
        *(".env", ".env.production", "Dockerfile", "Containerfile.dev", "dist/app/built.py"),
        *("src/main.py", "src/main.pyc", "src/link.py", "src/start.sh", "vendor/nested.py"),
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Dockerfile", True),
        ("docker/Dockerfile.prod", True),
        ("ci/prod.dockerfile", True),
        (".dockerignore", True),
        ("Dockerfile.dockerignore", True),
        (".containerignore", True),
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("requirements/base.txt", True),
        ("dev-requirements.txt", True),
        ("sub/pyproject.toml", True),
        ("uv.lock", True),
        ("Pipfile.lock", True),
        ("compose.override.yaml", True),
        ("docker-compose.yml", True),
        ("Procfile", True),
        ("scripts/entrypoint.sh", True),
        ("README.md", False),
        ("notes.txt", False),
        ("main.py", False),
        (".env", False),
        (".env.sh", False),
    ],
)
def test_texts_are_what_a_build_or_a_start_reads(path: str, expected: bool) -> None:
    assert is_text(path) is expected
