"""The command check: one image, or all that are configured."""

# Annotations stay real objects here: typer reads them.
from pathlib import Path

import typer

from paritycheck.cli.comparing import check_images, check_one
from paritycheck.cli.configured import meant_images, read_configuration, read_flags
from paritycheck.cli.gateoptions import (
    BaselineOption,
    ConfigOption,
    DiffFromOption,
    IsolatedOption,
    NamesOption,
    ShardOption,
    ShowSettingsOption,
    WriteBaselineOption,
)
from paritycheck.cli.options import (
    BuildArgOption,
    Color,
    ColorOption,
    CommittedOption,
    ComposeOption,
    ContextArgument,
    EngineOption,
    ExplainOption,
    FailOn,
    FailOnOption,
    FileOption,
    IgnorefileOption,
    IgnoreOption,
    ImageOption,
    NoCacheOption,
    ProbeOption,
    PythonOption,
    ReportFormat,
    ReportFormatOption,
    ReportsOption,
    ResolveOption,
    SelectOption,
    ServiceOption,
    StartOption,
    TargetOption,
)
from paritycheck.cli.remembering import open_memory
from paritycheck.cli.reports import parse_targets, write_reports
from paritycheck.cli.settings import settle, show_settings
from paritycheck.cli.terminal import COULD_NOT_CHECK, FINDINGS, PARITY, complain, write
from paritycheck.composite import fails


def check(
    ctx: typer.Context,
    context: ContextArgument = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    target: TargetOption = "",
    build_arg: BuildArgOption = [],  # noqa: B006 (typer copies it)
    engine: EngineOption = "podman",
    image: ImageOption = None,
    compose: ComposeOption = [],  # noqa: B006
    service: ServiceOption = "",
    python: PythonOption = None,
    probe: ProbeOption = False,
    resolve: ResolveOption = False,
    no_cache: NoCacheOption = False,
    committed: CommittedOption = False,
    start: StartOption = "",
    output_format: ReportFormatOption = ReportFormat.TEXT,
    output: ReportsOption = [],  # noqa: B006
    explained: ExplainOption = False,
    color: ColorOption = Color.AUTO,
    fail_on: FailOnOption = FailOn.ERROR,
    select: SelectOption = [],  # noqa: B006
    ignore: IgnoreOption = [],  # noqa: B006
    baseline: BaselineOption = None,
    write_baseline: WriteBaselineOption = None,
    diff_from: DiffFromOption = None,
    names: NamesOption = [],  # noqa: B006
    shard: ShardOption = "",
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    show: ShowSettingsOption = False,
) -> None:
    """Say what the container lacks of this checkout, who needs it, and which line lost it.

    Without -i the image is predicted from the Containerfile; nothing is built or run. Flags may stand in
    [tool.paritycheck] of pyproject.toml; the images that are configured there are checked all together.

    Exit code: 0 parity, 1 findings, 2 could not check.
    """
    flags = read_flags(ctx, locals())
    configured = read_configuration(context, config, isolated=isolated)
    chosen = meant_images(flags, configured, names, shard)
    common = settle(flags, configured)
    images = [settle(flags, configured, table) for table in chosen]
    if show:
        write(show_settings(images or [common], configured), None)
        return
    targets = parse_targets(common.output_format, common.output)
    memory = open_memory(common.baseline, write_baseline, diff_from)
    report = memory.apply(
        check_images(images, common, configured) if images else check_one(common, configured)
    )
    write_reports(report, targets, explain=common.explained, color=common.color)
    memory.keep(report)
    for each in report.unchecked:
        complain(f"{each.name}: {each.message}", each.hint)
    failing = not memory.keeps and fails(report, None if images else common.fail_on.value)
    raise typer.Exit(COULD_NOT_CHECK if report.unchecked else FINDINGS if failing else PARITY)
