"""The report as JUnit XML, as Jenkins, GitLab and the rest show test results.

The elements and attributes are those of the schema of Jenkins' xUnit plugin, the strictest in use.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from paritycheck.model.report import Finding, Report
from paritycheck.output.looked import judged, looked_at, verdict
from paritycheck.output.places import place_of
from paritycheck.output.style import harmless


def render_junit(report: Report) -> str:
    """Return a test case for each finding and one for the comparison itself.

    Errors are failures; what does not break the container, or is suppressed, is a skipped test.
    """
    failures = sum(_fails(finding) for finding in report.findings)
    counts = {
        "tests": str(len(report.findings) + 1),
        "failures": str(failures),
        "errors": "0",
    }
    root = Xml.Element("testsuites", {"name": harmless(report.tool.name), **counts})
    skipped = str(len(report.findings) - failures)
    name = harmless(f"{report.container.kind} {report.container.reference}")
    suite = Xml.SubElement(root, "testsuite", {"name": name, **counts, "skipped": skipped})
    compared = Xml.SubElement(suite, "testcase", {"classname": "paritycheck", "name": "compared"})
    said = [f"{verdict(report)}; looked at {looked_at(report)}; {judged(report)}"]
    said += [f"unknown: {harmless(remark)}" for remark in report.remarks]
    Xml.SubElement(compared, "system-out").text = "\n".join(said)
    for finding in report.findings:
        suite.append(_case(finding, report))
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _fails(finding: Finding) -> bool:
    return finding.severity == "error" and not finding.suppressed_by


def _case(finding: Finding, report: Report) -> Xml.Element:
    message = harmless(finding.message)
    rule = harmless(f"{finding.code} {finding.slug}")
    case = Xml.Element("testcase", {"classname": f"paritycheck.{harmless(finding.code)}", "name": message})
    if _fails(finding):
        Xml.SubElement(case, "failure", {"type": rule, "message": message}).text = _details(finding, report)
        return case
    why = f"suppressed by {finding.suppressed_by}" if finding.suppressed_by else finding.severity
    Xml.SubElement(case, "skipped", {"type": rule, "message": harmless(why)}).text = _details(finding, report)
    return case


def _details(finding: Finding, report: Report) -> str:
    lines = [f"{place_of(finding, report)}: {finding.code} {finding.slug}", f"do: {finding.hint}"]
    lines += [f"at: {place}  {place.text.strip()}".rstrip() for place in finding.locations]
    lines += [f"needed by: {each.place} ({each.context})" for each in finding.imported_by]
    lines += [f"{item.kind}: {item.name or item.path}" for item in finding.items]
    return "\n".join(harmless(line) for line in lines)
