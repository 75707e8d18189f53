"""The verdict as JUnit XML: one test case per objective, so that a CI system shows each breach."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from loadtest.derive.summary import Summary
from loadtest.report.wording import headline
from loadtest.verdict import Verdict

VALIDITY: Final = "The run is valid"


def render_junit(summary: Summary, *, verdict: Verdict) -> str:
    """The text of junit.xml. An invalid run is an error; a missed objective is a failure."""
    counts = {
        "tests": str(len(verdict.checks) + 1),
        "failures": str(len(verdict.breaches)),
        "errors": str(int(bool(verdict.reasons))),
        "time": f"{summary.wall.duration:.3f}",
    }
    suites = ET.Element("testsuites", counts)
    name = f"loadtest.{summary.run.scenario}"
    suite = ET.SubElement(suites, "testsuite", {"name": name, "timestamp": summary.run.started, **counts})
    valid = ET.SubElement(suite, "testcase", {"classname": name, "name": VALIDITY})
    if verdict.reasons:
        ET.SubElement(valid, "error", {"message": headline(verdict)}).text = "\n".join(verdict.reasons)
    for check in verdict.checks:
        case = ET.SubElement(suite, "testcase", {"classname": name, "name": check.name})
        if not check.met:
            ET.SubElement(case, "failure", {"message": str(check)})
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"
