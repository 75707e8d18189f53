"""Better, worse, or the same as runs differ anyway."""

from __future__ import annotations

from loadtest.comparison import Row, compare
from loadtest.derive.summary import Summary, summarise
from tests.loadtest.made_runs import RUN, busy_run, failure, streamed


def run_of(ttft_ms: float, *, failures: int = 0) -> Summary:
    """A run of which every request has that TTFT."""
    records = [streamed(sent=float(one), gaps=(round(ttft_ms * 1000), 20_000)) for one in range(20)]
    records += [failure(sent=1.0, error="5xx")] * failures
    return summarise(RUN, records=tuple(records), limits={})


def row(rows: tuple[Row, ...], name: str) -> Row:
    """The row of a figure."""
    return next(one for one in rows if one.figure.name == name)


def test_a_single_earlier_run_allows_five_per_cent() -> None:
    before = (run_of(100),)
    directions = [row(compare(run_of(now), before=before), "TTFT median").direction for now in (104, 106, 94)]
    assert directions == ["same", "worse", "better"]


def test_several_earlier_runs_say_how_much_runs_differ() -> None:
    before = tuple(run_of(ttft) for ttft in (100, 110, 90, 105, 95))
    found = row(compare(run_of(120), before=before), "TTFT median")
    # Student's t for four degrees of freedom x standard deviation x sqrt(1 + 1 / 5).
    assert found.margin is not None
    assert abs(found.margin - 2.776 * 7.9057 * 1.0954) < 0.01
    assert found.direction == "same"
    assert row(compare(run_of(130), before=before), "TTFT median").direction == "worse"


def test_more_throughput_is_better_and_more_errors_are_worse() -> None:
    _, records = busy_run(duration=20, slow=0.5)
    fast = summarise(RUN, records=records, limits={})
    rows = compare(fast, before=(run_of(100),))
    assert row(rows, "Output throughput").direction == "better"
    assert (
        row(compare(run_of(100, failures=2), before=(run_of(100, failures=1),)), "Errors").direction
        == "worse"
    )


def test_what_neither_run_measured_is_left_out() -> None:
    names = {one.figure.name for one in compare(run_of(100), before=(run_of(100),))}
    assert "Goodput" not in names
    assert "Cached tokens" in names
