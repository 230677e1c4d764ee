"""What was known before a run, what that does to its report, and what is written down of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from paritycheck.capture.reports import read_baseline, read_report
from paritycheck.cli.terminal import write
from paritycheck.config.baseline import changes, mark, remember
from paritycheck.errors import UsageError
from paritycheck.model.baseline import Baseline, encode_baseline
from paritycheck.model.report import Report


@dataclass(frozen=True)
class Memory:
    """A baseline or an earlier report, if there is one, and the baseline to ``write``."""

    baseline: Baseline | None = None
    earlier: Report | None = None
    write: Path | None = None
    written_before: Baseline | None = None

    @property
    def keeps(self) -> bool:
        """Whether everything of now is written down: nothing of it is new."""
        return self.write is not None

    def apply(self, report: Report) -> Report:
        """Return the report as it is with what was known."""
        if self.earlier is not None:
            return changes(report, self.earlier)
        return report if self.baseline is None else mark(report, self.baseline)

    def keep(self, report: Report) -> None:
        """Write the new baseline, if one is asked for."""
        if self.write is not None:
            write(encode_baseline(remember(report, self.written_before)), self.write)


def open_memory(baseline: Path | None, write_baseline: Path | None, diff_from: Path | None) -> Memory:
    """Read what was known, before the work is done that it is needed for."""
    if diff_from is not None and (baseline or write_baseline):
        raise UsageError(
            "--diff-from compares with a report, --baseline with what was written down",
            "use one of them",
        )
    if write_baseline is not None:
        # What it says of images that this run does not check is to be kept.
        before = read_baseline(write_baseline) if write_baseline.exists() else None
        return Memory(write=write_baseline, written_before=before)
    return Memory(
        baseline=read_baseline(baseline) if baseline else None,
        earlier=read_report(diff_from) if diff_from else None,
    )
