"""Show the main job on the incident that this project began with; no engine is needed."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from paritycheck.cli import run
from tests.scenario import lay_out_checkout, scenarios, write_archive


def show(directory: Path, *words: str) -> int:
    """Print a command as a person would type it, and run it."""
    print(f"$ paritycheck {shlex.join(words)}", flush=True)
    code = run(["check", str(directory / "checkout"), *words[2:]])
    print(f"(exit code {code})\n", flush=True)
    return code


def main() -> int:
    """Write the checkout and the archive of its image, and check one against the other."""
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    print(incident.settings["about"].strip(), end="\n\n")
    with tempfile.TemporaryDirectory(prefix="paritycheck-demo-") as name:
        directory = Path(name)
        checkout = lay_out_checkout(incident, directory / "checkout")
        archive = write_archive(incident, checkout, directory / "image.tar")
        found = show(directory, "check", ".", "-i", f"docker-archive:{archive}")
        print("Without an image, from the Containerfile alone:\n")
        predicted = show(directory, "check", ".")
    # Both must find it: a demonstration that shows parity here would be broken.
    return 0 if (found, predicted) == (1, 1) else 1


if __name__ == "__main__":
    sys.exit(main())
