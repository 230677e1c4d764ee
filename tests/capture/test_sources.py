"""Every road to an image in a file gives the same snapshot, and broken files give one clear error."""

import gzip
import hashlib
import io
import json
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paritycheck.capture.image import blobs, layers, layertar, packed
from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import is_image_reference, open_image
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Snapshot
from tests.drawn import (
    Packing,
    config_blob,
    digest,
    layer_tar,
    oci_files,
    pack,
    plain_tar,
    write_docker_archive,
    write_files,
    write_oci_archive,
    write_oci_layout,
)

HOSTS = EngineHosts()
BASE = r"""
app/
  main.py | import app.routes\nimport os\n
  old.py | import gone\n
  start.sh (755) | #!/bin/sh\nexec python main.py\n
  data.bin | \x00\x01\x02
etc/
  passwd | root:x:0:0\n
"""
CHANGE = r"""
app/
  .wh.old.py
  routes.py | def f():\n    import late\n
  copy.py => app/routes.py
  link.py -> main.py
"""
CONFIG = {"Env": ["PATH=/bin", "API_KEY=hush"], "Cmd": ["./start.sh"], "WorkingDir": "/app"}
PACKINGS: tuple[Packing, ...] = ("plain", "gzip", "zstd")


@pytest.fixture(autouse=True)
def _nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    scratch = tmp_path / "temporary"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []


def everything(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "tree": snapshot.tree,
        "config": snapshot.config,
        "digest": snapshot.origin.digest,
        "modules": dict(snapshot.modules),
        "texts": dict(snapshot.texts),
        "digests": dict(snapshot.digests),
        "environment": snapshot.environment,
    }


def read(reference: str) -> dict[str, Any]:
    with open_image(reference, HOSTS) as snapshot:
        assert snapshot.origin.reference == reference
        return everything(snapshot)


def read_from(reference: str, hosts: EngineHosts) -> None:
    with open_image(reference, hosts) as snapshot:
        pytest.fail(f"there is no such image: {snapshot.origin}")


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, Any]:
    return read(
        f"docker-archive:{write_docker_archive(tmp_path / 'expected.tar', [BASE, CHANGE], config=CONFIG)}"
    )


def test_what_a_snapshot_of_an_archive_holds(expected: dict[str, Any]) -> None:
    assert {entry.path: entry.layer for entry in expected["tree"]} == {
        "app": 1, "app/main.py": 0, "app/start.sh": 0, "app/data.bin": 0, "app/routes.py": 1,
        "app/copy.py": 1, "app/link.py": 1, "etc": 0, "etc/passwd": 0,
    }  # fmt: skip
    assert expected["config"].env == {"PATH": "/bin", "API_KEY": None}
    assert list(expected["texts"]) == ["app/start.sh"]
    assert [item.module for item in expected["modules"]["app/routes.py"].imports] == ["late"]
    assert expected["modules"]["app/copy.py"] == expected["modules"]["app/routes.py"]
    assert expected["modules"]["app/link.py"] == expected["modules"]["app/main.py"]
    assert expected["digests"]["app/data.bin"] == hashlib.sha256(b"\0\1\2").hexdigest()
    assert "etc/passwd" not in expected["digests"]


@pytest.mark.parametrize("outer", PACKINGS)
@pytest.mark.parametrize("packing", PACKINGS)
def test_archives_are_alike_however_they_are_packed(
    packing: Packing, outer: Packing, tmp_path: Path, expected: dict[str, Any]
) -> None:
    docker = write_docker_archive(tmp_path / "d", [BASE, CHANGE], config=CONFIG, packing=packing, outer=outer)
    oci = write_oci_archive(tmp_path / "o", [BASE, CHANGE], config=CONFIG, packing=packing, outer=outer)
    assert read(f"docker-archive:{docker}") == expected
    assert read(f"oci-archive:{oci}") == expected


@pytest.mark.parametrize("packing", PACKINGS)
def test_layouts_are_like_archives(packing: Packing, tmp_path: Path, expected: dict[str, Any]) -> None:
    layout = write_oci_layout(tmp_path / "layout", [BASE, CHANGE], config=CONFIG, packing=packing)
    assert read(f"oci:{layout}") == expected
    assert read(f"oci:{layout}:latest") == expected


