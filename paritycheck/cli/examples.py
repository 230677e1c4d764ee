"""What is typed for the common jobs, shown below the help of each command and in the documentation."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "check": (
        ("paritycheck check", "no image, no engine: the build is predicted"),
        ("paritycheck check . -i localhost/app:latest", "the image that podman holds"),
        ("paritycheck check . -i docker-archive:app.tar", "what a build job wrote"),
        ("paritycheck check -f deploy/Containerfile --target prod .", "flags as for podman build"),
        ("paritycheck check -c compose.yaml --service web", "built, started and mounted as a service"),
        ("paritycheck check -o sarif=check.sarif -o html=check.html", "further reports beside the text"),
        ("paritycheck check --fail-on warning --select PC1", "stricter, and only what was lost on the way"),
    ),
    "why": (
        ("paritycheck why app.metrics", "a module as it is imported"),
        ("paritycheck why docs/logo.png -i localhost/app:latest", "a file, in an image"),
        ("paritycheck why requests", "a distribution"),
    ),
    "audit": (
        ("paritycheck audit web", "a container of Podman or Docker, in whatever state"),
        ("paritycheck audit docker:web --since 1h --tail all", "a longer log, of one engine"),
        ("paritycheck audit --logs web.log -i oci-archive:web.tar", "from files, without the host"),
        ("paritycheck audit web --format html -o audit.html", "a page to hand on"),
    ),
    "context": (
        ("paritycheck context", "what goes to the engine, and which line keeps the rest out"),
        ("paritycheck context --engine buildkit --format json", "by the rules of Docker, for programs"),
    ),
    "diff": (
        ("paritycheck diff . localhost/app:latest", "a checkout beside an image"),
        ("paritycheck diff docker-archive:old.tar docker-archive:new.tar", "two images"),
    ),
    "snapshot": (
        ("paritycheck snapshot localhost/app:latest -o image.json", "capture here ..."),
        ("paritycheck check . -i image.json", "... and compare elsewhere"),
    ),
    "smoke": (
        ("paritycheck smoke localhost/app:latest", "import what it starts"),
        ("paritycheck smoke docker-daemon:app --start 'gunicorn app.wsgi:application'", "start it otherwise"),
    ),
    "render": (
        ("paritycheck check --format json -o report.json", "check once ..."),
        ("paritycheck render report.json --format markdown", "... and show it to everybody"),
    ),
    "merge": (
        ("paritycheck check --shard 1/2 --format json -o part-1.json", "on each machine a part ..."),
        ("paritycheck merge part-1.json part-2.json", "... and one report of all"),
    ),
    "matrix": (("paritycheck matrix", "the configured images, for the matrix of a CI job"),),
    "rule": (
        ("paritycheck rule", "the list"),
        ("paritycheck rule PC103", "cause, example, repair, and when to ignore it"),
    ),
    "init": (
        ("paritycheck init --dry-run", "what fits this repository; nothing is written"),
        ("paritycheck init --ci github --pre-commit", "a workflow and a hook"),
        ("paritycheck init --container", "a build step that fails where an import would"),
    ),
}


def show_examples(name: str) -> str:
    """Return the examples of a command as a Markdown list."""
    lines = "\n".join(f"* `{typed}` — {what}" for typed, what in EXAMPLES[name])
    return f"Examples:\n\n{lines}"
