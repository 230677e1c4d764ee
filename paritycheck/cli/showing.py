"""The commands that show without judging: diff, snapshot, context."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer
from tabulate import tabulate

from paritycheck.capture.references import open_source
from paritycheck.capture.sides import open_local
from paritycheck.cli.options import (
    ContextArgument,
    EngineOption,
    FileOption,
    Format,
    FormatOption,
    IgnorefileOption,
    LeftArgument,
    NoCacheOption,
    OutputOption,
    ProbeOption,
    PythonOption,
    RightArgument,
    read_machine,
)
from paritycheck.cli.terminal import FINDINGS, PARITY, announced, write
from paritycheck.config import parse_codes, parse_engine
from paritycheck.difference import find_differences
from paritycheck.model.document import encode_snapshot
from paritycheck.output.context import render_context
from paritycheck.output.difference import render_difference
from paritycheck.output.json import render_json
from paritycheck.output.rulepage import render_rule_page
from paritycheck.predict.context.weighing import weigh_context
from paritycheck.predict.planning.plan import BuildOptions, open_context
from paritycheck.rules import RULES


def diff(
    left: LeftArgument,
    right: RightArgument,
    python: PythonOption = None,
    probe: ProbeOption = False,
    no_cache: NoCacheOption = False,
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
) -> None:
    """Compare any two checkouts, images or documents, in both directions.

    Nothing is judged. Exit code: 0 equal, 1 different, 2 could not compare.
    """
    machine = read_machine(python, probe=probe, no_cache=no_cache)
    with contextlib.ExitStack() as stack:
        with announced(f"reading {left}"):
            here = stack.enter_context(open_source(left, machine))
        with announced(f"reading {right}"):
            there = stack.enter_context(open_source(right, machine))
        with announced("comparing"):
            difference = find_differences(here, there)
    rendered = render_json(difference) if output_format is Format.JSON else render_difference(difference)
    write(rendered, output)
    differs = any(section.differs for section in difference.sections.values())
    raise typer.Exit(FINDINGS if differs else PARITY)


def snapshot(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A directory, predicted:DIR, or an image as for check -i.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The document to write (- is stdout).")],
    python: PythonOption = None,
    probe: ProbeOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Write what is known of one side, to compare it on another machine."""
    with (
        announced(f"reading {source}"),
        open_source(source, read_machine(python, probe=probe, no_cache=no_cache)) as captured,
    ):
        document = encode_snapshot(captured)
    write(document.decode(), None if str(output) == "-" else output)


def context(
    context: ContextArgument = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    engine: EngineOption = "podman",
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
) -> None:
    """Show what goes into the build context, and which line keeps the rest out."""
    with announced(f"reading {context}"):
        local, place = open_local(
            context,
            file,
            ignorefile,
            read_machine(None, probe=False),
            environment=False,
            tracked=False,
            history=True,
        )
    options = BuildOptions(
        engine=parse_engine(engine),
        context=place.context,
        file=place.file,
        written=str(file or ""),
        ignorefile=place.ignorefile,
    )
    report = weigh_context(open_context(local, options), engine, place.context)
    write(render_json(report) if output_format is Format.JSON else render_context(report), output)


def rule(
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="PC103, its slug (ignored), or a beginning (PC1).")
    ] = "",
) -> None:
    """Explain a rule: cause, a real example, repair, when to ignore it; without CODE, list all."""
    wanted = parse_codes((code,)) if code else tuple(RULES)
    found = [one for one in RULES.values() if one.code.startswith(wanted)]
    rows = [(one.code, one.slug, one.severity, one.summary) for one in found]
    lines = tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines()
    if len(found) == 1:
        lines += ["", render_rule_page(found[0]).partition("\n\n")[2].rstrip("\n")]
    elif code:
        lines += [f"  {one.code}: {one.help}" for one in found]
    write("\n".join(lines) + "\n", None)
