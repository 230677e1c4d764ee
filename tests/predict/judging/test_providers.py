"""Import names and the distributions that bring them: by the table, by name, and with doubt."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution
from paritycheck.predict.importing.knownnames import KNOWN, NAMESPACES
from paritycheck.predict.judging.providers import brings, called_like, likely_providers, owned_part


@pytest.mark.parametrize(
    ("module", "names", "certainty"),
    [
        ("bs4.element", ("beautifulsoup4",), "table"),
        ("yaml", ("pyyaml",), "table"),
        ("requests", ("requests",), "table"),
        ("google.cloud.storage.blob", ("google-cloud-storage",), "name"),
        ("google.cloud.vision_v1.types", ("google-cloud-vision",), "name"),
        ("google.protobuf.message", ("protobuf",), "table"),
        ("azure.storage.blob.aio", ("azure-storage-blob",), "name"),
        ("ruamel.yaml", ("ruamel-yaml",), "name"),
        ("google.cloud", (), "name"),
        ("my_own.part", ("my-own",), "name"),
    ],
)
def test_likely_providers(module: str, names: tuple[str, ...], certainty: str) -> None:
    found = likely_providers(module)
    assert (found.names, found.certainty) == (names, certainty)


@pytest.mark.parametrize(
    ("name", "modules", "wanted", "expected"),
    [
        ("anything", ("a.b",), "a.b.c", "yes"),
        ("anything", ("a.b",), "a", "yes"),
        ("anything", ("a.b",), "a.c", "no"),
        ("anything", ("a",), "anything", "no"),
        ("Beautiful-Soup4", (), "bs4", "no"),
        ("beautifulsoup4", (), "bs4", "yes"),
        ("opencv-python-headless", (), "cv2", "yes"),
        ("google-cloud-bigquery", (), "google.cloud.storage", "no"),
        ("google-cloud-storage", (), "google.cloud.storage.blob", "yes"),
        ("my-tool", (), "my_tool.cli", "yes"),
        ("django-thing", (), "thing", "maybe"),
        ("thing-python", (), "thing", "maybe"),
        ("py-thing2", (), "thing2", "maybe"),
        ("social-app-django", (), "social_django", "maybe"),
        ("standard-imghdr", (), "imghdr", "maybe"),
        ("acme", (), "thing", "unlikely"),
        ("acme", (), "requests", "no"),
        ("django", (), "django_extensions", "no"),
        ("flask", (), "flask_thing", "no"),
    ],
)
def test_brings(name: str, modules: tuple[str, ...], wanted: str, expected: str) -> None:
    assert brings(Distribution(name, "1", "/site", modules), wanted) == expected


def test_a_namespace_belongs_to_nobody() -> None:
    assert [owned_part(name) for name in ("google.cloud.storage.blob", "bs4.element", "azure")] == [
        "google.cloud.storage",
        "bs4",
        "azure",
    ]
    assert not NAMESPACES & KNOWN.keys()


def test_the_table_is_written_as_names_are_compared() -> None:
    assert len(KNOWN) > 500
    for module, distributions in KNOWN.items():
        assert distributions == tuple(canonicalize_name(name) for name in distributions), module
        assert all(part.isidentifier() for part in module.split(".")), module


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("shop", {"shop"}),
        ("shop.sale.till", {"shop"}),
        ("space.part", {"space", "space-part"}),
        ("space.part.till", {"space", "space-part"}),
        ("space.my_part", {"space", "space-my-part"}),
    ],
)
def test_called_like(module: str, expected: set[str]) -> None:
    assert called_like(module, {"space"}.__contains__) == expected
