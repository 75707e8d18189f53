"""supervisord's words must become the snapshot's: its restarts, its exit codes, its own complaints."""

from __future__ import annotations

from typing import Any

import pytest

from generator.runtime.host_state import program_state, restarts_of
from generator.runtime.observed import ServiceState

LOG = """\
2026-11-20 21:00:00,000 INFO supervisord started with pid 10
2026-11-20 21:00:01,000 WARN exited: replica-0 (exit status 1; not expected)
2026-11-20 21:05:00,000 INFO supervisord started with pid 20
2026-11-20 21:05:00,500 WARN exited: replica-0 (exit status 1; not expected)
2026-11-20 21:05:00,800 INFO stopped: replica-0 (exit status 0)
2026-11-20 21:05:01,000 WARN exited: replica-0 (terminated by SIGKILL; not expected)
2026-11-20 21:05:02,000 INFO exited: replica-0 (exit status 0; expected)
2026-11-20 21:05:03,000 INFO exited: replica-01 (exit status 0; expected)
2026-11-20 21:05:04,000 INFO stopped: replica-01 (exit status 0)
"""


def info(**changes: Any) -> dict[str, Any]:
    return {"name": "edge", "statename": "RUNNING", "exitstatus": 0, "spawnerr": "", "start": 0, **changes}


def state(**changes: Any) -> ServiceState:
    return program_state(info(**changes), health="healthy", digest="d", restarts=0)


def test_only_ends_that_nobody_asked_for_count_and_only_since_it_was_made() -> None:
    assert restarts_of("replica-0", log=LOG) == 2


def test_a_running_program_tells_its_health_and_since_when() -> None:
    found = state(start=1_700_000_000)
    assert (found.state, found.health, found.since) == ("running", "healthy", "2023-11-14T22:13:20Z")
    assert found.exit_code is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"statename": "FATAL", "exitstatus": 2}, ("dead", 2, "")),
        ({"statename": "BACKOFF", "exitstatus": -1}, ("restarting", None, "")),
        ({"statename": "EXITED", "exitstatus": 1}, ("restarting", 1, "")),
        ({"statename": "STOPPED"}, ("exited", 0, "")),
        ({"statename": "FATAL", "spawnerr": "can't find command 'x'"}, ("dead", 0, "can't find command 'x'")),
        ({"statename": "FATAL", "spawnerr": "Exited too quickly (see log)"}, ("dead", 0, "")),
    ],
)
def test_a_program_that_does_not_run_tells_how_it_ended(changes: Any, expected: Any) -> None:
    found = state(**changes)
    assert (found.state, found.exit_code, found.reason) == expected
    assert found.health == "none"
