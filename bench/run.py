"""Run the benches and hold each against its limits; every figure of one bench comes from one run.

    python bench/run.py [--output FILE] [--rounds N] [BENCH ...]

A bench is a file beside this one with a context manager `contest()` that yields one `Contest`: the commands
that compete, ours first, and the limits that we set ourselves. Commands run interleaved: what disturbs
the machine then hits them all; what counts is the ratio of the fastest runs. Exit 1 if a limit is broken.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contest:
    """Commands that do the same work, ours first; `limits`: how many times a rival's time we may take."""

    subject: str
    commands: dict[str, Callable[[], object]]
    limits: dict[str, float] = field(default_factory=dict)


def measure(contest: Contest, rounds: int) -> dict[str, list[float]]:
    """Seconds of each run of each command, after one round that only warms the caches."""
    seconds: dict[str, list[float]] = {name: [] for name in contest.commands}
    for turn in range(rounds + 1):
        for name, command in contest.commands.items():
            began = time.perf_counter()
            command()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def judge(contest: Contest, seconds: dict[str, list[float]]) -> dict[str, object]:
    """The figures of a contest: each command's min, median, max; our ratio to each rival; broken limits."""
    ours, *rivals = contest.commands
    ratios = {rival: min(seconds[ours]) / min(seconds[rival]) for rival in rivals}
    return {
        "subject": contest.subject,
        "seconds": {
            name: {"min": min(runs), "median": statistics.median(runs), "max": max(runs)}
            for name, runs in seconds.items()
        },
        "ratio of minima": ratios,
        "limits": contest.limits,
        "broken": [rival for rival, limit in contest.limits.items() if ratios[rival] > limit],
    }


def show(name: str, contest: Contest, seconds: dict[str, list[float]]) -> None:
    ours = next(iter(contest.commands))
    print(f"{name}: {contest.subject}")
    for command, runs in seconds.items():
        figures = f"{min(runs):8.3f} {statistics.median(runs):8.3f} {max(runs):8.3f} s"
        ratio = min(seconds[ours]) / min(runs)
        limit = contest.limits.get(command)
        verdict = "" if limit is None else f"  at most {limit:g}: {'kept' if ratio <= limit else 'BROKEN'}"
        print(
            f"  {command:40} {figures}"
            + ("" if command == ours else f"  ours takes {ratio:.3f} of it{verdict}")
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure against rival programs.")
    parser.add_argument(
        "--output", type=Path, default=HERE / "results.json", help="where the figures go, as JSON"
    )
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each command")
    parser.add_argument("benches", nargs="*", help="names of files beside this one (default: all)")
    arguments = parser.parse_args()
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run")
    results: dict[str, dict[str, object]] = {}
    for name in arguments.benches or known:
        prepare: Callable[[], AbstractContextManager[Contest]] = importlib.import_module(name).contest
        with prepare() as contest:
            seconds = measure(contest, arguments.rounds)
        results[name] = judge(contest, seconds)
        show(name, contest, seconds)
    arguments.output.write_text(json.dumps(results, indent=2) + "\n")
    return 1 if any(result["broken"] for result in results.values()) else 0


if __name__ == "__main__":
    sys.modules["run"] = sys.modules["__main__"]  # benches import Contest from here
    sys.exit(main())
