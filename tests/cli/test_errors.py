"""Bad input: one clear error with a next step on stderr, exit code 2, nothing on stdout, no leftovers."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paritycheck.capture.image import layertar
from paritycheck.capture.image.hosts import EngineHosts
from tests.cli.commandline import FILES, Place, write_image
from tests.drawn import config_blob, layer_tar, plain_tar, write_docker_archive
from tests.scenario import PYTHON

Words = tuple[str, ...]


def test_the_place_itself_is_in_parity(place: Place) -> None:
    assert place.run("check", "-i", place.image).code == 0
    assert place.run("check").code == 0


# ---- flags -----------------------------------------------------------------------------------------

USAGE: dict[str, tuple[Words, str]] = {
    "no command": ((), "command"),
    "unknown command": (("inspect",), "inspect"),
    "unknown flag": (("check", "--colour"), "--colour"),
    "flag without its value": (("check", "--image"), "--image"),
    "unknown format": (("check", "--format", "yaml"), "yaml"),
    "unknown threshold": (("check", "--fail-on", "note"), "note"),
    "unknown engine": (("check", "--engine", "kaniko"), "'kaniko'"),
    "unknown engine of context": (("context", "--engine", "kaniko"), "'kaniko'"),
    "engine version that is none": (("check", "--engine", "podman@new"), "'new'"),
    "unknown rule": (("check", "--select", "PC999"), "'PC999'"),
    "unknown rule to ignore": (("check", "--ignore", "no-such-slug"), "'no-such-slug'"),
    "build argument without a value": (("check", "--build-arg", "VERSION"), "'VERSION'"),
    "too many arguments": (("check", ".", "app"), "app"),
    "one side only": (("diff", "."), "RIGHT"),
    "snapshot without a file": (("snapshot", "."), "--output"),
    "why without a subject": (("why",), "SUBJECT"),
    "no such context": (("check", "nowhere"), "nowhere"),
    "no such context of context": (("context", "nowhere"), "nowhere"),
    "context is a file": (("check", "Containerfile"), "Containerfile"),
    "no such Containerfile": (("check", "-f", "Dockerfile.ci"), "Dockerfile.ci"),
    "Containerfile is a directory": (("check", "-f", "app"), "app"),
    "Containerfile outside of the checkout": (("check", "-f", "../Containerfile"), "outside of the checkout"),
    "no such ignore file": (("check", "--ignorefile", ".nothing"), ".nothing"),
    "no such target": (("check", "--target", "release"), "release"),
    "no such interpreter": (("check", "--python", "python9.9"), "python9.9"),
    "output into a missing directory": (("check", "-o", "reports/new/report.txt"), "reports/new"),
    "output is a directory": (("check", "-o", "app"), "app"),
    "document into a missing directory": (("snapshot", ".", "-o", "none/x.json"), "none/x.json"),
    "unknown subject": (("why", "app.nothing"), "app.nothing"),
    "empty reference": (("check", "-i", ""), "image"),
    "empty side": (("diff", "", "."), "image"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage(case: str, place: Place) -> None:
    words, named = USAGE[case]
    (place.root / "Containerfile").write_text("FROM scratch\n")
    assert named in place.refused(*words)


# ---- images ----------------------------------------------------------------------------------------


def _manifest(**changes: object) -> bytes:
    tar = layer_tar("srv/\n  x.py")
    manifest = json.dumps([{"Config": "c.json", "RepoTags": [], "Layers": ["l.tar"], **changes}])
    files = {"c.json": config_blob([tar], None, None), "l.tar": tar, "manifest.json": manifest.encode()}
    return plain_tar(files)


def _with_layer(tar: bytes) -> bytes:
    manifest = [{"Config": "c.json", "Layers": ["l.tar"]}]
    files = {
        "c.json": config_blob([tar], None, None),
        "l.tar": tar,
        "manifest.json": json.dumps(manifest).encode(),
    }
    return plain_tar(files)


def _announcing(count: int) -> bytes:
    """Return a tar whose one member announces ``count`` blocks that are not there."""
    tar = bytearray(plain_tar({"srv/x.py": b""})[:512])
    tar[124:136] = b"%011o\0" % (count * 512)
    tar[148:156] = b" " * 8
    tar[148:156] = b"%06o\0 " % sum(tar)
    return bytes(tar)


ARCHIVES: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "zero bytes": (lambda image: b"", "is empty"),
    "truncated": (lambda image: image.read_bytes()[:3000], "cut short"),
    "broken manifest": (lambda image: plain_tar({"manifest.json": b"[{"}), "manifest.json"),
    "manifest of other types": (lambda image: _manifest(Layers="l.tar"), "$[0].Layers"),
    "layer of another digest": (
        lambda image: image.read_bytes().replace(b"import views", b"import vjews"),
        "should have the digest",
    ),
    "entries that lead out": (lambda image: _with_layer(layer_tar("x.py", prefix="../../")), "leads out"),
    "entries that lead out later": (
        lambda image: _with_layer(layer_tar("x.py", prefix="a/../../")),
        "leads out",
    ),
    "a member larger than the file": (lambda image: _with_layer(_announcing(1 << 20)), "cut short"),
    "no tar at all": (lambda image: b"PK\x03\x04" + bytes(2000), "tar"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["check", "diff", "snapshot"])
@pytest.mark.parametrize("case", ARCHIVES)
def test_broken_archives(case: str, command: str, place: Place) -> None:
    make, message = ARCHIVES[case]
    archive = place.root / "broken.tar"
    archive.write_bytes(make(place.root / "image.tar"))
    reference = f"docker-archive:{archive}"
    words = {
        "check": ("check", "-i", reference),
        "diff": ("diff", ".", reference),
        "snapshot": ("snapshot", reference, "-o", "x.json"),
    }[command]
    said = place.refused(*words)
    assert message in said
    assert not Path("x.json").exists()


def test_strange_entries_are_read_as_what_they_are(place: Place) -> None:
    """Absolute names, loops, devices and names that are no UTF-8 are legal in a layer: they stay inside."""
    drawing = (
        "srv/\n  loop -> loop\n  a -> b\n  b -> a\n  null !device\n  pipe !fifo\n  up -> ../../../../etc\n"
    )
    strange = layer_tar(drawing, prefix="/")
    built = plain_tar(
        {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    )
    odd = plain_tar({"srv/app/n\udcff\udcfe.py": b"import json\n"})
    layers = [layer_tar(PYTHON.format(version="3.12", digits="312")), built, strange, odd]
    archive = write_docker_archive(
        place.root / "strange.tar",
        layers,
        config={"WorkingDir": "/srv", "Cmd": ["python3", "-m", "app.main"]},
    )
    ran = place.run("snapshot", f"docker-archive:{archive}", "-o", "-")
    assert ran.code == 0
    entries = {entry["path"]: entry["kind"] for entry in ran.document["tree"]}
    assert entries["srv/loop"] == "link"
    assert entries["srv/null"] == "other"
    assert "srv/app/n\\xff\\xfe.py" in entries
    assert place.run("check", "-i", f"docker-archive:{archive}").code == 0
    assert place.run("diff", ".", f"docker-archive:{archive}").code == 1


def test_an_image_of_millions_of_entries(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layertar, "MAX_MEMBERS", 50)
    many = _with_layer(layer_tar("\n".join(f"f{number}" for number in range(60))))
    (place.root / "many.tar").write_bytes(many)
    assert "more than 50 entries" in place.refused("check", "-i", f"docker-archive:{place.root / 'many.tar'}")


def test_images_that_are_not_there(place: Place) -> None:
    for transport in ("docker-archive", "oci-archive", "oci"):
        assert "none.tar" in place.refused("check", "-i", f"{transport}:none.tar")
    assert "names no image" in place.refused("check", "-i", "docker-archive:")
    assert "holds no image" in place.refused("check", "-i", f"containers-storage:[overlay@{place.root}]web")


@pytest.mark.parametrize("transport", ["", "docker-daemon:", "container:"])
def test_an_engine_that_never_answers(transport: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place.root / "s"))
        silent.listen()
        monkeypatch.setenv("CONTAINER_HOST", f"unix://{place.root / 's'}")
        monkeypatch.setenv("DOCKER_HOST", f"unix://{place.root / 's'}")
        monkeypatch.setattr(EngineHosts.__init__, "__defaults__", (None, None, None, None, 0.5))
        said = place.refused("check", "-i", f"{transport}localhost/web")
    assert str(place.root / "s") in said


@pytest.mark.parametrize("transport", ["", "docker-daemon:", "container:"])
def test_an_engine_that_is_not_there(transport: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONTAINER_HOST", "DOCKER_HOST"):
        monkeypatch.setenv(name, f"unix://{place.root}/nobody")
    assert "cannot be reached" in place.refused("check", "-i", f"{transport}localhost/web")


def test_no_service_and_no_podman(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paritycheck.capture.image.podman.SYSTEM_SOCKET", str(place.root / "none"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.root))
    monkeypatch.setenv("PATH", str(place.temporary))
    said = place.refused("check", "-i", "localhost/web")
    assert "no podman program" in said
    assert "docker-archive:" in said


def test_an_image_without_python(place: Place) -> None:
    archive = write_docker_archive(place.root / "bare.tar", ["srv/\n  app/\n    main.py"])
    said = place.refused("check", "-i", f"docker-archive:{archive}")
    assert "has no Python" in said


def test_an_image_that_has_nothing_of_the_checkout(place: Place) -> None:
    archive = write_image(place.root / "other.tar", {"opt/tool.py": b""})
    assert "no Python file of" in place.refused("check", "-i", f"docker-archive:{archive}")


# ---- checkouts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("check",), ("why", "app.main")])
def test_an_empty_directory(command: Words, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.root / "empty").mkdir()
    monkeypatch.chdir(place.root / "empty")
    place.refused(*command)
    place.refused(*command, "-i", place.image)


def test_two_empty_sides(place: Place) -> None:
    (place.root / "empty").mkdir()
    assert "anything to compare" in place.refused(
        "diff", str(place.root / "empty"), str(place.root / "empty")
    )


def test_a_checkout_without_python_files(place: Place) -> None:
    for path in sorted(place.checkout.rglob("*.py")):
        path.unlink()
    place.write({"Containerfile": "FROM scratch\nCOPY . .\n", "README": "none\n"})
    assert "holds no Python file" in place.refused("check", "-i", place.image)
    assert "holds no Python file" in place.refused("check")


@pytest.mark.parametrize(
    ("source", "where"),
    [(b"import os\nname = '\xff'\n", ":2"), (b"print 'hello'\n", ":1"), (b"import os\0", ":1")],
)
def test_no_module_that_can_be_parsed(source: bytes, where: str, place: Place) -> None:
    Path("app/views.py").unlink()
    Path("app/main.py").write_bytes(source)
    subprocess.run(["git", "add", "-A"], check=True)
    assert f"could be parsed; /srv/app/main.py{where}" in place.refused("check", "-f", "Containerfile")


def test_no_containerfile_and_no_image(place: Place) -> None:
    (place.checkout / "Containerfile").unlink()
    assert "neither an image nor a Containerfile" in place.refused("check")


def test_committed_without_a_commit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = place.root / "bare"
    bare.mkdir()
    (bare / "main.py").write_text("import json\n")
    monkeypatch.chdir(bare)
    assert "no commit to read" in place.refused("check", "--committed", "-i", place.image)
    subprocess.run(["git", "init", "-q"], check=True)
    assert "HEAD has no commit yet" in place.refused("check", "--committed", "-i", place.image)


INTERPRETERS = {
    "exits": ("exit 3", "did not describe itself (exit code 3)"),
    "prints rubbish": ("echo lots of rubbish", "lots of rubbish"),
    "prints control characters": (r"printf '\033[2J\007rubbish'", r"\x1b[2J\x07rubbish"),
    "complains": ("echo broken venv >&2; exit 1", "broken venv"),
}


@pytest.mark.parametrize("case", INTERPRETERS)
def test_a_local_interpreter_that_does_not_work(case: str, place: Place) -> None:
    script, message = INTERPRETERS[case]
    python = place.root / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    assert message in place.refused("check", "--python", str(python))


def test_a_local_interpreter_that_hangs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    python = place.root / "python"
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr("paritycheck.capture.python.interpreter.local_environment.__defaults__", (0.3, None))
    assert "did not answer within 0.3 s" in place.refused("check", "--python", str(python))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no snapshot document"),
        ("hello", "no snapshot document"),
        ("{}", "schema_version"),
        ('{"schema_version": "7.0"}', "'7.0'"),
        ('{"schema_version": "1.0", "tool": {"name": "x", "version": "1"}}', "`origin`"),
    ],
)
def test_a_document_that_is_none(text: str, message: str, place: Place) -> None:
    document = place.root / "side.json"
    document.write_text(text)
    for words in (("check", "-i", str(document)), ("diff", str(document), "."), ("diff", ".", str(document))):
        said = place.refused(*words)
        assert message in said
        assert "side.json" in said


def test_a_document_with_a_missing_field_says_where(place: Place) -> None:
    assert place.run("snapshot", ".", "-o", "../side.json").code == 0
    path = place.root / "side.json"
    content = json.loads(path.read_text())
    del content["tree"][2]["kind"]
    path.write_text(json.dumps(content))
    assert "$.tree[2]" in place.refused("diff", str(path), ".")


# ---- builds ----------------------------------------------------------------------------------------

BUILDS: dict[str, tuple[dict[str, str], Words, str]] = {
    "does not parse": ({"Containerfile": 'FROM scratch\nCOPY ["a"\n'}, (), "Containerfile:2"),
    "unknown instruction": ({"Containerfile": "FROM scratch\nCOPYY a b\n"}, (), "Containerfile:2"),
    "unknown flag": ({"Containerfile": "FROM scratch\nCOPY --into=1 a b\n"}, (), "Containerfile:2"),
    "empty Containerfile": ({"Containerfile": ""}, (), "Containerfile"),
    "nothing but comments": ({"Containerfile": "# nothing\n"}, (), "Containerfile"),
    "illegal ignore pattern": ({".containerignore": "ok\na[\n"}, (), ".containerignore"),
    "illegal ignore pattern, named": ({"other": "[\n"}, ("--ignorefile", "other"), "other"),
    "unknown target": ({}, ("--target", "release"), "Containerfile"),
}  # fmt: skip


@pytest.mark.parametrize("case", BUILDS)
def test_builds_that_the_engine_refuses(case: str, place: Place) -> None:
    files, flags, named = BUILDS[case]
    place.write(files)
    subprocess.run(["git", "add", "-A"], check=True)
    for extra in ((), ("-i", place.image)):
        assert named in place.refused("check", *flags, *extra)
    assert named in place.refused("why", "app.views", *flags)


@pytest.mark.parametrize(
    ("files", "code", "cause"),
    [
        ({"Containerfile": "FROM scratch\nCOPY gone /gone\n"}, "PC501", "Containerfile:2"),
        ({".containerignore": "*\n"}, "PC103", ".containerignore:1"),
        ({".containerignore": "# none\napp\n"}, "PC103", ".containerignore:2"),
    ],
)
def test_a_build_that_lacks_a_source_is_a_finding(
    files: dict[str, str], code: str, cause: str, place: Place
) -> None:
    place.write(files)
    subprocess.run(["git", "add", "-A"], check=True)
    ran = place.run("check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    finding = ran.document["findings"][0]
    first = finding["locations"][0]
    assert (finding["code"], finding["severity"]) == (code, "error")
    assert f"{first['path']}:{first['line']}" == cause
    assert "PC501" in [each["code"] for each in ran.document["findings"]]


NEWER = {"podman": "podman@9.9", "buildkit": "buildkit@9.9", "docker": "docker@99.9"}


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("RUN pip install -r needs.txt", "PC109"),
        ("RUN --mount=type=bind,source=needs.txt,target=needs.txt pip install -r needs.txt", "PC501"),
    ],
)
def test_a_build_that_lacks_what_only_this_disk_has_is_a_finding(step: str, code: str, place: Place) -> None:
    text = FILES["Containerfile"].replace("FROM scratch", "FROM python:3.12-slim")
    place.write({"Containerfile": text.replace("CMD", f"{step}\nCMD").replace("COPY app app", "COPY . .")})
    place.write({".gitignore": "needs.txt\n", "needs.txt": "httpx\n"})
    subprocess.run(["git", "add", "-A"], check=True)
    ran = place.run("check", "--format", "json")
    errors = [each for each in ran.document["findings"] if each["severity"] == "error"]
    assert [each["code"] for each in errors] == [code]
    assert {"Containerfile:4", ".gitignore:1"} <= {
        f"{at['path']}:{at['line']}" for at in errors[0]["locations"]
    }


@pytest.mark.parametrize("line", ["TELEPORT app /srv", "COPY --warp=9 app app"])
@pytest.mark.parametrize("engine", NEWER)
def test_what_is_newer_than_we_know_is_named_with_its_line(line: str, engine: str, place: Place) -> None:
    place.write({"Containerfile": FILES["Containerfile"].replace("CMD", f"{line}\nCMD")})
    subprocess.run(["git", "add", "-A"], check=True)
    flags = ("-f", "Containerfile", "--format", "json", "--engine")
    assert f"--engine {engine}@VERSION" in place.refused("check", *flags, engine)
    ran = place.run("check", *flags, NEWER[engine])
    assert ran.err == ""
    found = [each for each in ran.document["findings"] if each["code"] == "PC901"]
    assert [each["locations"][0]["line"] for each in found] == [4]
    assert any("is not known" in remark for remark in ran.document["remarks"])


# ---- this machine ----------------------------------------------------------------------------------


def test_without_git(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place.temporary))
    ran = place.run("check", "-i", place.image)
    assert (ran.code, ran.err) == (0, "")
    assert "what git tracks is not known" in ran.out
    assert "git" in place.refused("check", "--committed", "-i", place.image)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_repository_of_somebody_else(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (place.checkout, *place.checkout.rglob("*")):
        os.lchown(path, 65534, 65534)
    monkeypatch.setenv("HOME", str(place.root))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    ran = place.run("check", "-i", place.image)
    assert ran.code == 0
    assert "dubious ownership" in ran.out


@pytest.mark.skipif(os.geteuid() != 0, reason="drops its rights from root to nobody")
def test_a_directory_that_cannot_be_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write({"app/secret/key.py": "import json\n"})
    (place.checkout / "app" / "secret").chmod(0o700)
    monkeypatch.setenv("HOME", str(place.root))
    with contextlib.ExitStack() as restoring:
        for directory in (place.root, *place.root.parents):
            mode = directory.stat().st_mode
            restoring.callback(directory.chmod, mode)
            directory.chmod(mode | 0o055)
        place.temporary.chmod(0o777)
        os.seteuid(65534)
        restoring.callback(os.seteuid, 0)
        ran = place.run("check", "-i", place.image)
    assert (ran.code, ran.err) == (0, "")
    assert "app/secret" in ran.out
    assert "denied" in ran.out.lower()
