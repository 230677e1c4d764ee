"""The finder on drawn trees: what it says beyond what the interpreter's own finder can be asked."""

import pytest

from paritycheck.model.snapshot import Unknown
from paritycheck.model.source import SourceFile
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound
from tests.drawn import tree

SUFFIXES = (".cpython-312-x86_64-linux-gnu.so", ".abi3.so", ".so")
TREE = tree(
    """
app/
  main.py
  utils.py
  pkg/
    __init__.py
    Mixed.py
    typed.pyi
    gone.py -> nowhere.py
    fast.cpython-311-x86_64-linux-gnu.so
    __pycache__/
      old.cpython-312.pyc
site/
  utils/
    __init__.py
  six.py
  spread/
    one.py
lib.zip
src/
  late/
    __init__.py
    sub.py
  single.py
"""
)


@pytest.mark.parametrize(
    ("name", "missing", "reason", "evidence"),
    [
        ("nothing", "nothing", "absent", ""),
        ("pkg.no.deeper", "pkg.no", "absent", ""),
        ("pkg.mixed", "pkg.mixed", "case-differs", "app/pkg/Mixed.py"),
        ("PKG", "PKG", "case-differs", "app/pkg"),
        ("pkg.typed", "pkg.typed", "stub-only", "app/pkg/typed.pyi"),
        ("pkg.gone", "pkg.gone", "dangling-link", "app/pkg/gone.py"),
        ("pkg.fast", "pkg.fast", "wrong-abi", "app/pkg/fast.cpython-311-x86_64-linux-gnu.so"),
        ("pkg.old", "pkg.old", "cache-only", "app/pkg/__pycache__/old.cpython-312.pyc"),
        ("utils.deep", "utils.deep", "not-a-package", "app/utils.py"),
        ("pkg..x", "pkg..x", "absent", ""),
    ],
)
def test_not_found(name: str, missing: str, reason: str, evidence: str) -> None:
    finder = Finder(TREE, ["app", "site"], SUFFIXES, modules={"app/utils.py": SourceFile()})
    outcome = finder.find(name)
    assert isinstance(outcome, NotFound)
    assert (outcome.name, outcome.missing, outcome.reason) == (name, missing, reason)
    assert outcome.evidence == ((evidence,) if evidence else ())
    assert outcome.parent == missing.rpartition(".")[0]


def test_shadowing() -> None:
    finder = Finder(TREE, ["app", "site"], SUFFIXES)
    found = finder.find("utils")
    assert isinstance(found, Found)
    assert (found.kind, found.path) == ("source", "app/utils.py")
    assert finder.shadowed(found) == ("site/utils/__init__.py",)


def test_builtin_frozen_and_registered() -> None:
    finder = Finder(tree("os.py\nsys.py\n"), [""], builtins=["sys"], frozen=["os"])
    kinds = [finder.find(name) for name in ("sys", "os", "os.path")]
    assert [each.kind for each in kinds if isinstance(each, Found)] == ["builtin", "frozen", "frozen"]


def test_a_module_that_is_no_package_may_register_others_if_nobody_read_it() -> None:
    outcome = Finder(TREE, ["site"], SUFFIXES).find("six.moves")
    assert isinstance(outcome, Doubtful)
    assert outcome.unknown.path == "site/six.py"


def test_editable_mapping_comes_after_the_path() -> None:
    editables = {"late": "src/late", "single": "src/single.py", "utils": "src/late", "lost": "src/lost"}
    finder = Finder(TREE, ["app"], SUFFIXES, editables=editables)
    found = [finder.find(name) for name in ("late", "late.sub", "single", "utils")]
    assert [each.path for each in found if isinstance(each, Found)] == [
        "src/late/__init__.py",
        "src/late/sub.py",
        "src/single.py",
        "app/utils.py",
    ]
    lost = finder.find("lost")
    assert isinstance(lost, NotFound)
    assert (lost.reason, lost.evidence) == ("editable-target", ("src/lost",))


def test_an_archive_on_the_path_is_doubt() -> None:
    finder = Finder(TREE, ["lib.zip/inner", "app", "missing.zip"], SUFFIXES)
    outcome = finder.find("nothing")
    assert isinstance(outcome, Doubtful)
    assert outcome.unknown.path == "lib.zip"
    found = finder.find("main")
    assert isinstance(found, Found)
    assert found.doubt is not None


def test_unknown_parts() -> None:
    def doubt(path: str) -> Unknown | None:
        return Unknown("site", "unknown base image") if path.startswith("site/") else None

    finder = Finder(tree("app/\n  main.py\n"), ["app", "site"], SUFFIXES, doubt=doubt)
    assert finder.find("main") == Found("main", "source", "app/main.py", (), 0)
    assert finder.find("main.x") == Doubtful(
        "main.x", "main.x", Unknown("app/main.py", "no package, but it may register modules itself")
    )
    assert finder.find("flask.cli") == Doubtful("flask.cli", "flask", Unknown("site", "unknown base image"))


def test_a_namespace_may_be_a_package_where_nobody_knows() -> None:
    def doubt(path: str) -> Unknown | None:
        return Unknown("site", "a wheel that is not known") if path.startswith("site/") else None

    drawn = tree("app/\n  shop/\n    log.yml\n    own.py\n")
    finder = Finder(drawn, ["app", "site"], SUFFIXES, doubt=doubt)
    assert isinstance(finder.find("shop.own"), Found)
    assert isinstance(finder.find("shop.api"), Doubtful)
    assert isinstance(Finder(drawn, ["app", "site"], SUFFIXES).find("shop.api"), NotFound)


def test_a_directory_that_is_only_assumed_hides_no_namespace() -> None:
    drawn = tree("app/\n  cloud/\n    cloud.py\n    more.py\n    utils/\n      x.py\n")
    both = ["app", "app/cloud"]
    assert isinstance(Finder(drawn, both, SUFFIXES).find("cloud.utils.x"), Doubtful)
    guessing = Finder(drawn, both, SUFFIXES, assumed=1)
    assert isinstance(guessing.find("cloud.utils.x"), Found)
    assert isinstance(guessing.find("more"), Found)


def test_an_extension_is_doubt_while_the_suffixes_are_not_known() -> None:
    outcome = Finder(TREE, ["app"]).find("pkg.fast")
    assert isinstance(outcome, Doubtful)


def test_a_package_that_alters_its_path_may_find_more() -> None:
    modules = {"app/pkg/__init__.py": SourceFile(package_path="altered")}
    assert isinstance(Finder(TREE, ["app"], SUFFIXES, modules=modules).find("pkg.no"), Doubtful)
