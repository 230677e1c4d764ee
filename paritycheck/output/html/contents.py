"""What the page shows, as its script reads it: plain values, every text harmless."""

from __future__ import annotations

from typing import Any

from paritycheck.model.journey import GATE_ORDER, Gate, Outcome
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, Report, ReportItem
from paritycheck.output.looked import image_lines, short_digest
from paritycheck.output.places import place_of
from paritycheck.output.standing import standing, told
from paritycheck.output.style import harmless
from paritycheck.rules import RULES, rule_page

QUESTIONS: dict[Gate, str] = {
    "worktree": "in the working tree?",
    "tracked": "tracked by git?",
    "context": "let in by the ignore file?",
    "copied": "copied by the build?",
    "image": "in the image?",
    "mounted": "visible at run time?",
    "syspath": "where Python looks?",
    "importable": "imported under its name?",
}
MARKS: dict[Outcome, str] = {"passed": "+", "lost": "x", "unknown": "?", "skipped": "-"}


def contents(report: Report) -> dict[str, Any]:
    """Return the report as the script of the page reads it."""
    summary, looked = report.summary, report.looked
    codes = sorted({finding.code for finding in report.findings})
    facts = {"images": f"{len(report.images):,d}"} if report.images else {}
    facts |= {
        "modules": f"{summary.modules:,d}",
        "files": f"{summary.files:,d}",
        "distributions": f"{summary.distributions:,d}",
        "Containerfile": looked.containerfile or "none",
        "ignore file": looked.ignorefile or "none",
        "interpreter": looked.interpreter or "not known",
        "image": short_digest(report.container.digest) or report.container.kind,
    }
    return {
        "facts": [[name, harmless(value)] for name, value in facts.items()],
        "arrived": summary.arrived,
        "unknown": summary.unknown,
        "gates": [[gate, QUESTIONS[gate]] for gate in GATE_ORDER],
        "rules": {harmless(code): _rule(code) for code in codes},
        "findings": [_finding(finding, report) for finding in report.findings],
        "images": list(image_lines(report)),
        "remarks": [harmless(remark) for remark in report.remarks],
    }


def _rule(code: str) -> dict[str, str]:
    rule = RULES.get(code)
    return {"text": f"{rule.summary}.", "help": rule.help, "page": rule_page(code)} if rule else {}


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    return {
        "code": harmless(finding.code),
        "slug": harmless(finding.slug),
        "severity": finding.severity,
        "message": harmless(told(finding)),
        "hint": harmless(finding.hint),
        "standing": harmless(standing(finding)),
        "at": harmless(str(place_of(finding, report))),
        "places": [_place(place) for place in finding.locations],
        "importers": [_importer(each) for each in finding.imported_by],
        "items": [_item(item) for item in finding.items],
    }


def _importer(importer: Importer) -> list[Any]:
    return [harmless(str(importer.place)), importer.context, [harmless(module) for module in importer.chain]]


def _item(item: ReportItem) -> dict[str, Any]:
    verdicts = {verdict.gate: verdict for verdict in item.journey}
    found: dict[str, Any] = {"kind": item.kind, "name": harmless(item.name or item.path)}
    if item.path and item.path != item.name:
        found["path"] = harmless(item.path)
    if verdicts:
        known = [verdicts.get(gate) for gate in GATE_ORDER]
        found["marks"] = "".join(MARKS[each.outcome] if each else "-" for each in known)
        found["verdicts"] = [
            [harmless(each.reason), [_place(place) for place in each.locations]] if each else ["", []]
            for each in known
        ]
    return found


def _place(place: Location) -> list[str]:
    return [harmless(str(place)), harmless(place.text.strip())]
