"""The catalogue: every kind of finding, its stable code, and how findings are put together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from paritycheck.model.journey import Gate
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem, Rule, Severity

_CATALOGUE = (
    Rule(
        "PC101",
        "not-in-worktree",
        "error",
        "imported locally from outside the checkout, so no build of the checkout can have it",
        "Move the module into the repository, or declare and install the distribution that provides it.",
    ),
    Rule(
        "PC102",
        "untracked",
        "error",
        "on this disk but not in git, so a build from a clean clone lacks it",
        "`git add` the file; if a .gitignore line hides it, narrow that line first.",
    ),
    Rule(
        "PC103",
        "ignored",
        "error",
        "kept out of the build context by the ignore file",
        "Narrow the ignore line, or re-include the path with a `!` line after it.",
    ),
    Rule(
        "PC104",
        "not-copied",
        "error",
        "in the build context, but no COPY or ADD puts it into the image",
        "Copy the path in the Containerfile, beside the COPY that takes its neighbours.",
    ),
    Rule(
        "PC105",
        "absent-from-image",
        "error",
        "in git and in the build, but not in this image",
        "Rebuild the image from this commit; if it stays away, a later instruction removes it.",
    ),
    Rule(
        "PC106",
        "hidden-by-mount",
        "error",
        "in the image, but a mount of the compose service hides it",
        "Mount narrower, or keep the path with a volume of its own: `- /app/.venv` beside `- ./:/app`.",
    ),
    Rule(
        "PC107",
        "off-sys-path",
        "error",
        "in the image, but in no directory that its interpreter searches",
        "Set PYTHONPATH or WORKDIR to the directory above the package, or install the project.",
    ),
    Rule(
        "PC108",
        "not-importable",
        "error",
        "in the image and on the path, but the interpreter would not import it under this name",
        "Look at the file named as the cause: it shadows the module, or is no package.",
    ),
    Rule(
        "PC109",
        "missing-data-file",
        "error",
        "a file that arrived code opens is not in the container",
        "Copy the file into the image, or take it out of the ignore file.",
    ),
    Rule(
        "PC201",
        "missing-distribution",
        "error",
        "imported by code in the container, but the distribution is not installed there",
        "Declare the distribution in the file that the image installs from, and rebuild.",
    ),
    Rule(
        "PC202",
        "different-version",
        "warning",
        "installed on both sides in different versions, or not held to any",
        "Pin the version, or update the local environment from the same lock file.",
    ),
    Rule(
        "PC203",
        "undeclared",
        "error",
        "imported by code in the container, but no dependency file declares the distribution",
        "Declare the distribution in the file that the installer reads.",
    ),
    Rule(
        "PC204",
        "not-selected",
        "error",
        "declared, but in an extra, a group or a file that the installer's command does not select",
        "Select the extra or group in the installer's command, or declare it where the command looks.",
    ),
    Rule(
        "PC205",
        "editable-target-missing",
        "error",
        "an editable install leads to a directory that is not in the container",
        "Copy the project to that directory, or install it without `--editable`.",
    ),
    Rule(
        "PC206",
        "excluded-by-marker",
        "error",
        "declared with a marker that leaves it out for the container's Python or platform",
        "Widen the marker, or use the Python that it is meant for.",
    ),
    Rule(
        "PC207",
        "missing-shared-library",
        "error",
        "a compiled module needs a library of the system that the loader does not find, or refuses",
        "Install the package that has the library in the final stage.",
    ),
    Rule(
        "PC208",
        "dev-distribution-shipped",
        "note",
        "declared for development only, in the image, and imported by nothing that is started",
        "Leave the development group out of the installer's command.",
    ),
    Rule(
        "PC209",
        "wrong-environment",
        "error",
        "installed into an environment that the start command's interpreter does not search",
        "Start with the interpreter of that environment, or install into the one that is started.",
    ),
    Rule(
        "PC301",
        "different-interpreter",
        "warning",
        "the container runs another Python than the local environment",
        "Use the same minor version on both sides.",
    ),
    Rule(
        "PC302",
        "missing-sys-path-entry",
        "warning",
        "an entry of the container's PYTHONPATH does not exist, or means another place than it seems",
        "Correct the ENV PYTHONPATH line.",
    ),
    Rule(
        "PC303",
        "different-platform",
        "note",
        "the container has another processor or C library than the local environment",
        "Build for the platform that you test on, or test in the container.",
    ),
    Rule(
        "PC304",
        "stdlib-module-gone",
        "error",
        "imported from the standard library, which the container's Python has without that module",
        "Stay on an older Python, or import what replaced the module.",
    ),
    Rule(
        "PC401",
        "stale-content",
        "warning",
        "the image holds another content of the file than the checkout",
        "Rebuild the image from this checkout.",
    ),
    Rule(
        "PC402",
        "shipped-untracked",
        "warning",
        "in the image although git does not track it: the next build from a clean clone lacks it",
        "`git add` the file, or keep it out of the image.",
    ),
    Rule(
        "PC403",
        "prediction-differs",
        "note",
        "the image is not what this Containerfile and context build",
        "Rebuild the image; if the difference stays, please report it: the prediction is wrong.",
    ),
    Rule(
        "PC404",
        "healthcheck-missing",
        "warning",
        "the Containerfile declares a HEALTHCHECK that the image does not have",
        "Build with `--format docker`: the OCI image format has no place for HEALTHCHECK.",
    ),
    Rule(
        "PC405",
        "start-command-unresolved",
        "note",
        "what the container starts could not be resolved, so nothing is said about reachability",
        "Name the start command with `--start`.",
    ),
    Rule(
        "PC501",
        "copy-source-missing",
        "error",
        "a COPY, ADD or mount names a source that a build from a clean clone does not have",
        "Correct the source, or `git add` it.",
    ),
    Rule(
        "PC502",
        "dead-ignore-line",
        "note",
        "a line of the ignore file changes nothing",
        "Remove the line or correct the pattern: it is not read as a .gitignore line would be.",
    ),
    Rule(
        "PC503",
        "engines-disagree",
        "warning",
        "Podman and Docker would build different images from this context",
        "Write the ignore line or COPY so that all engines read it alike.",
    ),
    Rule(
        "PC901",
        "not-analysed",
        "note",
        "a file or instruction could not be analysed",
        "Look at the line named; what depends on it is unknown, not good.",
    ),
    Rule(
        "PC902",
        "unused-ignore",
        "warning",
        "an ignore hides nothing: nothing matches it any more, it has expired, or it is not complete",
        "Remove it, or correct its rule, its match or its reason.",
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _CATALOGUE}
# The one place that names the site. It is not published yet: claim the name before a release, or change it.
# Below it the site that `make docs` builds has a page at rules/CODE/; without it `paritycheck rule CODE` has.
DOCUMENTATION = "https://paritycheck.readthedocs.io/en/stable/"

# Which rule speaks for an item that was lost at a gate.
RULE_OF_GATE: dict[Gate, str] = {
    "worktree": "PC101",
    "tracked": "PC102",
    "context": "PC103",
    "copied": "PC104",
    "image": "PC105",
    "mounted": "PC106",
    "syspath": "PC107",
    "importable": "PC108",
}


def rule_page(code: str) -> str:
    """Return the URL of the page that explains a rule."""
    return f"{DOCUMENTATION}rules/{code}/"


def make_finding(
    code: str,
    message: str,
    *,
    items: Iterable[ReportItem] = (),
    locations: Iterable[Location] = (),
    imported_by: Iterable[Importer] = (),
    gate: Gate | None = None,
    severity: Severity | None = None,
    hint: str = "",
) -> Finding:
    """Build a finding; severity and hint default to the rule's own.

    The fingerprint is made of the rule and the items, where there are none of the cause's text: it
    outlives edits elsewhere, and a cause that is told by another line.
    """
    rule = RULES[code]
    items, locations = tuple(items), tuple(locations)
    identity = [code, *sorted(f"{item.kind} {item.name} {item.path}" for item in items)]
    if not items and locations:
        identity += [locations[0].path, locations[0].text]
    return Finding(
        code=code,
        slug=rule.slug,
        severity=severity or rule.severity,
        gate=gate,
        message=message,
        hint=hint or rule.help,
        items=items,
        locations=locations,
        imported_by=tuple(imported_by),
        fingerprint=hashlib.sha256("\0".join(identity).encode("utf-8", "replace")).hexdigest()[:32],
    )
