"""Small projects and the RUN lines that move, remove and install them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MARK = "own-file:"  # begins every file of a project, so that it is found again in the image

HEAD = "FROM localhost/python:3.12-slim\nWORKDIR /srv\n"
HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
PROJECT = '[project]\nname = "billing"\nversion = "1.0"\n'
FLAT = (
    "billing/__init__.py",
    "billing/core.py",
    "billing/sub/__init__.py",
    "billing/sub/deep.py",
    "README.md",
)
SRC = tuple(f"src/{path}" for path in FLAT[:-1])


@dataclass(frozen=True)
class RunExample:
    """A context and a Containerfile; ``imports`` are names to look up in the image, too."""

    name: str
    paths: tuple[str, ...]
    lines: str
    pyproject: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    imports: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """Lay out the context."""
        folder.mkdir(parents=True)
        for path in self.paths:
            self._file(folder / path, f"# {MARK}{path}\n")
        for path, text in self.texts:
            self._file(folder / path, text)
        if self.pyproject:
            self._file(folder / "pyproject.toml", f"# {MARK}pyproject.toml\n{self.pyproject}")
        self._file(folder / "Containerfile", HEAD + self.lines)
        return folder

    @staticmethod
    def _file(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MANY = (
    "a.py",
    "b.py",
    "pkg/__init__.py",
    "pkg/x.py",
    "pkg/tests/t.py",
    "pkg/deep/y.py",
    "conf/one.txt",
    "run.sh",
)

EXAMPLES = (
    RunExample(
        "files",
        MANY,
        "COPY . .\n"
        "RUN rm -rf pkg/tests && mv a.py c.py && cp b.py pkg/ && mkdir -p new/deep && cp -r conf new/deep\n"
        "RUN cp -a pkg/. flat/ || (mkdir flat && cp -a pkg/. flat/); ln -s ../b.py conf/link\n"
        "RUN mv conf /etc/conf\n",
    ),
    RunExample(
        "patterns",
        MANY,
        "COPY . .\n"
        "RUN find . -name '*.txt' -delete && find pkg -type d -name deep -exec rm -rf {} + \n"
        "RUN rm *.sh && cp [ab].py /opt/ && mkdir /opt/all && mv pkg/* /opt/all/\n",
    ),
    RunExample(
        "control",
        MANY,
        "ARG KEEP=no\nCOPY . .\n"
        'RUN set -e; if [ "$KEEP" = yes ]; then rm b.py; else rm a.py; fi\n'
        'RUN for f in pkg/*.py; do cp "$f" /opt/; done\n'
        "RUN [ -f a.py ] && rm b.py || true; (cd pkg && rm x.py); case $KEEP in n*) rm run.sh;; esac\n"
        "RUN test -d nowhere && rm -rf pkg || cp b.py kept.py\n",
    ),
    RunExample(
        "scripts",
        (*MANY, "setup/clean.txt"),
        "COPY . .\nRUN sh tidy.sh pkg && bash -c 'mv b.py moved.py' && ./second.sh\n",
        texts=(
            (
                "tidy.sh",
                '#!/bin/sh\nset -e\nclean() {\n  rm -rf "$1/tests"\n}\nclean $1\nmkdir -p out\ncp a.py out\n',
            ),
            ("second.sh", "#!/bin/sh\nrm a.py\n"),
        ),
    ),
    RunExample(
        "mounts",
        MANY,
        "RUN --mount=type=bind,source=pkg,target=/mnt/pkg --mount=type=cache,target=/cache \\\n"
        "    cp -r /mnt/pkg /srv/copied && cp /mnt/pkg/x.py /cache/\n"
        "RUN --mount=type=bind,target=/mnt/all cp /mnt/all/a.py .\n",
    ),
    RunExample(
        "stages",
        MANY,
        "COPY . .\nRUN mkdir /out && cp -r pkg /out && rm -r /out/pkg/tests\n"
        "FROM localhost/python:3.12-slim\nCOPY --from=0 /out /app\nRUN mv /app/pkg /app/renamed\n",
    ),
    RunExample(
        "flat-setuptools",
        (*FLAT, "tests/test_one.py"),
        "COPY . /build\nRUN pip install --no-cache-dir /build && rm -rf /build\n",
        SETUPTOOLS + PROJECT,
        imports=("billing.core", "billing.sub.deep", "tests"),
    ),
    RunExample(
        "find-setuptools",
        (*FLAT, "extra/__init__.py", "extra/z.py"),
        "COPY . /build\nRUN pip install /build\nRUN rm -rf /build\n",
        SETUPTOOLS
        + PROJECT
        + '[tool.setuptools.packages.find]\ninclude = ["billing*"]\nexclude = ["billing.sub*"]\n',
        imports=("billing.core", "billing.sub", "extra"),
    ),
    RunExample(
        "src-setuptools",
        SRC,
        "COPY . .\nRUN pip install .\n",
        SETUPTOOLS + PROJECT,
        imports=("billing.core", "billing.sub.deep"),
    ),
    RunExample(
        "setup-py",
        (*FLAT, "helpers.py"),
        "COPY . .\nRUN pip install . && rm -rf billing helpers.py\n",
        texts=(
            (
                "setup.py",
                (
                    "from setuptools import setup, find_packages\nsetup(name='billing', version='1.0',\n"
                    "      packages=find_packages(exclude=['billing.sub*']), py_modules=['helpers'],\n"
                    "      long_description=open('README.md').read())\n"
                ),
            ),
        ),
        imports=("billing.core", "billing.sub", "helpers"),
    ),
    RunExample(
        "hatchling",
        FLAT,
        "COPY . .\nRUN pip install . && rm -rf billing\n",
        HATCH + PROJECT + 'readme = "README.md"\n',
        imports=("billing.core",),
    ),
    RunExample(
        "hatchling-packages",
        (*SRC, "src/other/__init__.py"),
        "COPY . .\nRUN pip install .\n",
        HATCH + PROJECT + '[tool.hatch.build.targets.wheel]\npackages = ["src/billing"]\n',
        imports=("billing.core", "other"),
    ),
    RunExample(
        "editable-src",
        SRC,
        "COPY . .\nRUN pip install -e .\nWORKDIR /\n",
        SETUPTOOLS + PROJECT,
        imports=("billing.core", "other"),
    ),
    RunExample(
        "editable-flat",
        (*FLAT, "setup_tools.py"),
        "COPY . .\nRUN pip install -e .\nWORKDIR /\n",
        SETUPTOOLS + PROJECT,
        imports=("billing.core", "setup_tools"),
    ),
    RunExample(
        "target",
        FLAT,
        "COPY . /src\nRUN pip install --target=/install /src\n"
        "FROM localhost/python:3.12-slim\nCOPY --from=0 /install /usr/local/lib/python3.12/site-packages\n",
        HATCH + PROJECT,
        imports=("billing.core",),
    ),
    RunExample(
        "prefix",
        FLAT,
        "COPY . /src\nRUN pip install --prefix /install /src\n"
        "FROM localhost/python:3.12-slim\nCOPY --from=0 /install /usr/local\n",
        HATCH + PROJECT,
        imports=("billing.core",),
    ),
    RunExample(
        "wheel",
        FLAT,
        "COPY . /src\nRUN pip wheel --no-deps -w /wheels /src\n"
        "FROM localhost/python:3.12-slim\nCOPY --from=0 /wheels /wheels\n"
        "RUN pip install /wheels/*.whl && rm -rf /wheels\n",
        SETUPTOOLS + PROJECT,
        imports=("billing.sub.deep",),
    ),
    RunExample(
        "venv",
        FLAT,
        "RUN python -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nCOPY . /src\nRUN pip install /src\n"
        "FROM localhost/python:3.12-slim\nCOPY --from=0 /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n",
        HATCH + PROJECT,
        imports=("billing.core",),
    ),
    RunExample(
        "requirements",
        (*SRC, "libs/pay/pay.py"),
        "COPY . .\nRUN pip install -r requirements/all.txt && rm -rf libs src\n",
        SETUPTOOLS + PROJECT,
        texts=(
            ("requirements/all.txt", "-r more.txt\n./libs/pay\n"),
            ("requirements/more.txt", "# nothing\n.\n"),
            ("libs/pay/setup.py", "from setuptools import setup\nsetup(name='pay', py_modules=['pay'])\n"),
        ),
        imports=("billing.core", "pay"),
    ),
)
REFUSED = (
    RunExample(
        "no-readme", FLAT[:-1], "COPY . .\nRUN pip install .\n", HATCH + PROJECT + 'readme = "README.md"\n'
    ),
    RunExample("no-module", ("other.py",), "COPY . .\nRUN pip install .\n", HATCH + PROJECT),
    RunExample("no-requirements", ("a.py",), "COPY a.py .\nRUN pip install -r requirements.txt\n"),
    RunExample("no-program", ("a.py",), "COPY a.py .\nRUN python b.py\n"),
    RunExample("no-script", ("a.py",), "COPY a.py .\nRUN ./build.sh\n"),
    RunExample(
        "no-package",
        ("a.py",),
        "COPY . .\nRUN pip install .\n",
        SETUPTOOLS + PROJECT + '[tool.setuptools]\npackages = ["billing"]\n',
    ),
    RunExample(
        "setup-reads",
        FLAT[:-1],
        "COPY . .\nRUN pip install .\n",
        texts=(
            (
                "setup.py",
                "from setuptools import setup\nsetup(name='x', long_description=open('README.md').read())\n",
            ),
        ),
    ),
)
