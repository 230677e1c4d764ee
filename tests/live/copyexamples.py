"""Small random contexts and Containerfiles that are mostly COPY and ADD."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

DIRECTORIES = ("d", "d/e", "d/e/f", "g", "g/e", "h")
NAMES = ("a", "b", "x", "y", ".dot", "k.py", "m.txt")
TARGETS = ("a", "d", "x", "../a", "nowhere", "/a", "/d", "../../out", ".", "e", "../g")
DESTINATIONS = (
    *("/", "/r", "/r/", "/r/.", "/r/s", "/r/s/", "r", "r/", ".", "./", "..", "../r", "/d", "/d/", "/e"),
    *("/a", "/x/", "/l", "/l/", "/l/s", "/r/../q", "/p/q/t", "/r/a", "/r/e", "/r/d/x", "", "d/.", "/r//s"),
)
PATTERNS = (
    "*",
    "d*",
    "?",
    "*/e",
    "*/*",
    "d/*",
    "*.py",
    "[a-d]",
    "[^a]",
    "d/e*",
    "**/x",
    "d/**",
    "n*",
    "d/n*",
    "l*",
    ".*",
    "*/",
    "./d*",
    "**",
)
# Only one `!`, for a file at the top: what old releases undo otherwise is for the tests of ignore files.
IGNORES = ("d/e", "*", "**/x", "a", "*.py", "!k.py", "d/*", "g", "g/e/x", "l*", "**/e")


@dataclass
class Example:
    """A context as files, links, directories and modes, and what is built from it."""

    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    directories: dict[str, int] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    instructions: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)

    def write(self, root: Path) -> Path:
        """Lay the context out; no two files have the same size and time: builders take such for unchanged."""
        for directory in self.directories:
            (root / directory).mkdir(parents=True, exist_ok=True)
        moment = root.stat().st_mtime_ns
        everything = {**self.files, "Dockerfile": "\n".join([*self.instructions, ""]).encode()}
        if self.ignore:
            everything[".dockerignore"] = "\n".join([*self.ignore, ""]).encode()
        for number, (path, content) in enumerate(everything.items()):
            file = root / path
            file.write_bytes(content)
            file.chmod(self.modes.get(path, 0o644))
            os.utime(file, ns=(moment, moment - 1_000_000_000 * (number + 1)))
        for path, target in self.links.items():
            (root / path).symlink_to(target)
        for directory, mode in self.directories.items():
            (root / directory).chmod(mode)
        return root

    def describe(self) -> str:
        """Everything needed to understand a difference."""
        files = " ".join(f"{path}:{self.modes.get(path, 0o644):o}" for path in self.files)
        links = " ".join(f"{path}->{target}" for path, target in self.links.items())
        folders = " ".join(f"{path}/:{mode:o}" for path, mode in self.directories.items())
        return "\n".join([f"{files} {links} {folders}", f"ignore {self.ignore}", *self.instructions])


def draw_example(seed: int) -> Example:
    """Return the example of a seed."""
    chance = random.Random(seed)
    example = Example()
    for directory in DIRECTORIES:
        parent = directory.rpartition("/")[0]
        if chance.random() < 0.7 and (not parent or parent in example.directories):
            example.directories[directory] = chance.choice((0o755, 0o755, 0o755, 0o700, 0o2775, 0o1777))
    places = ["", *example.directories]
    for number in range(chance.randint(3, 9)):
        path = _path(chance.choice(places), chance.choice(NAMES))
        example.files[path] = f"{path} {'.' * number}".encode()
        example.modes[path] = chance.choice((0o644, 0o644, 0o644, 0o755, 0o600, 0o4755, 0o2755, 0o1644))
    for name in ("l", "ld", "x", "e"):
        path = _path(chance.choice(places), name)
        if chance.random() < 0.3 and path not in example.files and path not in example.directories:
            example.links[path] = chance.choice(TARGETS)
    if chance.random() < 0.4:
        example.files["t.tar"] = _archive(chance)
        example.modes["t.tar"] = 0o644
    if chance.random() < 0.3:
        example.ignore = ["Dockerfile", ".dockerignore"]
        example.ignore += [chance.choice(IGNORES) for _ in range(chance.randint(1, 3))]
    example.instructions.append("FROM scratch")
    if chance.random() < 0.25:
        example.instructions[0] += " AS one"
        example.instructions += _instructions(chance, example, chance.randint(1, 3), stage=False)
        example.instructions.append(chance.choice(("FROM scratch", "FROM scratch", "FROM one")))
        example.instructions += _instructions(chance, example, chance.randint(1, 3), stage=True)
    else:
        example.instructions += _instructions(chance, example, chance.randint(1, 4), stage=False)
    return example


def _path(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _archive(chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for number, name in enumerate(chance.sample(("a", "d/x", "d", "r/s/a", "../up", "e", "x"), 3)):
            info = tarfile.TarInfo(name)
            info.mtime, info.uid, info.gid, info.mode = 1_000_000 + number, 12, 34, 0o640
            kind = chance.random()
            if name == "d" or kind < 0.2:
                info.type, info.mode = tarfile.DIRTYPE, 0o750
                archive.addfile(info)
            elif kind < 0.35:
                info.type, info.linkname = tarfile.SYMTYPE, chance.choice(("a", "/d", "../x"))
                archive.addfile(info)
            else:
                content = b"member" + b"!" * (20 + number)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue()) if chance.random() < 0.5 else buffer.getvalue()


def _instructions(chance: random.Random, example: Example, count: int, *, stage: bool) -> list[str]:
    lines = []
    for _ in range(count):
        if chance.random() < 0.25:
            lines.append(f"WORKDIR {chance.choice(('/w', '/w/v', 'v', '/r'))}")
        lines.append(_copy(chance, example, from_stage=stage and chance.random() < 0.6))
    return lines


def _copy(chance: random.Random, example: Example, *, from_stage: bool) -> str:
    keyword = "ADD" if chance.random() < 0.25 and not from_stage else "COPY"
    flags = ""
    if from_stage:
        flags += " --from=one"
    if chance.random() < 0.15:
        flags += f" --chown={chance.choice(('7:8', '9', '0:5'))}"
    if chance.random() < 0.07:
        flags += f" --chmod={chance.choice(('640', '4755', '0711'))}"
    sources = [_source(chance, example) for _ in range(chance.choice((1, 1, 1, 1, 2, 3)))]
    if from_stage:
        sources = [
            chance.choice(("/", "/", "/r", "/r/", "/d", "/a", "/r*", "/*", "/*/*", "/l", "/r/e", ".."))
            for _ in sources
        ]
    destination = chance.choice(DESTINATIONS) or "."
    if len(sources) > 1 and chance.random() < 0.8:
        destination = destination.rstrip("/.") + "/"
    return f"{keyword}{flags} {' '.join(sources)} {destination}"


def _source(chance: random.Random, example: Example) -> str:
    kind = chance.random()
    if kind < 0.2:
        return chance.choice(PATTERNS)
    if kind < 0.3:
        return chance.choice((".", ".", "./", "/", "/", "./.", "nowhere", "../a"))
    known = [*example.files, *example.links, *example.directories]
    path = chance.choice(known)
    if path.startswith(".dot") and chance.random() < 0.5:
        path = chance.choice(known)
    # The classic builder takes `file/.` for the destination itself, which is no path to rely on.
    forms = ("{}", "{}", "{}", "/{}", "./{}", "{}/", "{}" if path in example.files else "{}/.")
    return chance.choice(forms).format(path)


def first_seed() -> int:
    """Return the seed to begin with: PARITYCHECK_SEED, else one that every commit has for itself.

    Each commit is held against fresh examples, and whoever sees one fail can draw it again.
    """
    if "PARITYCHECK_SEED" in os.environ:
        return int(os.environ["PARITYCHECK_SEED"])
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(head[:8], 16)
