"""The report as GitLab's code quality report: the subset of Code Climate's format that GitLab documents."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from paritycheck.model.report import Finding, Report, Severity
from paritycheck.output.places import place_of
from paritycheck.output.standing import told
from paritycheck.output.style import harmless

SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "minor", "note": "info"}


def render_gitlab(report: Report) -> str:
    """Return an entry for each finding that counts; the fingerprints differ."""
    seen: Counter[str] = Counter()
    entries = []
    for finding in report.findings:
        if not finding.counts:
            continue
        place = place_of(finding, report)
        entries.append(
            {
                "description": harmless(f"{told(finding)}. {finding.hint}"),
                "check_name": harmless(f"{finding.code} {finding.slug}"),
                "fingerprint": _unique(finding, seen),
                "severity": SEVERITIES[finding.severity],
                "location": {
                    # As git has it: GitLab looks the file up by this.
                    "path": place.path.encode("utf-8", "backslashreplace").decode(),
                    "lines": {"begin": max(place.line, 1)},
                },
            }
        )
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def _unique(finding: Finding, seen: Counter[str]) -> str:
    """Return the fingerprint; of findings that share one, GitLab would show the first alone."""
    seen[finding.fingerprint] += 1
    occurrence = seen[finding.fingerprint]
    if occurrence == 1:
        return harmless(finding.fingerprint)
    both = f"{finding.fingerprint} {occurrence}".encode("utf-8", "replace")
    return hashlib.sha256(both).hexdigest()[:32]
