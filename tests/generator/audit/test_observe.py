"""Load tests count for the plan they were made against; what is not there is not asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.audit.observe import look, reports_of
from loadtest.record import RunRecord
from loadtest.run.target import digest_of
from tests.generator.audit.subjects import subject
from tests.loadtest.made_runs import RUN

PLAN = '{"project": "mine"}'
OF_IT = replace(RUN, plan_digest=digest_of(PLAN))


def written(build: Path, *runs: RunRecord) -> Path:
    """The build folder with these runs in it."""
    for number, run in enumerate(runs):
        folder = build / "loadtest" / f"sweep/{number}"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(run.to_json())
    return build


def test_runs_of_this_plan_are_found_also_in_sweeps(tmp_path: Path) -> None:
    (report,) = reports_of(PLAN, build=written(tmp_path, OF_IT, RUN))
    assert (report.scenario, report.doubt) == ("chat", "")
    assert report.folder == str(tmp_path / "loadtest/sweep/0")


@pytest.mark.parametrize(
    ("run", "doubt"),
    [
        (replace(OF_IT, ended="interrupted"), "chat was interrupted"),
        (replace(OF_IT, generator=replace(RUN.generator, valid="no")), "chat did not keep its schedule"),
    ],
)
def test_a_run_that_proves_nothing_is_doubted(tmp_path: Path, run: RunRecord, doubt: str) -> None:
    (report,) = reports_of(PLAN, build=written(tmp_path, run))
    assert report.doubt == doubt


def test_what_is_no_record_is_passed_over(tmp_path: Path) -> None:
    (written(tmp_path, OF_IT) / "loadtest/sweep/0/run.json").write_text("{")
    assert reports_of(PLAN, build=tmp_path) == ()
    assert reports_of(PLAN, build=tmp_path / "none") == ()


def test_without_a_tree_of_this_plan_nothing_is_looked_at(tmp_path: Path) -> None:
    plan = subject().plan
    assert look(plan, text=PLAN, directory=tmp_path) == "nothing runs"
    (tmp_path / "plan.json").write_text("{}")
    assert look(plan, text=PLAN, directory=tmp_path) == "what is rendered is of an earlier plan"
