"""Names of programs, by what they leave in an image: nothing, files of others, or files that they make."""

from paritycheck.parse.command.taskfiles import MAKEFILES

# What they do is of no interest here: they print, or change what no program of the project reads.
SILENT = frozenset(
    {"[[", "alias", "apt-mark", "awk", "base64", "basename", "bc", "bg", "caddy", "cat", "chattr",
    "chgrp", "cksum", "cmp", "comm", "cron", "crontab", "cut", "date", "dd", "df", "diff", "dig",
    "dirname", "du", "echo", "egrep", "env-update", "expr", "fc", "fg", "fgrep", "file", "fold", "free",
    "getconf", "getent", "getopts", "git-lfs", "gpg", "grep", "groups", "hash", "head", "help",
    "hexdump", "hostname", "id", "ifconfig", "ip", "jobs", "join", "jq", "kill", "last", "ldconfig",
    "ldd", "less", "let", "local", "locale", "logname", "ls", "lsb_release", "lscpu", "md5sum", "mesg",
    "more", "mount", "nl", "nm", "nproc", "numfmt", "objdump", "od", "openssl", "paste", "pgrep",
    "ping", "pkg-config", "pkill", "pr", "printenv", "printf", "ps", "pwd", "read", "readelf",
    "readlink", "realpath", "return", "rev", "sed", "seq", "service", "setcap", "setfacl", "sha1sum",
    "sha256sum", "sha512sum", "shasum", "shift", "shopt", "shuf", "sleep", "sort", "ssh-keygen",
    "ssh-keyscan", "stat", "strings", "strip", "stty", "sum", "sync", "sysctl", "systemctl", "tac",
    "tail", "tmux", "tput", "tr", "trap", "tsort", "tty", "type", "ulimit", "umask", "umount", "uname",
    "uniq", "uptime", "users", "visudo", "wait", "watch", "wc", "whereis", "which", "who", "whoami",
    "xxd", "yes", "zcat"}
)  # fmt: skip

# They bring what others have written, and no distributions for Python.
SYSTEM_TOOLS = frozenset(
    {"add-apt-repository", "addgroup", "apt-cache", "apt-key",
    "chpasswd", "corepack", "debconf-set-selections",
    "delgroup", "deluser", "dpkg", "dpkg-divert", "dpkg-reconfigure", "fc-cache",
    "gem", "groupadd", "groupmod", "hf", "huggingface-cli", "install-php-extensions", "java",
    "locale-gen", "localedef", "luarocks", "mkfontdir",
    "nltk", "nvm", "ollama", "opam", "pacman", "passwd", "pear", "pecl", "playwright",
    "rpm", "rustup", "sdk", "snap", "swupd", "tlmgr", "update-alternatives",
    "update-ca-certificates", "update-ca-trust", "update-locale", "volta",
    "zypper"}
)  # fmt: skip

# They bring distributions, perhaps with an interpreter of their own.
INSTALLERS = frozenset({"asdf", "brew", "conda-lock", "easy_install", "mise", "nix", "pixi", "pyenv", "rye"})

# They make files out of what is there.
GENERATORS = frozenset(
    {"./configure", "autoreconf", "babel", "bazel", "black", "buf", "bundle", "cargo", "cc", "clang",
    "clang++", "cmake", "composer", "cython", "datamodel-codegen", "deno", "dotnet", "esbuild",
    "flake8", "g++", "gcc", "go", "gradle", "gradlew", "grunt", "gulp", "hugo", "invoke", "isort",
    "javac", "just", "ld", "make", "maturin", "meson", "msgfmt", "mvn", "mypy", "ninja", "node",
    "nodejs", "nox", "nuitka", "nuitka3", "nvcc", "ocamlfind", "perl", "php", "pre-commit", "prisma",
    "protoc", "pybabel", "pyinstaller", "pylint", "rake", "ruby", "ruff", "rustc", "sass",
    "sphinx-build", "sqlc", "tailwindcss", "task", "tox", "tsc", "vite", "webpack"}
)  # fmt: skip

# Programs that do what a file of the project says, and the names of that file.
RECIPES: dict[str, tuple[str, ...]] = {
    "invoke": ("tasks.py",),
    "just": ("justfile", "Justfile", ".justfile"),
    "make": MAKEFILES,
    "nox": ("noxfile.py",),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "tox": ("tox.ini", "pyproject.toml"),
}

# They load the project that they find where they are started.
STARTED = frozenset(
    {"aerich", "alembic", "celery", "chalice", "dagster", "daphne", "dbt", "django-admin", "fastapi",
    "flask", "granian", "gunicorn", "hypercorn", "kedro", "litestar", "mkdocs", "mlflow", "prefect",
    "py.test", "pytest", "rasa", "scrapy", "streamlit", "uvicorn", "uwsgi"}
)  # fmt: skip
