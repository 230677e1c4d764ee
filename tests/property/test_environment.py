"""Whatever the files of an image say, reading them ends in an answer."""

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.distmetadata import module_names, parse_record
from paritycheck.predict.environment.inferring import infer_environment

SITE = "usr/local/lib/python3.12/site-packages"
FILES = (
    "usr/local/bin/python3.12",
    "usr/local/bin/pyvenv.cfg",
    "usr/local/include/python3.12/patchlevel.h",
    "usr/local/lib/python3.12/site.py",
    "etc/passwd",
    f"{SITE}/a.pth",
    f"{SITE}/__editable___a_finder.py",
    f"{SITE}/a.egg-link",
    *(
        f"{SITE}/a-1.dist-info/{name}"
        for name in (
            "METADATA",
            "RECORD",
            "direct_url.json",
            "entry_points.txt",
            "top_level.txt",
            "namespace_packages.txt",
        )
    ),
    f"{SITE}/b.egg-info/PKG-INFO",
    f"{SITE}/b.egg-info/requires.txt",
)
FRAGMENTS = st.sampled_from(
    [
        b"\n",
        b"=",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b"/",
        b"..",
        b"a",
        b"import ",
        b"home",
        b"Name",
        b"\xff",
        b"\0",
        b"__editable___a_finder",
        b"MAPPING = {'a': 'b'}",
        b"[console_scripts]",
        b"%(x)s",
        b'{"url": "file://["}',
        b"python",
        b"\r",
        b"(",
        b";",
    ]
)
CONTENT = st.lists(FRAGMENTS, max_size=12).map(b"".join) | st.binary(max_size=40)


@given(
    contents=st.fixed_dictionaries(dict.fromkeys(FILES, CONTENT)),
    env=st.dictionaries(
        st.sampled_from(["PATH", "PYTHONPATH", "PYTHONHOME", "HOME", "PYTHONUSERBASE"]),
        st.none() | st.text(":/.a\0", max_size=8),
    ),
    workdir=st.text("/.a", max_size=5),
)
def test_hostile_files(contents: dict[str, bytes], env: dict[str, str | None], workdir: str) -> None:
    entries = [FileEntry(path, "file", len(content)) for path, content in contents.items()]
    entries += [
        FileEntry("usr/local/lib/python3.12/os.py", "file"),
        FileEntry("usr/local/bin/python", "link", target="python3.12"),
    ]
    config = ImageConfig(env=env, workdir=workdir, os="linux", architecture="amd64")
    found = infer_environment(FileTree(entries), contents.get, config)
    assert found.interpreter is not None or found.problems
    paths = [entry.path for entry in found.sys_path]
    assert len(paths) == len(set(paths))


PARTS = st.sampled_from(["a", "b", "c", "__init__"])
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join).map("{}.py".format), max_size=8)


@given(PATHS)
def test_every_module_file_is_below_a_name(paths: list[str]) -> None:
    names = module_names(paths)
    for path in parse_record("\n".join(paths).encode()):
        module = path.removesuffix(".py").removesuffix("__init__").rstrip("/").replace("/", ".")
        above = [name for name in names if f"{module}.".startswith(f"{name}.")]
        assert above or path == "__init__.py"
