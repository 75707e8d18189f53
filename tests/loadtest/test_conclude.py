"""From a folder of raw records to reports that open anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from loadtest.conclude import Conclusion, conclude
from loadtest.cost import Price
from loadtest.derive.summary import summary_from_json
from loadtest.record import RecordError, RequestRecord, RunRecord
from loadtest.slo.loading import load_slo
from tests.loadtest.made_runs import RUN, busy_run, failure

VOID = {"meta", "line", "rect", "circle", "path", "br"}
MOST_BYTES = 3 * 1024 * 1024

Folder = Callable[..., Path]


class Page(HTMLParser):
    """Reads a page: its words, what it loads, and whether its tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what would be fetched."""
        if tag not in VOID:
            self.open.append(tag)
        self.loads += [value or "" for name, value in attributes if name in {"src", "href", "srcset", "data"}]

    def handle_endtag(self, tag: str) -> None:
        """Tags must close in order."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """What is read."""
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words.append(data)


def written(path: Path, run: RunRecord, records: tuple[RequestRecord, ...]) -> Path:
    """A folder with those raw records."""
    path.mkdir()
    (path / "run.json").write_text(run.to_json())
    (path / "requests.jsonl").write_text("".join(record.to_line() + "\n" for record in records))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes run folders."""
    return lambda name, run, records: written(tmp_path / name, run, records)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All that is read on the page of a run that is compared and priced."""
    base = tmp_path_factory.mktemp("page")
    earlier, path = (written(base / name, *busy_run(duration=20)) for name in ("earlier", "run"))
    concluded(earlier)
    page = concluded(path, earlier=(earlier,), price=Price(9.8)).page
    return re.sub(r"\s+", " ", " ".join(Page(page.read_text()).words))


def concluded(path: Path, **more: object) -> Conclusion:
    """The conclusion of a folder by the chat SLO."""
    return conclude(path, slo=load_slo("chat"), **more)


def test_all_files_are_written_and_agree(folder: Folder) -> None:
    path = folder("run", *busy_run(duration=20, slow=3))
    conclusion = concluded(path)
    assert {file.name for file in path.iterdir()} == {
        "run.json",
        "requests.jsonl",
        "summary.json",
        "report.html",
        "report.md",
        "junit.xml",
    }
    assert summary_from_json((path / "summary.json").read_text()) == conclusion.summary
    assert conclusion.verdict.status == "fail"
    for breach in conclusion.verdict.breaches:
        assert str(breach) in (path / "report.md").read_text()
        assert str(breach) in " ".join(Page((path / "report.html").read_text()).words)


def test_the_page_is_whole_small_and_needs_no_network(folder: Folder) -> None:
    run, records = busy_run(rate=60, duration=60, replicas=4)
    path = folder("run", run, records)
    earlier = folder("earlier", *busy_run(duration=20))
    concluded(earlier)
    concluded(path, earlier=(earlier,), price=Price(9.8))
    text = (path / "report.html").read_text()
    page = Page(text)
    assert page.open == []
    assert page.loads == []
    assert not re.search(r"@import|url\(|fetch\(|XMLHttp|<link|<img|<iframe", text)
    assert len(text.encode()) < MOST_BYTES


def test_the_verdict_comes_first(folder: Folder) -> None:
    path = folder("run", *busy_run(duration=20, slow=3))
    concluded(path)
    words = [word.strip() for word in Page((path / "report.html").read_text()).words if word.strip()]
    assert words.index("Misses the chat SLO") < words.index("Time to first token") < words.index("Over time")


@pytest.mark.parametrize(
    "wanted",
    [
        "Time to first token",
        "Gap between tokens",
        "Whole answer",
        "Output throughput",
        "Requests in flight",
        "Cached prompt tokens",
        "sglang-3",
        "queue is full",
        "$9.80 per hour",
        "Compared with earlier",
        "arrivals.rate",
        "simulator 0.1.0",
        "5f1c0e9a",
        "ITL, all gaps",
    ],
)
def test_a_reader_finds(words: str, wanted: str) -> None:
    assert wanted in words


def test_what_a_server_says_is_shown_not_run(folder: Folder) -> None:
    evil = '<script>alert("x")</script> | ]]>'
    records = (failure(sent=0.0, error="5xx", status=500, detail=evil, replica="<b>bold</b>"),)
    path = folder("run", replace(RUN, model="<i>m</i>"), records)
    concluded(path)
    text = (path / "report.html").read_text()
    assert evil in " ".join(Page(text).words)
    assert text.count("<script>") == 1
    assert "<b>bold" not in text
    assert "<i>m" not in text
    assert "\\|" in (path / "report.md").read_text()


def test_junit_has_a_case_for_each_objective(folder: Folder) -> None:
    path = folder("run", *busy_run(duration=20, slow=3))
    conclusion = concluded(path)
    suite = ET.parse(path / "junit.xml").getroot()  # noqa: S314 - our own
    assert [case.get("name") for case in suite.iter("testcase")] == [
        "The run is valid",
        *(check.name for check in conclusion.verdict.checks),
    ]
    assert (
        len(list(suite.iter("failure"))) == len(conclusion.verdict.breaches) == int(suite.get("failures", ""))
    )


def test_a_run_that_measured_nothing_has_a_report_that_says_so(folder: Folder) -> None:
    path = folder("run", RUN, ())
    conclusion = concluded(path)
    assert conclusion.verdict.exit_code == 3
    assert "This run is not valid" in (path / "report.html").read_text()
    assert "No request was measured" in (path / "report.md").read_text()
    suite = ET.parse(path / "junit.xml").getroot()  # noqa: S314 - our own
    assert suite.get("errors") == "1"


def test_a_report_can_be_made_again_with_another_slo(folder: Folder) -> None:
    path = folder("run", *busy_run(duration=20, slow=3))
    assert concluded(path).verdict.status == "fail"
    assert conclude(path, slo=load_slo("content")).verdict.slo == "content"
    assert "content SLO" in (path / "report.html").read_text()


def test_an_earlier_run_without_a_summary_says_how_to_get_it(folder: Folder) -> None:
    earlier, path = folder("earlier", *busy_run(duration=8)), folder("run", *busy_run(duration=8))
    with pytest.raises(RecordError, match=r"earlier/summary.json is missing; `python -m loadtest report"):
        concluded(path, earlier=(earlier,))


def test_compared_runs_say_what_else_was_different(folder: Folder) -> None:
    run, records = busy_run(duration=20)
    paths = [
        folder(name, replace(run, deployment={"flags": flags, "engine": "sglang"}), records)
        for name, flags in (("earlier", "--tp-size 1"), ("now", "--tp-size 4"), ("again", "--tp-size 4"))
    ]
    for path in paths:
        conclude(path)
    conclude(paths[1], earlier=paths[:1])
    text = (paths[1] / "report.md").read_text()
    assert "| deployment: flags | --tp-size 4 | --tp-size 1 |" in text
    assert "deployment: engine" not in text
    assert "What else was different" in (paths[1] / "report.html").read_text()
    conclude(paths[2], earlier=[paths[1]])
    assert "workload, deployment and versions were the same" in (paths[2] / "report.html").read_text()


def test_the_report_says_what_was_tested_and_what_it_held(folder: Folder) -> None:
    run, records = busy_run(duration=60)
    deployment = {"engine": "sglang", "replicas": {"sglang-0": "unified; GPU-0"}, "flags": "--tp-size 4"}
    held = {"sglang-0": [(float(at), 2**30 + at * 2**20) for at in range(0, 60, 5)]}
    path = folder("run", replace(run, deployment=deployment, memory=held), records)
    conclude(path)
    page, text = (path / "report.html").read_text(), (path / "report.md").read_text()
    for wanted in ("replicas.sglang-0", "unified; GPU-0", "--tp-size 4"):
        assert wanted in page
        assert wanted in text
    assert "Memory " in Page(page).words
    assert "most: sglang-0 1.05 GiB" in page
