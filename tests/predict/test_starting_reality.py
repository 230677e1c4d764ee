"""What is put first on sys.path, held against the interpreter that runs these tests."""

from __future__ import annotations

import json
import posixpath
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from paritycheck.predict.starting.start import resolve_start
from tests.drawn import write_directory
from tests.predict.startimages import image

# Not the virtual environment's: what its packages do at start takes longer than the test.
PYTHON = f"{sys.base_prefix}/bin/python3"
TELL = "import json, os, sys; print(json.dumps([sys.path, os.getcwd(), sys.argv[1:]]))\\n"
DRAWING = f"""
app/
  main.py | {TELL}
  pkg/
    __init__.py
    __main__.py | {TELL}
    inner.py | {TELL}
  ns/
    __main__.py | {TELL}
    inner.py | {TELL}
  linked.py -> pkg/inner.py
  twice.py -> linked.py
  sub/
    deep/
      x.py | {TELL}
    back -> ..
  go.sh (755) | #!/bin/sh\\ncd "$(dirname "$0")/sub"\\nexport PYTHONSAFEPATH=1\\nexec "$@"\\n
  stay.sh (755) | #!/bin/sh\\nset -e\\nexec "$@"\\n
  direct.py (755) | #!PYTHON\\n{TELL}
  bin/script (755) | #!PYTHON\\n{TELL}
alias -> app
link/
  inside -> ../app/pkg
"""

COMMANDS = [
    "python3 main.py",
    "python3 ./main.py a b",
    "python3 pkg/inner.py",
    "python3 linked.py",
    "python3 twice.py",
    "python3 sub/back/main.py",
    "python3 ROOT/alias/main.py",
    "python3 ROOT/alias/pkg/../main.py",
    "python3 ../link/inside/inner.py",
    "python3 -P main.py",
    "python3 -I main.py",
    "python3 -E main.py",
    "python3 -s main.py",
    "python3 -u -X dev main.py -m no",
    "python3 -Wignore -- main.py",
    "python3 -m pkg",
    "python3 -m pkg.inner",
    "python3 -m ns",
    "python3 -m ns.inner",
    "python3 -mpkg.inner",
    "python3 -c 'TELL'",
    "python3 -Pc 'TELL'",
    "python3 pkg",
    "python3 -P pkg",
    "python3 ns/",
    "./direct.py",
    "ROOT/app/direct.py",
    "bin/script x",
    "./stay.sh python3 main.py",
    "./stay.sh python3 -m pkg",
    "./go.sh python3 deep/x.py",
    "sh -c 'cd sub && python3 deep/x.py'",
    "sh -c 'cd sub/back/pkg && exec python3 inner.py'",
    "sh -c 'cd sub/back/pkg && exec python3 -m inner'",
    "sh -c 'cd ROOT/alias && python3 -m pkg'",
    "sh -c 'PYTHONSAFEPATH=1 python3 main.py'",
    "sh -c 'PYTHONSAFEPATH= python3 main.py'",
    "sh -c 'if [ -d sub ]; then cd sub; fi; python3 deep/x.py'",
    "sh -c 'for d in sub deep; do cd $d; done; python3 x.py'",
    "sh -c 'exec python3 \"$0\" \"$@\"' main.py a 'b c'",
    "env -C sub python3 deep/x.py",
    "nice -n 1 python3 main.py",
    "nohup python3 main.py",
    "timeout 60 python3 main.py",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_start_entries_are_those_of_the_interpreter(command: str, tmp_path: Path) -> None:
    root = tmp_path.resolve()
    drawing = DRAWING.replace("PYTHON\\n", f"{PYTHON}\\n")
    write_directory(drawing, root)
    prefix = str(root).lstrip("/")
    words = tuple(shlex.split(command.replace("ROOT", str(root)).replace("TELL", TELL[:-2])))
    environment = {"PATH": f"{Path(PYTHON).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": "/"}
    ran = subprocess.run(
        words, cwd=root / "app", env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    side = image(
        f"{prefix}/\n" + "".join(f"  {line}\n" for line in drawing.splitlines()),
        env=environment,
        workdir=str(root / "app"),
        cmd=words,
    )
    found = resolve_start(side)
    assert ran.returncode == 0, ran.stderr
    assert found.resolved, found.reason
    path, cwd, arguments = json.loads(ran.stdout)
    # The directories put first are those before the standard library.
    end = next(index for index, entry in enumerate(path) if entry.endswith(".zip"))
    first = [posixpath.join(cwd, entry).rstrip("/") for entry in path[:end]]
    assert [entry.path for entry in found.path_entries] == first
    assert found.cwd == cwd
    assert found.command[len(found.command) - len(arguments) :] == tuple(arguments)
