"""The wait of `up` must end when all serves, at once when there is no hope, and always say why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.errors import DeadlineError, StartError
from generator.runtime.observed import Observed, ServiceState
from generator.runtime.progress import PlainProgress
from generator.runtime.readiness import Watch
from tests.generator.runtime.counting_clock import Counted
from tests.generator.runtime.situations import GPU_HOST, plan_of, running

PLAN = plan_of(
    "checkpoint_path: /models/m\nreplicas: 2\nstartup_timeout: 300\nmonitoring: {grafana: false}",
    facts=GPU_HOST,
)
FETCHING = plan_of(
    "hf_model_handle: a/b\nreplicas: 2\nstartup_timeout: 300\nmonitoring: {grafana: false}", facts=GPU_HOST
)
OTHERS = (running("edge"), running("prometheus"))


class Script:
    """A runtime that shows one snapshot after the other, then the last one for ever."""

    def __init__(self, *snapshots: tuple[ServiceState, ...], log: str = "") -> None:
        self._snapshots = list(snapshots)
        self._log = log

    def observe(self) -> Observed:
        return Observed(self._snapshots.pop(0) if len(self._snapshots) > 1 else self._snapshots[0])

    def tail(self, service: str, *, lines: int, span: str) -> str:  # noqa: ARG002
        return self._log


def watched(runtime: Any, act: Callable[[Watch], None], *, plan: Any = PLAN) -> list[str]:
    said: list[str] = []
    act(Watch(plan, runtime, PlainProgress(said.append), Counted().clock()))
    return said


def test_it_reports_the_first_replica_that_serves_and_waits_for_all() -> None:
    loading = running("replica-1", health="starting")
    script = Script(
        (running("replica-0", health="starting"), loading, *OTHERS),
        (running("replica-0"), loading, *OTHERS),
        (running("replica-0"), running("replica-1"), *OTHERS),
    )
    assert watched(script, Watch.until_ready) == [
        "replica-0: starting",
        "replica-1: starting",
        "replica-0: ready",
        "serving at http://127.0.0.1:8080 with 1 of 2 replicas ready",
        "replica-1: ready",
    ]


def test_what_is_ready_at_once_is_only_summed_up() -> None:
    script = Script((running("replica-0"), running("replica-1"), *OTHERS))
    assert watched(script, Watch.until_ready) == [
        "serving at http://127.0.0.1:8080 with 2 of 2 replicas ready"
    ]


def test_a_service_that_ended_for_good_fails_at_once_with_log_and_cause() -> None:
    dead = running("replica-1", state="exited", exit_code=1)
    script = Script(
        (running("replica-0"), dead, *OTHERS), log="loading\ntorch.OutOfMemoryError: CUDA out of memory"
    )
    with pytest.raises(StartError) as raised:
        watched(script, Watch.until_ready)
    assert raised.value.message.splitlines() == [
        "replica-1 failed: exit 1",
        "cause: GPU memory is exhausted",
        "last lines:",
        "  loading",
        "  torch.OutOfMemoryError: CUDA out of memory",
    ]
    assert "nvidia-smi" in raised.value.hint


def test_a_crash_loop_ends_the_wait_at_the_third_end() -> None:
    def restarted(times: int) -> tuple[ServiceState, ...]:
        return (running("replica-0", health="starting", restarts=times), running("replica-1"), *OTHERS)

    script = Script(*(restarted(times) for times in (5, 6, 7, 8)), log="boom")
    with pytest.raises(StartError, match=r"replica-0 ended 3 times\nlast lines:\n  boom"):
        watched(script, Watch.until_ready)


def test_restarts_from_before_the_wait_do_not_count() -> None:
    restless = running("replica-0", restarts=9)
    watched(Script((restless, running("replica-1"), *OTHERS)), Watch.until_ready)


def test_a_replica_that_never_gets_ready_meets_the_deadline_with_its_last_lines() -> None:
    slow = running("replica-1", health="starting")
    script = Script((running("replica-0"), slow, *OTHERS), log="Load weight begin. avail mem=1 GB")
    with pytest.raises(DeadlineError) as raised:
        watched(script, Watch.until_ready)
    assert raised.value.message.splitlines() == [
        "sglbox is not ready after 300 s; at last: replica-1 loading weights",
        "replica-1:",
        "last lines:",
        "  Load weight begin. avail mem=1 GB",
    ]
    assert "startup_timeout" in raised.value.hint


def test_replicas_wait_until_the_weights_are_fetched() -> None:
    script = Script(
        (running("prefetch", health="none"), *OTHERS),
        (running("prefetch", state="exited", exit_code=0), *OTHERS),
        log="Fetching 9 files:  33%|###3      | 3/9",
    )
    said = watched(script, Watch.until_fetched, plan=FETCHING)
    assert said == [
        "prefetch: downloading (33 %)",
        "replica-0: waiting",
        "replica-1: waiting",
        "prefetch: done",
    ]


def test_a_failed_download_is_told_with_its_cause() -> None:
    failed = running("prefetch", state="exited", exit_code=1)
    script = Script((failed, *OTHERS), log="GatedRepoError: 403 Client Error.")
    with pytest.raises(StartError, match="prefetch failed: exit 1\ncause: the model is gated"):
        watched(script, Watch.until_fetched, plan=FETCHING)


def test_without_a_prefetch_there_is_nothing_to_wait_for() -> None:
    assert watched(Script(()), Watch.until_fetched) == []
