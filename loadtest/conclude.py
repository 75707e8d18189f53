"""From a folder of raw records to everything that is derived: summary, verdict, reports.

requests.jsonl + run.json -> summary.json, report.html, report.md, junit.xml
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.cost import Price, cost
from loadtest.derive.summary import SUMMARY_FILE, Summary, summarise, summary_from_json, summary_json
from loadtest.record import RecordError, load_run
from loadtest.report.junit import render_junit
from loadtest.report.markdown import render_markdown
from loadtest.report.page import render_page
from loadtest.slo.model import UNJUDGED, Slo
from loadtest.verdict import Verdict, judge

PAGE_FILE: Final = "report.html"
MARKDOWN_FILE: Final = "report.md"
JUNIT_FILE: Final = "junit.xml"


@dataclass(frozen=True)
class Conclusion:
    """What a run came to, and where its report lies."""

    summary: Summary
    verdict: Verdict
    page: Path


def conclude(
    folder: Path, *, slo: Slo = UNJUDGED, price: Price | None = None, earlier: Sequence[Path] = ()
) -> Conclusion:
    """Derive, judge and write; `earlier` are folders of runs to compare with.

    Can be repeated at any time with another SLO or price. Raises RecordError and OSError.
    """
    run, records = load_run(folder)
    summary = summarise(run, records=records, limits=slo.limits())
    verdict = judge(summary, slo=slo)
    past = {path.name: load_summary(path) for path in earlier}
    cost_of_run = cost(summary.rates, price=price) if price else None
    page = render_page(summary, verdict=verdict, past=past, cost=cost_of_run)
    text = render_markdown(summary, verdict=verdict, past=past, cost=cost_of_run)
    _write(folder / SUMMARY_FILE, summary_json(summary))
    _write(folder / MARKDOWN_FILE, text)
    _write(folder / JUNIT_FILE, render_junit(summary, verdict=verdict))
    _write(folder / PAGE_FILE, page)
    return Conclusion(summary=summary, verdict=verdict, page=folder / PAGE_FILE)


def load_summary(folder: Path) -> Summary:
    """The summary of an earlier run. Raises RecordError when it has none that this kit reads."""
    path = folder / SUMMARY_FILE
    try:
        return summary_from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; `python -m loadtest report {folder}` derives it") from None


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
