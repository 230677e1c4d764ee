"""The report as JUnit XML, as Jenkins, GitLab and the rest show test results.

The elements and attributes are those of the schema of Jenkins' xUnit plugin, the strictest in use.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from paritycheck.model.report import CheckedImage, Finding, Report, UncheckedImage
from paritycheck.output.looked import judged, looked_at, verdict
from paritycheck.output.places import place_of
from paritycheck.output.standing import standing
from paritycheck.output.style import harmless


def render_junit(report: Report) -> str:
    """Return a test case for each finding and one for the comparison; a suite for each of several images.

    Errors are failures; what does not break the container, or does not count, is a skipped test. An image
    that could not be checked is an error.
    """
    names = {image.name for image in report.images}
    rest = [finding for finding in report.findings if finding.image not in names]
    suites = []
    if rest or not names:
        suites.append(_suite(f"{report.container.kind} {report.container.reference}", report, rest, report))
    for image in report.images:
        own = [finding for finding in report.findings if finding.image == image.name]
        suites.append(_suite(image.name, image, own, report))
    suites += [_unchecked(missed) for missed in report.unchecked]
    totals = {
        name: str(sum(int(suite.get(name, "0")) for suite in suites))
        for name in ("tests", "failures", "errors")
    }
    root = Xml.Element("testsuites", {"name": harmless(report.tool.name), **totals})
    root.extend(suites)
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _suite(name: str, side: Report | CheckedImage, findings: list[Finding], report: Report) -> Xml.Element:
    failures = sum(_fails(finding) for finding in findings)
    suite = Xml.Element(
        "testsuite",
        {
            "name": harmless(name),
            "tests": str(len(findings) + 1),
            "failures": str(failures),
            "errors": "0",
            "skipped": str(len(findings) - failures),
        },
    )
    compared = Xml.SubElement(suite, "testcase", {"classname": "paritycheck", "name": "compared"})
    said = [f"{verdict(side)}; looked at {looked_at(side)}; {judged(side)}"]
    said += [f"unknown: {harmless(remark)}" for remark in side.remarks]
    Xml.SubElement(compared, "system-out").text = "\n".join(said)
    suite.extend(_case(finding, report) for finding in findings)
    return suite


def _unchecked(missed: UncheckedImage) -> Xml.Element:
    counts = {"tests": "1", "failures": "0", "errors": "1", "skipped": "0"}
    suite = Xml.Element("testsuite", {"name": harmless(missed.name), **counts})
    case = Xml.SubElement(suite, "testcase", {"classname": "paritycheck", "name": "compared"})
    error = Xml.SubElement(case, "error", {"type": "not checked", "message": harmless(missed.message)})
    error.text = harmless(missed.hint)
    return suite


def _fails(finding: Finding) -> bool:
    return finding.severity == "error" and finding.counts


def _case(finding: Finding, report: Report) -> Xml.Element:
    message = harmless(finding.message)
    rule = harmless(f"{finding.code} {finding.slug}")
    case = Xml.Element("testcase", {"classname": f"paritycheck.{harmless(finding.code)}", "name": message})
    if _fails(finding):
        Xml.SubElement(case, "failure", {"type": rule, "message": message}).text = _details(finding, report)
        return case
    why = standing(finding) or finding.severity
    Xml.SubElement(case, "skipped", {"type": rule, "message": harmless(why)}).text = _details(finding, report)
    return case


def _details(finding: Finding, report: Report) -> str:
    lines = [f"{place_of(finding, report)}: {finding.code} {finding.slug}", f"do: {finding.hint}"]
    lines += [f"at: {place}  {place.text.strip()}".rstrip() for place in finding.locations]
    lines += [f"needed by: {each.place} ({each.context})" for each in finding.imported_by]
    lines += [f"{item.kind}: {item.name or item.path}" for item in finding.items]
    return "\n".join(harmless(line) for line in lines)
