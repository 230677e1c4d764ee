"""What of an image's config may travel, and what may not."""

import json

import pytest

from paritycheck.capture.image.config import decode_config, image_config, shown_instruction
from paritycheck.capture.image.selection import keeps_value
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Healthcheck

SHELL = ["/bin/sh", "-c"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/bin/sh -c #(nop) ENV TOKEN=s3cret", "ENV (values withheld)"),
        ("ENV TOKEN=s3cret", "ENV (values withheld)"),
        ("ARG TOKEN=s3cret", "ARG (values withheld)"),
        ("/bin/sh -c #(nop)  ARG TOKEN", "ARG (values withheld)"),
        ("|1 TOKEN=s3cret /bin/sh -c pip install .", "RUN /bin/sh -c pip install ."),
        ("|2 A=two words TOKEN=s3cret /bin/sh -c pip install .", "RUN /bin/sh -c pip install ."),
        (
            "RUN |1 TOKEN=s3cret /bin/sh -c pip install . # buildkit",
            "RUN /bin/sh -c pip install . # buildkit",
        ),
        ("|1 TOKEN=s3cret /bin/bash -o pipefail -c make", "RUN"),
        ("/bin/sh -c #(nop) COPY file:1 in /", "/bin/sh -c #(nop) COPY file:1 in /"),
        ("/bin/sh -c pip install env", "/bin/sh -c pip install env"),
        ("COPY . /app # buildkit", "COPY . /app # buildkit"),
        ("RUN /bin/sh -c echo a |2 b", "RUN /bin/sh -c echo a |2 b"),
        ("", ""),
    ],
)
def test_history_lines_lose_the_values_of_env_and_arg(line: str, shown: str) -> None:
    assert shown_instruction(line, SHELL) == shown


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("PATH", "/opt/venv/bin:/usr/bin", True),
        ("PYTHONPATH", "/app:", True),
        ("PYTHON_VERSION", "3.12.4", True),
        ("PYTHON_REGISTRY_TOKEN", "x", False),
        ("DJANGO_SETTINGS_MODULE", "site.settings", True),
        ("CELERY_APP", "shop.celery", True),
        ("MODULE_NAME", "shop.main", True),
        ("GUNICORN_CMD_ARGS", "--bind=0.0.0.0 --statsd-host https://u:p@host/", False),
        ("UV_PROJECT_ENVIRONMENT", "/opt/venv", True),
        ("UV_INDEX_URL", "https://u:p@host/simple", False),
        ("POETRY_HTTP_BASIC_CORP_PASSWORD", "x", False),
        ("DATABASE_URL", "postgres://u:p@db/x", False),
        ("PYTHONUSERBASE", "https://u:p@host/", False),
    ],
)
def test_values_that_may_be_kept(name: str, value: str, kept: bool) -> None:
    assert keeps_value(name, value) is kept


def test_a_config_document() -> None:
    document = {
        "architecture": "arm64",
        "os": "linux",
        "config": {
            "Env": ["PATH=/usr/bin", "SECRET=x=y", "EMPTY="],
            "Cmd": ["python", "-m", "app"],
            "Entrypoint": None,
            "WorkingDir": "/app",
            "Healthcheck": {"Test": ["CMD", "true"], "Interval": 5},
            "Volumes": {"/data": {}, "/cache": {}},
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:a", "sha256:b"]},
        "history": [
            {"created_by": "COPY a"},
            {"created_by": "ENV SECRET=x=y", "empty_layer": True},
            {"created_by": "COPY b"},
        ],
    }
    config = image_config(decode_config(json.dumps(document).encode(), "it"))
    assert config.env == {"PATH": "/usr/bin", "SECRET": None, "EMPTY": None}
    assert config.cmd == ("python", "-m", "app")
    assert config.entrypoint == ()
    assert config.healthcheck == Healthcheck(("CMD", "true"))
    assert config.volumes == ("/cache", "/data")
    assert [(layer.diff_id, layer.created_by) for layer in config.layers] == [
        ("sha256:a", "COPY a"),
        ("sha256:b", "COPY b"),
    ]


def test_a_history_that_does_not_fit_names_no_instruction() -> None:
    document = (
        b'{"rootfs": {"diff_ids": ["sha256:a"]}, "history": [{"created_by": "A"}, {"created_by": "B"}]}'
    )
    assert [layer.created_by for layer in image_config(decode_config(document, "it")).layers] == [""]


@pytest.mark.parametrize(
    ("data", "where"), [(b"", "broken"), (b"[]", "broken"), (b'{"config": {"Env": "A=1"}}', r"\$.config.Env")]
)
def test_broken_documents_say_where(data: bytes, where: str) -> None:
    with pytest.raises(SourceError, match=where):
        decode_config(data, "the image in x.tar")
