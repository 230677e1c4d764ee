"""What is left out of source, and above all what is not."""

import sysconfig
from pathlib import Path

import pytest

from paritycheck.parse.python.imports import parse_source
from paritycheck.parse.python.reduction import reduce_source


def test_leaves_out_bodies_and_keeps_lines() -> None:
    data = b"import a\n@b\ndef c(\n    d,\n):\n    '''e'''\n    return 1\n\nclass F:\n    g = 1\nimport h\n"
    assert reduce_source(data) == b"import a\n@b\ndef c(): pass\n\n\n\n\n\nclass F: pass\n\nimport h\n"


def test_keeps_what_imports_and_drops_its_neighbours() -> None:
    data = b"class A:\n    def b(self):\n        import c\n    def d(self):\n        return 1\n"
    assert reduce_source(data) == b"class A:\n    def b(self):\n        import c\n    def d(): pass\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    x = (1,\n2)\nimport a\n",
        "def f():\n    x = 1 + \\\n2\nimport a\n",
        "x = '''\ndef f():\n    import a\n'''\nimport b\n",
        'x = "\\\ndef f():\\\n"\nimport b\n',
        "# it's '''\ndef f():\n    '''import a'''\nimport b\n",
        "def f():\n    return '\"\"\"'\nimport b\n'''\n\"\"\"\n'''\n",
        "def f():\n    x = f'''{\"a\"}'''\nimport b\n",
        "def f():\n\tif x:\n\t\tpass\n\timport a\n",
        "\x0cdef f():\n    pass\n\x0c\nimport a\n",
        "async \\\ndef f():\n    pass\nimport a\n",
        "if x:\n    def f(): pass\n    # comment\n# import c\nelse:\n    import d\n",
        "def f(): import a\ndef g(): pass; x = 1\n",
        "x = '''a''' '''b\nimport c\n''' # '''\nimport d\n",
        "x = 1 \\\n  + len('''a\n''')\nimport d\n# end \\\n'''e'''\nimport f\n",
        "class A: import a\nclass B:\n\n    def f(self):\n        pass\n\nimport c",
    ],
)
def test_never_changes_the_answer(text: str) -> None:
    plain = parse_source(text.encode(), thorough=True)
    assert plain.problem is None
    assert parse_source(text.encode()) == plain


def test_never_changes_the_answer_for_the_standard_library() -> None:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    files += sorted(Path(sysconfig.get_path("stdlib"), "test").glob("test_[hi]*.py"))
    for file in files:
        data = file.read_bytes()
        plain = parse_source(data, thorough=True)
        assert plain.problem or parse_source(data) == plain, file
