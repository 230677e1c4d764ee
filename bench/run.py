"""Run the benches and hold each against its limits; every figure of one contest comes from one run.

    python bench/run.py [--rounds N] [--repository DIR --containerfile FILE] [BENCH ...]

A bench is a file beside this one with a generator `contests(settings)`: each `Contest` that it yields is
run before the next is made. Commands run interleaved, so that what disturbs the machine hits them all; what
counts is the ratio of the fastest runs. Beside the clock's time stands the processor time of all processes.
Exit 1 if a limit is broken.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
BENCHES = ("image_snapshot", "distributions", "context", "prediction", "many_images", "audit", "scaling")


@dataclass(frozen=True)
class Settings:
    """What is asked of the benches: where a real repository lies, and its Containerfile in it."""

    repository: Path | None = None
    containerfile: str = ""


@dataclass(frozen=True)
class Contest:
    """Commands that do the same work, ours first; `limits`: how many times a rival's time we may take.

    Those `once` run in one round only. `figures` are facts that belong to the result.
    """

    subject: str
    commands: dict[str, Callable[[], object]]
    limits: dict[str, float] = field(default_factory=dict)
    once: tuple[str, ...] = ()
    figures: dict[str, object] = field(default_factory=dict)


@dataclass
class Runs:
    """The runs of one command, in seconds."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def processor_time() -> float:
    """Seconds of processor time that this process and all that it waited for have used."""
    uses = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def measure(contest: Contest, rounds: int) -> dict[str, Runs]:
    """Run every command, after one round that only warms the caches."""
    measured = {name: Runs() for name in contest.commands}
    for turn in range(rounds + 1):
        for name, command in contest.commands.items():
            if name in contest.once and turn != 1:
                continue
            processor, began = processor_time(), time.perf_counter()
            command()
            if turn:
                measured[name].wall.append(time.perf_counter() - began)
                measured[name].processor.append(processor_time() - processor)
    return measured


def judge(contest: Contest, measured: dict[str, Runs]) -> dict[str, object]:
    """The figures of a contest; a ratio is our fastest run by the rival's fastest."""
    ours, *rivals = (
        (name, min(runs.wall), min(runs.processor), max(runs.wall)) for name, runs in measured.items()
    )
    return {
        "subject": contest.subject,
        "ours": {"command": ours[0], "seconds": ours[1], "processor": ours[2], "slowest": ours[3]},
        "rivals": [
            {
                "command": name,
                "seconds": wall,
                "processor": processor,
                "slowest": slowest,
                "ratio": ours[1] / wall,
                "processor ratio": ours[2] / max(processor, 0.001),
                "limit": contest.limits.get(name),
                "kept": ours[1] / wall <= contest.limits[name] if name in contest.limits else None,
            }
            for name, wall, processor, slowest in rivals
        ],
        **contest.figures,
    }


def show(result: dict[str, object]) -> None:
    """Print one contest as part of the table."""
    ours, rivals = result["ours"], result["rivals"]
    assert isinstance(ours, dict)
    assert isinstance(rivals, list)
    print(f"\n{result['subject']}")
    print(f"  {ours['command']:45} {ours['seconds']:8.3f} {ours['processor']:8.3f}")
    for rival in rivals:
        verdict = ""
        if rival["limit"] is not None:
            verdict = f"{rival['limit']:6g}  {'kept' if rival['kept'] else 'BROKEN'}"
        print(
            f"  {rival['command']:45} {rival['seconds']:8.3f} {rival['processor']:8.3f}"
            f" {rival['ratio']:8.2f} {rival['processor ratio']:8.2f} {verdict}"
        )


def main() -> int:
    """Run what is asked for and write the figures; benches that are not run keep those they had."""
    parser = argparse.ArgumentParser(description="Measure against rival programs.")
    parser.add_argument("--output", type=Path, default=HERE / "results.json", help="the figures, as JSON")
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each command")
    parser.add_argument("--repository", type=Path, help="a checkout for the bench of the prediction")
    parser.add_argument("--containerfile", default="", help="its Containerfile")
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"of {', '.join(BENCHES)}")
    arguments = parser.parse_args()
    settings = Settings(arguments.repository, arguments.containerfile)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    output: Path = arguments.output
    results: dict[str, object] = json.loads(output.read_text()) if output.is_file() else {}
    broken = False
    print(
        f"  {'seconds: the fastest run':45} {'clock':>8} {'process.':>8} {'ours/it':>8} {'process.':>8} limit"
    )
    for name in arguments.benches or BENCHES:
        contests: Callable[[Settings], Iterator[Contest]] = importlib.import_module(name).contests
        found = []
        for contest in contests(settings):
            result = judge(contest, measure(contest, arguments.rounds))
            show(result)
            found.append(result)
            broken = broken or any(rival["kept"] is False for rival in result["rivals"])  # type: ignore[attr-defined]
        load = [round(each, 2) for each in os.getloadavg()]
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load afterwards": load}
        results[name] = {"machine": machine, "contests": found}
        output.write_text(json.dumps(results, indent=2) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.modules["run"] = sys.modules["__main__"]  # benches import Contest from here
    sys.exit(main())