def test_archives_of_docker_before_25_share_layers_by_links(tmp_path: Path, expected: dict[str, Any]) -> None:
    tars = [layer_tar(BASE), layer_tar(CHANGE)]
    config = config_blob(tars, CONFIG, None)
    name = digest(config)[7:] + ".json"
    manifest = [{"Config": name, "RepoTags": None, "Layers": ["a/layer.tar", "b/layer.tar"]}]
    files = {name: config, "a/layer.tar": tars[0], "c/layer.tar": tars[1]}
    buffer = io.BytesIO(plain_tar({**files, "manifest.json": json.dumps(manifest).encode()}))
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        link = tarfile.TarInfo("b/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../c/layer.tar"
        archive.addfile(link)
    (tmp_path / "old.tar").write_bytes(buffer.getvalue())
    assert read(f"docker-archive:{tmp_path / 'old.tar'}") == expected


def two_images(tmp_path: Path) -> Path:
    tars = {"one": layer_tar("one"), "two": layer_tar("two")}
    files: dict[str, bytes] = {}
    manifest = []
    for name, tar in tars.items():
        files |= {f"{name}.json": config_blob([tar], None, None), f"{name}.tar": tar}
        tags = [f"localhost/{name}:v1"]
        manifest.append({"Config": f"{name}.json", "RepoTags": tags, "Layers": [f"{name}.tar"]})
    path = tmp_path / "two:images.tar"
    path.write_bytes(plain_tar({**files, "manifest.json": json.dumps(manifest).encode()}))
    return path


@pytest.mark.parametrize(("wanted", "file"), [("localhost/two:v1", "two"), ("one:v1", "one"), ("@1", "two")])
def test_an_archive_of_several_images_needs_a_name(wanted: str, file: str, tmp_path: Path) -> None:
    assert list(read(f"docker-archive:{two_images(tmp_path)}:{wanted}")["tree"].paths()) == [file]


@pytest.mark.parametrize(("wanted", "message"), [("", "holds 2 images"), (":three", "no image named")])
def test_the_choices_are_named(wanted: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(f"docker-archive:{two_images(tmp_path)}{wanted}")
    assert "localhost/one:v1, localhost/two:v1" in caught.value.message


def index_of(tmp_path: Path, platforms: list[tuple[str, str]]) -> Path:
    """Write a layout whose one name is an index of a manifest for each platform."""
    files: dict[str, bytes] = {}
    manifests = []
    for system, architecture in platforms:
        one = oci_files([f"{system}-{architecture}"], refs=())
        (descriptor,) = json.loads(one["index.json"])["manifests"]
        manifests.append({**descriptor, "platform": {"os": system, "architecture": architecture}})
        files |= one
    inner = json.dumps({"manifests": manifests}).encode()
    files[f"blobs/sha256/{digest(inner)[7:]}"] = inner
    files["index.json"] = json.dumps({"manifests": [{"digest": digest(inner)}]}).encode()
    return write_files(tmp_path / "index", files)


def test_of_several_platforms_this_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    layout = index_of(tmp_path, [("linux", "amd64"), ("linux", "arm64"), ("unknown", "unknown")])
    assert list(read(f"oci:{layout}")["tree"].paths()) == ["linux-arm64"]


def test_platforms_that_do_not_fit_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    layout = index_of(tmp_path, [("linux", "amd64"), ("windows", "amd64")])
    with pytest.raises(SourceError, match=r"0 of them linux/arm64: linux/amd64, windows/amd64"):
        read(f"oci:{layout}")


def docker_file(tmp_path: Path) -> bytes:
    return write_docker_archive(tmp_path / "whole.tar", [BASE]).read_bytes()


def rewritten(tmp_path: Path, **changes: Any) -> bytes:
    """Return a docker archive of one plain layer whose manifest has other members."""
    tar = layer_tar(BASE)
    config = config_blob([tar], None, None)
    manifest = {"Config": "c.json", "RepoTags": [], "Layers": ["layer.tar"], **changes.pop("manifest", {})}
    files = {"c.json": config, "layer.tar": tar, "manifest.json": json.dumps([manifest]).encode(), **changes}
    return plain_tar({name: data for name, data in files.items() if data is not None})


def with_layer(tar: bytes, blob: bytes | None = None) -> bytes:
    """Return a docker archive whose one layer is ``tar``, packed as ``blob``."""
    manifest = [{"Config": "c.json", "Layers": ["layer.tar"]}]
    config = config_blob([tar], None, None)
    files = {"c.json": config, "layer.tar": blob or tar, "manifest.json": json.dumps(manifest).encode()}
    return plain_tar(files)


HOSTILE: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "zero bytes": (lambda tmp: b"", "is empty"),
    "no archive": (lambda tmp: b"hello\n" * 200, "is no tar header"),
    "cut short": (lambda tmp: docker_file(tmp)[:2000], "cut short"),
    "cut short, compressed": (lambda tmp: gzip.compress(docker_file(tmp))[:-40], "broken or cut short"),
    "bzip2": (lambda tmp: b"BZh91AY" + bytes(600), "bzip2"),
    "no manifest": (lambda tmp: plain_tar({"x": b""}), "no manifest.json"),
    "manifest is no JSON": (lambda tmp: rewritten(tmp, **{"manifest.json": b"{"}), "manifest.json .* broken"),
    "manifest of other types": (
        lambda tmp: rewritten(tmp, **{"manifest.json": b'[{"Config": 1, "Layers": []}]'}),
        r"Expected `str`, got `int` - at `\$\[0\].Config`",
    ),
    "no such layer": (lambda tmp: rewritten(tmp, manifest={"Layers": ["other.tar"]}), "lacks other.tar"),
    "no such config": (lambda tmp: rewritten(tmp, manifest={"Config": "d.json"}), "lacks d.json"),
    "config of other bytes": (
        lambda tmp: rewritten(tmp, manifest={"Config": "0" * 64 + ".json"}, **{"0" * 64 + ".json": b"{}"}),
        "should have the digest sha256:0000",
    ),
    "more layers than digests": (
        lambda tmp: rewritten(tmp, manifest={"Layers": ["layer.tar"] * 2}),
        "has 2 layers, its config names 1",
    ),
    "a thousand layers and one": (
        lambda tmp: rewritten(tmp, manifest={"Layers": ["layer.tar"] * 1001}),
        "1001 layers",
    ),
    "layer of other bytes": (
        lambda tmp: rewritten(tmp, **{"layer.tar": layer_tar("other")}),
        "layer 0 of the image in .* should have the digest",
    ),
    "layer is no tar": (lambda tmp: with_layer(b"not a tar " * 100), "layer 0 .* is no tar header"),
    "layer leads out": (lambda tmp: with_layer(layer_tar("x", prefix="../")), "leads out of the image"),
    "layer cut short": (
        lambda tmp: with_layer(layer_tar(BASE)[:700]),
        "layer 0 .* in the middle of a header",
    ),
    "gzip bomb": (lambda tmp: with_layer(b"x", gzip.compress(bytes(4 << 20))), "unpacks .* to more than"),
    "zstd bomb": (lambda tmp: with_layer(b"x", pack(bytes(4 << 20), "zstd")), "unpacks .* to more than"),
    "too many entries": (
        lambda tmp: with_layer(layer_tar("\n".join(f"f{n}" for n in range(60)))),
        "more than 50 entries",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, message = HOSTILE[case]
    data = make(tmp_path)
    monkeypatch.setattr(blobs, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(layertar, "MAX_MEMBERS", 50)
    path = tmp_path / "hostile.tar"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message) as caught:
        read(f"docker-archive:{path}")
    assert "hostile.tar" in caught.value.message or "layer 0" in caught.value.message
    assert caught.value.hint


def test_limits_are_above_what_real_images_hold() -> None:
    assert layers.MAX_MEMBERS >= 1_000_000
    assert packed.MAX_LAYERS > 127  # what Docker allows
    assert blobs.MAX_RATIO > 100


def broken_layout(tmp_path: Path, change: str) -> Path:
    layout = write_oci_layout(tmp_path / "layout", [BASE], config=CONFIG)
    index = json.loads((layout / "index.json").read_bytes())
    manifest = layout / "blobs/sha256" / index["manifests"][0]["digest"][7:]
    layer = layout / "blobs/sha256" / json.loads(manifest.read_bytes())["layers"][0]["digest"][7:]
    if change == "layer":
        layer.write_bytes(layer.read_bytes()[:-1] + b"x")
    elif change == "manifest":
        manifest.write_bytes(manifest.read_bytes() + b" ")
    elif change == "missing":
        layer.unlink()
    elif change == "no index":
        (layout / "index.json").unlink()
    elif change == "outside":
        (layout / "index.json").write_text('{"manifests": [{"digest": "sha256:../../etc/passwd"}]}')
    elif change == "itself":
        inner = json.dumps({"manifests": [{"digest": "sha256:" + "1" * 64}]}).encode()
        (layout / "blobs/sha256" / ("1" * 64)).write_bytes(inner)
        (layout / "index.json").write_bytes(inner)
    else:
        (layout / "index.json").write_text('{"manifests": []}')
    return layout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("layer", "layer 0 .* should have the digest"),
        ("manifest", "should have the digest"),
        ("missing", "lacks blobs/sha256/"),
        ("no index", "no index.json"),
        ("outside", "is no SHA-256 digest"),
        ("itself", "should have the digest"),
        ("empty", "holds 0 images"),
    ],
)
def test_broken_layouts(change: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(f"oci:{broken_layout(tmp_path, change)}")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("docker-archive:{tmp}/none.tar", "there is no .*none.tar", "path"),
        ("docker-archive:{tmp}/layout", "is a directory", "oci:"),
        ("oci-archive:{tmp}/layout", "is a directory", "oci:"),
        ("oci:{tmp}/docker.tar", "no directory", "oci-archive:"),
        ("oci-archive:{tmp}/docker.tar", "no OCI archive", "docker-archive:"),
        ("docker-archive:{tmp}/oci.tar", "no docker archive", "oci-archive:"),
        ("docker-archive:", "names no image", "docker-archive:NAME"),
        ("docker-archive:/dev/null", "no regular file", "file"),
        ("containers-storage:[overlay@{tmp}]x", "holds no image x", "podman images"),
    ],
)
def test_references_that_lead_nowhere(reference: str, message: str, hint: str, tmp_path: Path) -> None:
    write_docker_archive(tmp_path / "docker.tar", [BASE])
    write_oci_archive(tmp_path / "oci.tar", [BASE])
    write_oci_layout(tmp_path / "layout", [BASE])
    with pytest.raises(SourceError, match=message) as caught:
        read(reference.format(tmp=tmp_path))
    assert hint in caught.value.hint


