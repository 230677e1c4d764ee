"""How the cost of the effective context grows from 10,000 to 1,000,000 files: time and memory, and a plot."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contextfiles import lay_files, mixed_lines
from run import Contest, Settings

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
HERE = Path(__file__).parent
CURVES = (("seconds", "processor time, seconds", "#1f5fa8"), ("MiB", "memory, MiB", "#b3541e"))
LEFT, TOP, WIDTH, HEIGHT = 40, 40, 520, 360
# A process for each size: the system tells the peak of its memory.
MEASURE = """
import json, pathlib, resource, sys, time
sys.path.insert(0, sys.argv[2])
root = pathlib.Path(sys.argv[1])
import context
from paritycheck.capture.checkout.worktree import walk
empty = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
for _ in range(3):
    began = time.process_time()
    context.effective(root)
    times.append(time.process_time() - began)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"entries": len(walk(root).tree), "seconds": min(times), "MiB": (peak - empty) / 1024}))
"""


def contests(_settings: Settings) -> Iterator[Contest]:
    points = []
    for size in SIZES:
        directory = tempfile.mkdtemp(prefix="paritycheck-bench-")
        try:
            lay_files(Path(directory), size)
            (Path(directory) / ".dockerignore").write_text("\n".join(mixed_lines()))
            command = [sys.executable, "-c", MEASURE, directory, str(HERE)]
            points.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        finally:
            shutil.rmtree(directory)
    (HERE / "scaling.svg").write_text(plot(points))
    for point in points:
        each = {unit: point[unit] / point["entries"] for unit in ("seconds", "MiB")}
        print(
            f"  {point['entries']:9,} entries: {point['seconds']:7.3f} s, {point['MiB']:7.1f} MiB, "
            f"{each['seconds'] * 1e6:.2f} µs and {each['MiB'] * 2**20:.0f} bytes each"
        )
    per_entry = [point["seconds"] / point["entries"] for point in points]
    memory = [point["MiB"] / point["entries"] for point in points]
    growth = {
        "seconds per entry, largest by smallest": per_entry[-1] / per_entry[0],
        "memory per entry, largest by smallest": memory[-1] / memory[0],
    }
    (HERE / "scaling.json").write_text(json.dumps({"points": points, **growth}, indent=2) + "\n")
    yield from ()


def plot(points: list[dict[str, float]]) -> str:
    """Return an SVG of both costs over the entries, all axes logarithmic: linear is a slope of 1."""
    first, last = points[0]["entries"], points[-1]["entries"]
    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{LEFT + WIDTH + 70}" height="{TOP + HEIGHT + 60}" '
            'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
            f'<text x="{LEFT}" y="20">Effective context: cost over entries (dashed: exactly linear)</text>'
            f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="gray"/>'
        )
    ]
    for exponent in range(math.ceil(math.log10(first)), math.floor(math.log10(last)) + 1):
        x = _across(10**exponent)
        parts.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{TOP + HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{10**exponent:,}</text>')
    for row, (unit, title, colour) in enumerate(CURVES):
        floor = math.log10(points[0][unit])
        track = [(_across(point["entries"]), _up(point[unit], floor), point[unit]) for point in points]
        ideal = _up(points[0][unit] * last / first, floor)
        parts += [
            (
                f'<g fill="none" stroke="{colour}"><polyline stroke-dasharray="4" opacity="0.6" '
                f'points="{track[0][0]},{track[0][1]} {track[-1][0]},{ideal}"/>'
            ),
            f'<polyline stroke-width="2" points="{" ".join(f"{x},{y}" for x, y, _ in track)}"/></g>',
            *(
                f'<text x="{x + 4}" y="{y + 16 if row else y - 8}" fill="{colour}">{value:.3g}</text>'
                for x, y, value in track
            ),
            f'<text x="{LEFT + 150 * row}" y="{TOP + HEIGHT + 42}" fill="{colour}">{title}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _across(entries: float) -> float:
    low, high = math.log10(SIZES[0]) - 0.1, math.log10(SIZES[-1]) + 0.2
    return round(LEFT + (math.log10(entries) - low) / (high - low) * WIDTH, 1)


def _up(value: float, floor: float) -> float:
    # Both curves begin at one height, and a decade is as high for one as for the other.
    return round(TOP + HEIGHT - (math.log10(value) - floor + 0.2) / 2.6 * HEIGHT, 1)
