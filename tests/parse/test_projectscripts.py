"""Entry points that a project declares."""

import pytest

from paritycheck.parse.python.projectscripts import read_entry_points


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "pyproject.toml",
            '[project.entry-points."a.b"]\nx = "p.x:X"\ny = "p.y"\n[project.scripts]\nz = "p:main"\n',
            {"a.b": {"x": "p.x:X", "y": "p.y"}},
        ),
        ("pyproject.toml", '[tool.poetry.plugins."a.b"]\nx = "p.x:X"\n', {"a.b": {"x": "p.x:X"}}),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n    z = p:main\na.b =\n    x = p.x:X\n    y-1=p.y\n",
            {"a.b": {"x": "p.x:X", "y-1": "p.y"}},
        ),
        (
            "setup.py",
            "setup(entry_points={'a.b': ['x = p.x:X', 'y=p.y'], 'console_scripts': ['z = p:main']})",
            {"a.b": {"x": "p.x:X", "y": "p.y"}},
        ),
        ("setup.py", "setup(entry_points=computed())", {}),
        ("pyproject.toml", "[project", {}),
        ("pyproject.toml", "[project]\nentry-points = 3\n", {}),
    ],
)
def test_what_a_project_declares(name: str, text: str, expected: dict[str, dict[str, str]]) -> None:
    assert read_entry_points(name, text) == expected