@pytest.mark.parametrize("transport", ["", "docker-daemon:", "container:"])
def test_an_engine_that_accepts_and_never_answers(transport: str, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        url = f"unix://{tmp_path / 's'}"
        hosts = EngineHosts(container_host=url, docker_host=url, patience=1.0)
        with pytest.raises(SourceError, match=r"does not answer|could not give us") as caught:
            read_from(f"{transport}some/image", hosts)
        assert url in caught.value.message
        assert caught.value.hint


@pytest.mark.parametrize("transport", ["", "docker-daemon:", "container:"])
def test_an_engine_that_is_not_there(transport: str, tmp_path: Path) -> None:
    url = f"unix://{tmp_path / 'nobody'}"
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        read_from(f"{transport}x", EngineHosts(container_host=url, docker_host=url))
    assert url in caught.value.message


def test_no_service_and_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paritycheck.capture.image.podman.SYSTEM_SOCKET", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="no podman program") as caught:
        read_from("x", EngineHosts(runtime_dir=str(tmp_path)))
    assert "docker-archive:" in caught.value.hint


def test_a_program_that_does_not_start_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paritycheck.capture.image.podman.SYSTEM_SOCKET", str(tmp_path / "none"))
    (tmp_path / "podman").write_text("#!/bin/sh\necho storage is broken >&2\nexit 125\n")
    (tmp_path / "podman").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(SourceError, match="did not start: storage is broken"):
        read_from("x", EngineHosts(runtime_dir=str(tmp_path)))


def test_symlink_loops_and_devices_are_only_entries(tmp_path: Path) -> None:
    drawing = "a -> b\nb -> a\nself.py -> self.py\nnull !device\npipe !fifo"
    found = read(f"docker-archive:{write_docker_archive(tmp_path / 'x.tar', [drawing])}")
    assert {entry.path: entry.kind for entry in found["tree"]} == {
        "a": "link", "b": "link", "self.py": "link", "null": "other", "pipe": "other",
    }  # fmt: skip
    assert found["digests"] == {}


def test_which_references_name_a_transport() -> None:
    assert is_image_reference("oci:dir")
    assert is_image_reference("container:web")
    assert not is_image_reference("localhost/app:latest")
    assert not is_image_reference("oci")
