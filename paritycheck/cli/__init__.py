"""Arguments in, report out, exit code: the only place that prints or exits."""

from paritycheck.cli.app import main, run

__all__ = ["main", "run"]
