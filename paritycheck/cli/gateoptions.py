"""The flags about what a repository has configured, and about what was known before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CONFIGURED = "What is configured"
KNOWN = "What was known before"

NamesOption = Annotated[
    list[str],
    typer.Option(
        "--name",
        metavar="NAME",
        rich_help_panel=CONFIGURED,
        help="Only the configured images of this name (a glob pattern; repeatable).",
    ),
]
ShardOption = Annotated[
    str,
    typer.Option(
        "--shard",
        metavar="I/N",
        rich_help_panel=CONFIGURED,
        help="Only part I of N of the configured images; merge makes one report of the parts.",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        rich_help_panel=CONFIGURED,
        help="The configuration (default: the nearest paritycheck.toml or [tool.paritycheck] upward).",
    ),
]
IsolatedOption = Annotated[
    bool, typer.Option("--isolated", rich_help_panel=CONFIGURED, help="Read no configuration.")
]
ShowSettingsOption = Annotated[
    bool,
    typer.Option(
        "--show-settings",
        rich_help_panel=CONFIGURED,
        help="Show what is in force and where each value comes from; check nothing.",
    ),
]
BaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        rich_help_panel=KNOWN,
        help="Findings that this file has do not count; what is gone since is told.",
    ),
]
WriteBaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--write-baseline",
        metavar="FILE",
        rich_help_panel=KNOWN,
        help="Write down the findings of now, to count only new ones from here on; exits with 0.",
    ),
]
DiffFromOption = Annotated[
    Path | None,
    typer.Option(
        "--diff-from",
        metavar="REPORT",
        rich_help_panel=KNOWN,
        help="Show only what is new or gone since this report (written by --format json).",
    ),
]
