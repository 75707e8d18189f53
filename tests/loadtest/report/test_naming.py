"""Names of earlier runs on a chart."""

from __future__ import annotations

from loadtest.report.naming import short_names


def test_a_runs_folder_is_named_by_its_moment() -> None:
    assert short_names(["20261121T080922Z-chat", "before-the-change"]) == (
        "21 Nov 08:09",
        "before-the-change",
    )


def test_names_that_would_be_the_same_stay_whole() -> None:
    names = ("20261121T080901Z-chat", "20261121T080959Z-chat")
    assert short_names(names) == names
