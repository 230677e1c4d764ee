"""Calls that start an interpreter of their own -> the modules that they need."""

import pytest

from paritycheck.model.source import Import
from paritycheck.parse.python.imports import parse_source

HEAD = "import asyncio, os, subprocess, sys\n"


def imports(text: str) -> list[Import]:
    found = [each for each in parse_source((HEAD + text).encode()).imports if each.dynamic]
    assert [each for each in parse_source((HEAD + text).encode(), True).imports if each.dynamic] == found
    return found


@pytest.mark.parametrize(
    ("text", "module", "names", "context"),
    [
        ("subprocess.run([sys.executable, '-m', 'a.b'])", "a.b", ("__main__",), "guarded"),
        ("subprocess.run(args=[sys.executable, '-m', 'a.b', x])", "a.b", ("__main__",), "guarded"),
        ("subprocess.check_call(('python3', '-u', '-m', 'a'))", "a", ("__main__",), "guarded"),
        ("def f():\n subprocess.Popen([sys.executable, './job.py', x])", "job", (), "guarded"),
        ("asyncio.create_subprocess_exec(sys.executable, '-m', 'a')", "a", ("__main__",), "guarded"),
        ("os.execv(sys.executable, [sys.executable, '-m', 'a'])", "a", ("__main__",), "module"),
        ("def f():\n os.execvp('python', ['python', '-m', 'a'])", "a", ("__main__",), "function"),
        ("os.execlp('python', 'python', '-m', 'a')", "a", ("__main__",), "module"),
    ],
)
def test_started(text: str, module: str, names: tuple[str, ...], context: str) -> None:
    (found,) = imports(text)
    assert (found.module, found.names, found.context) == (module, names, context)
    assert found.condition == "sys.path.cwd"


def test_a_condition_around_it_holds_as_well() -> None:
    (found,) = imports("if sys.platform == 'linux':\n subprocess.run([sys.executable, '-m', 'a'])")
    assert found.condition == "(sys.platform == 'linux') and sys.path.cwd"


@pytest.mark.parametrize(
    "text",
    [
        "subprocess.run([sys.executable, '-m', name])",
        "subprocess.run([sys.executable, '-c', 'import a'])",
        "subprocess.run([sys.executable, 'jobs/job.py'])",
        "subprocess.run([sys.executable, *words, '-m', 'a'])",
        "subprocess.run([sys.executable, '-I', '-m', 'a'])",
        "subprocess.run([sys.executable, '-m', 'a'], cwd='jobs')",
        "subprocess.run([sys.executable, '-m', 'a'], env=other)",
        "os.environ['PYTHONPATH'] = 'src'\nsubprocess.run([sys.executable, '-m', 'a'])",
        "os.chdir('jobs')\nsubprocess.run([sys.executable, '-m', 'a'])",
        "subprocess.run(['git', '-m', 'a'])",
        "other.run([sys.executable, '-m', 'a'])",
    ],
)
def test_nobody_knows(text: str) -> None:
    assert imports(text) == []
