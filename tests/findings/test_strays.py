"""What only the local search path has, outside of the checkout."""

from __future__ import annotations

import msgspec
import pytest

from paritycheck.model.environment import EditableModule, Environment
from paritycheck.model.location import Location
from tests.findings.sides import checkout, distribution, environment, findings, image, told

LINE = Location("/venv/lib/python3.12/site-packages/tools.pth", 1)


def local(*strays: str) -> Environment:
    """Return a local environment whose path has these modules in /home/me/tools."""
    found = tuple(EditableModule(name, "/home/me/tools", LINE) for name in strays)
    return msgspec.structs.replace(environment([]), strays=found)


@pytest.mark.parametrize(
    ("main", "more", "expected"),
    [
        ("import labels\n", {}, [("PC101", "error", ["labels"])]),
        ("from labels.deep import x\n", {}, [("PC101", "error", ["labels"])]),
        ("try:\n    import labels\nexcept ImportError:\n    pass\n", {}, [("PC101", "warning", ["labels"])]),
        ("import labels\n", {"requirements.txt": "labels\n"}, []),
        ("import labels\n", {"lib/labels.py": ""}, []),
        ("import elsewhere\n", {}, []),
    ],
)
def test_modules_outside_of_the_checkout(
    main: str, more: dict[str, str], expected: list[tuple[str, str, list[str]]]
) -> None:
    files = {"app/__init__.py": "", "app/main.py": main}
    found = findings(checkout({**files, **more}, local("labels")), image(files, environment([])), "PC101")
    assert [told(each) for each in found] == expected
    assert all(each.locations[0] == LINE for each in found)


@pytest.mark.parametrize(
    ("declared", "code"), [("", "PC101"), ("labels-tools\n", "PC204")], ids=["nobody declares it", "declared"]
)
def test_an_editable_install_of_another_checkout(declared: str, code: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": "import labels\n"}
    described = environment([distribution("labels-tools", "1", ["labels"], editable="/home/me/labels")])
    side = checkout({**files, "requirements.txt": declared}, described)
    (found,) = findings(side, image(files, environment([])), "PC1 PC2")
    assert found.code == code
    assert ("/home/me/labels" in found.message) is (code == "PC101")
