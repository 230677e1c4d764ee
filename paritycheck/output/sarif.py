"""The report as SARIF 2.1.0, within what GitHub code scanning takes."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from typing import Any
from urllib.parse import quote

from paritycheck.model.location import Location
from paritycheck.model.report import BaselineState, Finding, Importer, Report, Rule
from paritycheck.output.looked import judged, looked_at
from paritycheck.output.places import checkout_places, place_of
from paritycheck.output.standing import told
from paritycheck.output.style import harmless
from paritycheck.rules import DOCUMENTATION, RULES, rule_page

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 25_000  # of one run, as GitHub documents it; it shows the gravest 5,000
MAX_RELATED = 50
MAX_NAMES = 50
BASELINE_STATES: dict[BaselineState, str] = {"new": "new", "unchanged": "unchanged", "gone": "absent"}
_URGENCY = {"error": "error", "warning": "warning", "note": "recommendation"}


def render_sarif(report: Report) -> str:
    """Return the log: one run, a result for each finding, each with a place in the checkout."""
    findings = [*report.findings, *report.gone][:MAX_RESULTS]
    rules = {finding.code: _rule_of(finding) for finding in findings}
    numbers = {code: number for number, code in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        results.append(_result(finding, numbers[finding.code], seen[finding.fingerprint], report))
    run = {
        "tool": {
            "driver": {
                "name": harmless(report.tool.name),
                "version": harmless(report.tool.version),
                "informationUri": DOCUMENTATION,
                "rules": [_descriptor(rule) for rule in rules.values()],
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {"%SRCROOT%": {"description": _message("The root of the repository.")}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)
        + "\n"
    )


def _rule_of(finding: Finding) -> Rule:
    """Return the finding's rule; a stored report of another version may know more of them."""
    known = RULES.get(finding.code)
    return known or Rule(finding.code, finding.slug, finding.severity, finding.slug, finding.hint)


def _descriptor(rule: Rule) -> dict[str, Any]:
    name = "".join(word.capitalize() for word in harmless(rule.slug).split("-"))
    page = rule_page(quote(rule.code.encode("utf-8", "replace"), safe=""))
    text = f"{harmless(rule.summary)}. {harmless(rule.help)}"
    return {
        "id": harmless(rule.code),
        "name": name,
        "shortDescription": _message(rule.slug),
        "fullDescription": _message(rule.summary),
        "help": {"text": f"{text} {page}", "markdown": f"{text} [More]({page})"},
        "helpUri": page,
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": ["container", "python"],
            "precision": "high",
            "problem.severity": _URGENCY[rule.severity],
        },
    }


def _invocation(report: Report) -> dict[str, Any]:
    looked = f"looked at {looked_at(report)}; {judged(report)}"
    notes = [{"level": "note", "message": _message(text)} for text in (looked, *report.remarks)]
    notes += [
        {"level": "error", "message": _message(f"{missed.name} could not be checked: {missed.message}")}
        for missed in report.unchecked
    ]
    return {"executionSuccessful": not report.unchecked, "toolExecutionNotifications": notes}


def _result(finding: Finding, rule: int, occurrence: int, report: Report) -> dict[str, Any]:
    place = place_of(finding, report)
    result: dict[str, Any] = {
        "ruleId": harmless(finding.code),
        "ruleIndex": rule,
        "level": finding.severity,
        "message": _message(f"{told(finding)}. {finding.hint}"),
        "locations": [_location(place) | _names(finding)],
        "partialFingerprints": {
            "paritycheckFinding/v1": harmless(f"{finding.fingerprint}:{occurrence}"),
            # The one that GitHub follows an alert by; left to itself it would make one of the line alone.
            "primaryLocationLineHash": harmless(f"{finding.fingerprint}:{occurrence}"),
        },
    }
    related = _related(finding, place)
    if related:
        result["relatedLocations"] = related
    if finding.baseline_state:
        result["baselineState"] = BASELINE_STATES[finding.baseline_state]
    if finding.suppressed_by:
        justification = harmless(finding.suppressed_by)
        result["suppressions"] = [{"kind": "external", "justification": justification}]
    return result


def _related(finding: Finding, place: Location) -> list[dict[str, Any]]:
    importers = {(each.path, each.line): each for each in reversed(finding.imported_by)}
    others = (each for each in checkout_places(finding) if (each.path, each.line) != (place.path, place.line))
    return [
        {
            "id": number,
            **_location(other),
            "message": _message(_role(importers.get((other.path, other.line)), other, finding)),
        }
        for number, other in enumerate(islice(others, MAX_RELATED), 1)
    ]


def _role(importer: Importer | None, place: Location, finding: Finding) -> str:
    if importer is None:
        return "evidence" if place in finding.locations else "lost"
    context = "" if importer.context == "module" else f" ({importer.context})"
    chain = f", reached through {' > '.join(importer.chain)}" if importer.chain else ""
    return f"needed by this{context}{chain}"


def _names(finding: Finding) -> dict[str, Any]:
    # The schema wants no two alike.
    named = dict.fromkeys((harmless(item.name), item.kind) for item in finding.items if item.name)
    if not named:
        return {}
    shown = islice(named, MAX_NAMES)
    return {"logicalLocations": [{"fullyQualifiedName": name, "kind": kind} for name, kind in shown]}


def _location(place: Location) -> dict[str, Any]:
    uri = quote(place.path.encode("utf-8", "backslashreplace"), safe="/")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    region: dict[str, Any] = {"startLine": max(place.line, 1)}
    if place.text:
        region["snippet"] = _message(place.text)
    return {"physicalLocation": {**physical, "region": region}}


def _message(text: str) -> dict[str, str]:
    # "[words](1)" would be read as a link.
    return {"text": harmless(text).replace("](", "] (")}
