"""The drawings that other tests rely on say what they seem to say."""

from pathlib import Path

import pytest

from tests.drawn import draw, tree, write_directory

DRAWING = r"""
app/
  main.py | import os\nimport sys\n
  run.sh (755) | #!/bin/sh
  two words.txt | a | b
  deeper/
    empty.py
  latest -> main.py
  copy.py => app/main.py
etc/
  passwd
"""


def test_a_drawing_says_kind_mode_content_and_target() -> None:
    found = {item.path: item for item in draw(DRAWING)}
    assert list(found) == [
        "app", "app/main.py", "app/run.sh", "app/two words.txt", "app/deeper", "app/deeper/empty.py",
        "app/latest", "app/copy.py", "etc", "etc/passwd",
    ]  # fmt: skip
    assert found["app/main.py"].content == b"import os\nimport sys\n"
    assert (found["app/run.sh"].mode, found["app/run.sh"].content) == (0o755, b"#!/bin/sh")
    assert found["app/two words.txt"].content == b"a | b"
    assert (found["app/latest"].kind, found["app/latest"].target) == ("link", "main.py")
    assert found["app/copy.py"].hard == "app/main.py"


def test_contents_may_be_given_beside_the_drawing() -> None:
    (item,) = draw("a.py", {"a.py": "import b\n"})
    assert item.content == b"import b\n"
    with pytest.raises(ValueError, match="not drawn"):
        draw("a.py", {"b.py": ""})


def test_the_tree_and_the_directory_agree(tmp_path: Path) -> None:
    drawn = tree(DRAWING)
    root = write_directory(DRAWING, tmp_path)
    on_disk = {str(path.relative_to(root)): path for path in root.rglob("*")}
    assert set(drawn.paths()) == set(on_disk)
    for entry in drawn:
        path = on_disk[entry.path]
        assert (entry.kind == "link") == path.is_symlink()
        if entry.kind == "file":
            assert entry.size == path.stat().st_size
            assert entry.mode == path.stat().st_mode & 0o7777
