from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.context.effective import Context, Contexts, build_context
from tests.drawn import tree

DRAWING = """
    Dockerfile
    app/
      main.py
      core/
        x.py
        x.pyc
      static/ (700)
        logo.svg
    docs/
      a.md
    vendor/
      lib/
        keep.py
        other.py
"""
EARLY = Engine("buildkit", (0, 8), client=(20, 10))


def _context(ignore: str, engine: Engine, root: str = "", containerfile: str = "Dockerfile") -> Context:
    parsed = parse_ignorefile(ignore.encode(), ".dockerignore", engine)
    return build_context(tree(DRAWING), root, parsed, engine, containerfile)


def _why(context: Context, path: str) -> str:
    decision = context.decide(path)
    line = f" {decision.location}" if decision.location else ""
    return ("in" if decision.included else "out") + line


@pytest.mark.parametrize("engine", [PODMAN, BUILDKIT, DOCKER])
def test_every_decision_names_its_line(engine: Engine) -> None:
    context = _context("# ours\n**/*.pyc\nvendor\n!vendor/lib/keep.py\ndocs/", engine)
    assert _why(context, "app/main.py") == "in"
    assert _why(context, "app/core/x.pyc") == "out .dockerignore:2"
    assert _why(context, "vendor/lib/other.py") == "out .dockerignore:3"
    assert _why(context, "vendor/lib/keep.py") == "in .dockerignore:4"
    assert _why(context, "docs/not/there.md") == "out .dockerignore:5"
    assert [(one.path, one.location.line) for one in context.excluded] == [
        ("app/core/x.pyc", 2),
        ("docs", 5),
        ("vendor/lib/other.py", 3),
    ]


def test_what_is_pruned_is_blamed_on_the_line_that_pruned() -> None:
    ignore = "*\n!**/*.py\n!app"
    assert _why(_context(ignore, BUILDKIT), "vendor/lib/keep.py") == "in .dockerignore:2"
    for engine in (PODMAN, DOCKER):
        context = _context(ignore, engine)
        assert _why(context, "vendor/lib/keep.py") == "out .dockerignore:1"
        assert _why(context, "app/static/logo.svg") == "in .dockerignore:3"


def test_parents_of_what_is_let_in_are_there_with_the_modes_of_each_engine() -> None:
    ignore = "*\n!app/static/logo.svg"
    modes = {}
    for engine in (PODMAN, BUILDKIT, DOCKER):
        found = _context(ignore, engine).effective
        assert set(found.paths()) == {"app", "app/static", "app/static/logo.svg"}
        entry = found.get("app/static")
        modes[engine.name] = entry.mode if entry else None
    assert modes == {"podman": 0o755, "buildkit": 0o700, "docker": 0o755}


def test_the_early_client_of_buildkit_sends_what_it_only_enters() -> None:
    ignore = "*\n!app/nowhere"
    assert set(_context(ignore, EARLY).effective.paths()) == {"app"}
    assert len(_context(ignore, BUILDKIT).effective) == 0


def test_patterns_alone_do_not_prune() -> None:
    context = _context("vendor\n!**/keep.py", PODMAN)
    assert "vendor/lib/keep.py" not in context.effective
    assert not context.matches("vendor/lib/keep.py")
    assert not context.matcher.includes_directory_anyway("vendor")
    assert _context("vendor\n!vendor/lib/keep.py", PODMAN).matcher.includes_directory_anyway("vendor")


def test_the_classic_builder_leaves_the_directory_of_an_ignored_containerfile() -> None:
    ignore = "*\n!app/main.py"
    assert set(_context(ignore, DOCKER).effective.paths()) == {"app", "app/main.py"}
    below = _context(ignore, DOCKER, containerfile="docs/a.md")
    assert set(below.effective.paths()) == {"app", "app/main.py", "docs"}
    assert not below.decide("docs/a.md").included


def test_lines_without_effect() -> None:
    ignore = "**/*.pyc\nnode_modules\n!app/core\nvendor\n!**/keep.py"
    dead = {
        engine.name: [one.text for one in _context(ignore, engine).dead_lines()]
        for engine in (PODMAN, BUILDKIT, DOCKER)
    }
    assert dead["buildkit"] == ["node_modules", "!app/core"]
    assert dead["docker"] == ["node_modules", "!app/core", "!**/keep.py"]
    # Buildah's `!app/core` also brings back the compiled file that the line before it took.
    assert dead["podman"] == ["node_modules", "!**/keep.py"]


def test_a_context_below_the_root_has_its_own_paths() -> None:
    context = _context("core/*.pyc", BUILDKIT, root="app")
    assert set(context.effective.paths()) == {"main.py", "core", "core/x.py", "static", "static/logo.svg"}


def test_without_an_ignore_file_everything_is_there() -> None:
    context = build_context(tree(DRAWING), "", None, PODMAN)
    assert context.effective == tree(DRAWING)
    assert context.excluded == ()
    assert context.dead_lines() == ()


def test_a_pattern_that_fails_when_used_is_refused_with_its_line_when_used() -> None:
    context = _context("docs\n[z-a]", BUILDKIT)
    with pytest.raises(BuildRefused) as refusal:
        _ = context.effective
    assert (refusal.value.path, refusal.value.line) == (".dockerignore", 2)
    with pytest.raises(BuildRefused):
        _context("docs\n[z-a]", DOCKER)
    # Nothing is excluded before the `!`, so moby never gets to it.
    assert "docs" in _context("!q*[x", BUILDKIT).effective
    with pytest.raises(BuildRefused):
        _ = _context("!q*[x", PODMAN).effective


def test_contexts_are_built_once_for_what_they_depend_on() -> None:
    contexts, source = Contexts(), tree(DRAWING)

    def build(ignore: str, engine: Engine = PODMAN, root: str = "", file: str = "Dockerfile") -> Context:
        parsed = parse_ignorefile(ignore.encode(), ".dockerignore", engine)
        return contexts.build(source, root, parsed, engine, file)

    first = build("docs")
    assert build("docs") is first
    assert build("docs", file="other") is first, "only the classic builder treats the Containerfile apart"
    others = [build("app"), build("docs", BUILDKIT), build("docs", root="app"), build("docs", DOCKER)]
    others += [build("docs", DOCKER, file="other"), contexts.build(tree(DRAWING), "", None, PODMAN)]
    assert len({id(each) for each in (first, *others)}) == 7
    assert _why(first, "docs/a.md") == _why(_context("docs", PODMAN), "docs/a.md")
