"""Open files: enough for the edge's connections, and for supervisord to start at all."""

from __future__ import annotations

import resource

import pytest

from generator.doctor.limits import SUPERVISOR_NEEDS, check_limits, judge
from generator.render import render
from tests.generator.doctor.subjects import DOCKER_HOST, PLAIN_HOST, subject


@pytest.mark.parametrize(
    ("hard", "status"), [(1024, "fail"), (4096, "warn"), (8192, "ok"), (resource.RLIM_INFINITY, "ok")]
)
def test_the_hard_limit_is_judged_by_the_connections(hard: int, status: str) -> None:
    assert judge(hard, connections=4096).status == status


def test_only_processes_live_with_the_shells_limit() -> None:
    assert len(list(check_limits(subject(PLAIN_HOST)))) == 1
    assert list(check_limits(subject(DOCKER_HOST))) == []


def test_what_supervisord_needs_is_what_its_file_asks_for() -> None:
    rendered = render(subject(PLAIN_HOST).plan)["host/supervisord.conf"]
    assert f"minfds = {SUPERVISOR_NEEDS}\n" in rendered
