"""RUN steps: what is there afterwards, what nobody knows, what was started and what was missing."""

from __future__ import annotations

import pytest

from paritycheck.model.engine import BUILDKIT
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.context.effective import Context
from paritycheck.predict.planning.build import predict_build

FILES = {
    "a.py": "A",
    "b.py": "B",
    "run.sh": "#!/bin/sh\nset -e\nrm b.py\ncp $1 copied.py\n",
    "go": "#!/usr/bin/env python\nimport a\n",
    "pkg/__init__.py": "",
    "pkg/x.py": "X",
    "pkg/tests/t.py": "T",
    "docs/one.txt": "1",
}


def run(
    *steps: str, files: dict[str, str] | None = None, base: str = "scratch", head: str = ""
) -> Prediction:
    """Predict ``RUN`` steps in ``/w``, into which the whole context is copied."""
    known = FILES if files is None else files
    directories = {path.rpartition("/")[0] for path in known if "/" in path}
    directories |= {path.rpartition("/")[0] for path in directories if "/" in path}
    entries = [FileEntry(path, "dir", mode=0o755) for path in sorted(directories)]
    entries += [FileEntry(path, "file", size=len(text), mode=0o644) for path, text in known.items()]
    lines = "".join(f"RUN {step}\n" for step in steps)
    text = f"FROM {base}\n{head}WORKDIR /w\nCOPY . .\n{lines}"
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Containerfile", BUILDKIT),
            engine=BUILDKIT,
            context=Context(FileTree(entries), None, BUILDKIT),
            read=lambda path: known[path].encode(),
        )
    )


def files(prediction: Prediction) -> str:
    """Return the files and links of the image, those below /w without it."""
    found = (
        e.path.removeprefix("w/") + (f">{e.target}" if e.target else "")
        for e in prediction.tree
        if e.kind != "dir"
    )
    return " ".join(sorted(found))


def changes(prediction: Prediction) -> str:
    """Return what came (+) and what went (-)."""
    there = set(files(prediction).split())
    return " ".join(sorted([f"+{p}" for p in there - FILES.keys()] + [f"-{p}" for p in FILES.keys() - there]))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("rm a.py b.py", "-a.py -b.py"),
        ("rm -rf pkg/tests nothing", "-pkg/tests/t.py"),
        ("rm *.py", "-a.py -b.py"),
        ("rm '*.py' || true", ""),
        ("rm -rf /w/pkg/*", "-pkg/__init__.py -pkg/tests/t.py -pkg/x.py"),
        ("mv a.py c.py", "+c.py -a.py"),
        ("mv a.py b.py pkg", "+pkg/a.py +pkg/b.py -a.py -b.py"),
        (
            "mv pkg new",
            "+new/__init__.py +new/tests/t.py +new/x.py -pkg/__init__.py -pkg/tests/t.py -pkg/x.py",
        ),
        ("cp a.py pkg/", "+pkg/a.py"),
        ("cp -r docs new", "+new/one.txt"),
        ("mkdir new && cp -r docs new", "+new/docs/one.txt"),
        ("cp -r docs/. pkg", "+pkg/one.txt"),
        ("cp docs pkg || true", ""),
        ("cp -t pkg a.py b.py", "+pkg/a.py +pkg/b.py"),
        ("install -D -m 755 a.py /w/bin/tool", "+bin/tool"),
        ("install -d x && touch x/y", "+x/y"),
        ("ln -s ../a.py pkg/l", "+pkg/l>../a.py"),
        ("ln a.py pkg", "+pkg/a.py"),
        ("cd pkg && rm x.py", "-pkg/x.py"),
        ("(cd pkg && rm x.py); rm a.py", "-a.py -pkg/x.py"),
        ("echo 'import os' > new.py", "+new.py"),
        ("cat a.py >> b.py", ""),
        ("echo x | tee pkg/y.py", "+pkg/y.py"),
        ("curl -fsSL -o tool.tgz https://example.org/x && wget https://example.org/y.py", "+tool.tgz +y.py"),
        ("find . -name '*.py' -not -path './pkg/*' -delete", "-a.py -b.py"),
        ("find pkg -type d -name tests -exec rm -rf {} +", "-pkg/tests/t.py"),
        ("find . \\( -name a.py -o -name b.py \\) -delete", "-a.py -b.py"),
        ("find . -name '*.py' -mtime +3 -delete", ""),
        ("find . -maxdepth 1 -name '*.py' | xargs rm", ""),
        ("X=a.py; rm $X", "-a.py"),
        ("for f in a b; do rm $f.py; done", "-a.py -b.py"),
        ("if [ -d pkg ]; then rm a.py; else rm b.py; fi", "-a.py"),
        ("test -f nowhere || rm a.py", "-a.py"),
        ("[ -f nowhere ] && rm a.py || true", ""),
        ('case "$TARGETARCH" in amd64) rm a.py;; *) rm b.py;; esac', "-b.py"),
        ('clean() { rm "$1"; }; clean a.py', "-a.py"),
        ("sh run.sh a.py", "+copied.py -b.py"),
        ("sh -ec 'rm a.py; exit 0; rm b.py'", "-a.py"),
        ('eval "rm a.py"', "-a.py"),
        ("sudo -u root env A=1 rm a.py", "-a.py"),
        ("rm a.py; exit 0; rm b.py", "-a.py"),
        ('["rm", "a.py"]', "-a.py"),
        ("<<E\nset -e\nrm a.py\nE", "-a.py"),
        ("cat <<E > new.py\nx\nE", "+new.py"),
        ("chmod -R go-w . && chown -R 5:6 pkg", ""),
        ("$(which rm) a.py", ""),
    ],
)
def test_what_is_there_afterwards(step: str, expected: str) -> None:
    assert changes(run(step)) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("rm -rf pkg", []),
        ("apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*", [("", "system")]),
        ("curl -sSL https://example.org/install.sh | sh", [("", "distributions")]),
        ("curl -LsSf https://astral.sh/uv/install.sh | sh", [("", "system")]),
        ("git clone https://example.org/x/tool.git /opt/tool", [("opt/tool", "anything")]),
        ("git clone https://example.org/x/tool.git", [("w/tool", "anything")]),
        ("curl -sSL https://example.org/x.tgz | tar xz -C /usr/local", [("usr/local", "distributions")]),
        ("tar xf docs/one.txt -C out", [("w/out", "anything")]),
        ("npm ci", [("w/node_modules", "distributions")]),
        ("make all", [("w", "generated")]),
        ("frobnicate --all", [("w", "generated"), ("", "distributions")]),
        ("python manage.py migrate || true", [("w", "generated")]),
        ("$(which tool) x", [("w", "anything")]),
        ("mv $(ls -t) pkg", [("w/pkg", "anything")]),
        ('if [ "$FOO" = 1 ]; then rm a.py; fi', []),
    ],
)
def test_what_nobody_knows(step: str, expected: list[tuple[str, str]]) -> None:
    found = run(step).unknown
    assert [(part.path, part.brings) for part in found] == expected


