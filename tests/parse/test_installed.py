from paritycheck.model.environment import Distribution, EditableModule
from paritycheck.model.location import Location
from paritycheck.parse.python.installed import find_distributions


def find(
    files: dict[str, str], *directories: str, editables: tuple[EditableModule, ...] = ()
) -> tuple[tuple[Distribution, ...], tuple[str, ...]]:
    contents = {path: text.encode() for path, text in files.items()}

    def names(directory: str) -> tuple[str, ...]:
        below = [path[len(directory) + 1 :] for path in files if path.startswith(directory + "/")]
        return tuple(sorted({path.split("/")[0] for path in below}))

    return find_distributions(directories, names, contents.get, editables)


def test_the_first_on_the_path_is_visible() -> None:
    found, problems = find(
        {
            "/a/De_mo-2.dist-info/METADATA": "Name: De_mo\nVersion: 2",
            "/b/de.mo-1.dist-info/METADATA": "Name: de.mo\nVersion: 1",
            "/b/z.egg-info": "Name: z\nVersion: 3",
        },
        "/a",
        "/b",
        "/a",
    )
    assert [(item.name, item.version, item.location) for item in found] == [
        ("De_mo", "2", "/a"),
        ("z", "3", "/b"),
    ]
    assert problems == ()


def test_two_versions_in_one_directory_are_told() -> None:
    _, problems = find(
        {
            "/a/d-1.dist-info/METADATA": "Name: d\nVersion: 1",
            "/a/d-2.dist-info/METADATA": "Name: d\nVersion: 2",
            "/a/d.egg-info/PKG-INFO": "Name: d\nVersion: 3",
        },
        "/a",
    )
    assert problems == ("/a: metadata of two versions of d: 1 and 2",)


def test_leftovers() -> None:
    found, problems = find({"/a/~ip-1.dist-info/METADATA": "Name: pip", "/a/x-1.dist-info/RECORD": ""}, "/a")
    assert found == ()
    assert problems == ("/a/x-1.dist-info: no metadata to read; the distribution is ignored",)


def modules(**metadata: str) -> tuple[str, ...]:
    files = {f"/s/Some-Name-1.dist-info/{key.replace('__', '.')}": text for key, text in metadata.items()}
    files |= {
        "/s/Some-Name-1.dist-info/METADATA": "Name: Some-Name",
        "/s/some_name/x.py": "",
        "/s/other.py": "",
    }
    ((found,), _) = find(files, "/s")
    return found.modules


def test_where_import_names_come_from() -> None:
    assert modules(RECORD="a/__init__.py,,\nb.py,,\n", top_level__txt="wrong") == ("a", "b")
    assert modules(RECORD="Some-Name-1.dist-info/METADATA,,\n", top_level__txt="a\nb\n") == ("a", "b")
    assert modules(installed_files__txt="x") == ("some_name",)
    assert modules(**{"installed-files.txt": "../a/__init__.py\n../a/b.py\nPKG-INFO\n"}) == ("a",)
    assert modules(namespace_packages__txt="a", RECORD="a/__init__.py,,\na/b.py,,\n") == ("a.b",)
    assert modules() == ("some_name",)


def test_a_develop_install_is_editable() -> None:
    ((found,), _) = find(
        {
            "/s/demo.egg-link": "/p\n.",
            "/p/demo.egg-info/PKG-INFO": "Name: demo\nVersion: 1",
            "/p/demo.egg-info/top_level.txt": "demo\n",
        },
        "/s",
        "/p",
    )
    assert found == Distribution("demo", "1", "/p", modules=("demo",), editable="/p")


def test_an_editable_install_provides_what_its_finder_maps_and_not_the_finder() -> None:
    finder = "/s/__editable___demo_1_finder.py"
    ((found,), _) = find(
        {
            "/s/demo-1.dist-info/METADATA": "Name: demo\nVersion: 1",
            "/s/demo-1.dist-info/RECORD": "__editable___demo_1_finder.py,,\n__editable__.demo-1.pth,,\n",
            "/s/demo-1.dist-info/direct_url.json": '{"url": "file:///p", "dir_info": {"editable": true}}',
        },
        "/s",
        editables=(EditableModule("app", "/p/app", Location(finder)),),
    )
    assert (found.modules, found.editable) == (("app",), "/p")


def test_an_egg_on_the_path() -> None:
    ((found,), _) = find(
        {"/s/t-1-py3.8.egg/EGG-INFO/PKG-INFO": "Name: t\nVersion: 1", "/s/t-1-py3.8.egg/t.py": ""},
        "/s",
        "/s/t-1-py3.8.egg",
    )
    assert found == Distribution("t", "1", "/s/t-1-py3.8.egg", modules=("t",))