def test_of_two_ways_what_they_share_is_known() -> None:
    found = run('if [ "$(id -u)" = 0 ]; then rm a.py; touch x; else touch x; fi')
    assert changes(found) == "+x -a.py"
    assert [(part.path, part.brings) for part in found.unknown] == [("w/a.py", "anything")]
    found = run("grep -q x b.py && rm -rf pkg || cp a.py c.py")
    assert {part.path for part in found.unknown} == {"w/pkg", "w/c.py"}


def test_mounts_are_gone_afterwards() -> None:
    step = "--mount=type=bind,source=pkg,target=/m --mount=type=cache,target=/c cp -r /m /c /w/"
    found = run(step, "cp /m/x.py late.py || true")
    assert "+m/x.py" in changes(found)
    assert not any(entry.path.startswith(("m/", "c/")) for entry in found.tree)
    assert "late.py" not in files(found)


def test_inline_content_and_modes() -> None:
    found = run("printf '%s\\n' 'import a' > new.py && chmod u+x,g-r new.py", "echo -n x\\ny > n")
    entry = found.tree.get("w/new.py")
    assert entry is not None
    assert (found.inline[entry.digest], oct(entry.mode)) == (b"import a\n", "0o704")


def test_programs_of_the_project_are_noted_with_the_stage_as_it_is() -> None:
    found = run("rm b.py && python -m pkg.x --fast", "./go 1 || true", "pytest -q", base="python:3.12")
    assert [(start.command, start.certain, start.location.line) for start in found.runs] == [
        (("python", "-m", "pkg.x", "--fast"), True, 4),
        (("python", "./go", "1"), False, 5),
        (("pytest", "-q"), True, 6),
    ]
    assert found.runs[0].tree.get("w/b.py") is None
    assert found.runs[0].tree.get("w/a.py") is not None
    assert found.runs[0].cwd == "w"


@pytest.mark.parametrize(
    ("step", "path"),
    [
        ("python c.py", "w/c.py"),
        ("./c.sh", "w/c.sh"),
        ("sh c.sh && true", "w/c.sh"),
        ("pip install -r requirements.txt", "w/requirements.txt"),
        ("cp c.py /opt", "w/c.py"),
        ("python c.py || true", ""),
        ("if python c.py; then true; fi", ""),
        ("python c.py; true", ""),
        ("set -e; python c.py; true", "w/c.py"),
        ("make && python c.py", ""),
        ("touch c.py && python c.py", ""),
        ("poetry export -o requirements.txt && pip install -r requirements.txt", ""),
    ],
)
def test_what_a_build_fails_without(step: str, path: str) -> None:
    found = run(step, base="python:3.12").missing_files
    assert [missing.path for missing in found] == ([path] if path else [])


@pytest.mark.parametrize(
    "step",
    [
        " && ".join(["true"] * 2000) + " && rm a.py",
        "(" * 300 + "rm a.py" + ")" * 300,
        "python -m venv / && cp -r / /w/pkg && mv . pkg && rm -rf / && pip install --target / .",
        "f() { f; }; f",
        "echo 'sh loop.sh' > loop.sh; sh loop.sh",
    ],
)
def test_hostile_steps_come_to_an_end(step: str) -> None:
    assert run(step, base="python:3.12").tree is not None


def test_a_long_chain_is_followed_to_its_end() -> None:
    assert changes(run(" && ".join(["true"] * 2000) + " && rm a.py")) == "-a.py"
