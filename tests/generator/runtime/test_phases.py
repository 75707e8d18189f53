"""A replica's phase must follow the log of SGLang 0.5.23 while it starts, and its health once it serves."""

from __future__ import annotations

from typing import Any

import pytest

from generator.runtime.phases import replica_phase, service_phase, task_phase
from tests.generator.runtime.situations import running

BEGIN = "[2026-11-20 21:00:00] server_args=ServerArgs(model_path='/models/m', tokenizer_path='/models/m')"
LOADING = "[2026-11-20 21:00:07] Load weight begin. avail mem=78.58 GB"
SHARDS = "Loading safetensors checkpoint shards:  50% Completed | 2/4 [00:01<00:01,  1.33it/s]"
LOADED = "[2026-11-20 21:00:31] Load weight end. elapsed=23.41 s, type=LlamaForCausalLM, avail mem=63.52 GB"
KERNELS = "Entering DeepGEMM JIT Pre-Compile session. It may take a long time (typically 10-20 mins)"
CAPTURE = "[2026-11-20 21:00:33] Capture target decode CUDA graph begin. This can take up to several minutes."
BATCHES = "Capturing batches (bs=128 avail_mem=60.02 GB):  43%|####3     | 10/23 [00:03<00:03,  3.60it/s]"
CAPTURED = "[2026-11-20 21:00:40] Capture target decode CUDA graph end. elapsed=6.91 s, bs=[1, 2, 4]"
FIRED_UP = "[2026-11-20 21:00:44] The server is fired up and ready to roll!"
RUN = [BEGIN, LOADING, SHARDS, LOADED, KERNELS, CAPTURE, BATCHES, CAPTURED, FIRED_UP]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (BEGIN, "starting"),
        (LOADING, "loading weights"),
        (SHARDS, "loading weights (2 of 4 shards)"),
        (LOADED, "allocating memory"),
        (KERNELS, "compiling kernels"),
        (CAPTURE, "capturing graphs"),
        (BATCHES, "capturing graphs (10 of 23 graphs)"),
        (CAPTURED, "warming up"),
        (FIRED_UP, "warming up"),
    ],
)
def test_the_last_line_that_tells_something_is_the_phase(last: str, expected: str) -> None:
    log = "\n".join([*RUN[: RUN.index(last) + 1], "[2026-11-20 21:00:45] something else"])
    assert str(replica_phase(running("replica-0", health="starting"), tail=log)) == expected


def test_progress_bars_that_overwrite_themselves_are_read_too() -> None:
    tail = "\r".join([BATCHES, BATCHES.replace("10/23", "20/23")])
    assert (
        str(replica_phase(running("r", health="starting"), tail=tail)) == "capturing graphs (20 of 23 graphs)"
    )


def test_a_restart_begins_again_although_the_log_goes_on() -> None:
    tail = "\n".join([*RUN, BEGIN])
    assert str(replica_phase(running("r", health="starting"), tail=tail)) == "starting"


def test_a_loading_replica_is_not_called_unhealthy_because_its_port_is_closed() -> None:
    assert str(replica_phase(running("r", health="unhealthy"), tail=LOADING)) == "loading weights"
    assert str(replica_phase(running("r", health="unhealthy"), tail=FIRED_UP)) == "unhealthy"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"health": "healthy"}, "ready"),
        ({"health": "none"}, "ready"),
        ({"health": "starting"}, "starting"),
        ({"state": "restarting", "exit_code": 1, "restarts": 2}, "restarting (exit 1, 2 restarts)"),
        ({"state": "exited", "exit_code": 137}, "failed (exit 137)"),
        ({"state": "dead", "exit_code": None}, "failed (ended by a signal)"),
        ({"state": "created"}, "waiting"),
        ({"state": "created", "reason": "no such device"}, "failed (no such device)"),
        ({"state": "paused"}, "paused"),
    ],
)
def test_any_service_is_at_what_its_state_says(changes: dict[str, Any], expected: str) -> None:
    assert str(service_phase(running("edge", **changes))) == expected


def test_what_is_not_there_yet_is_waiting() -> None:
    assert str(service_phase(None)) == str(replica_phase(None, tail="")) == "waiting"


@pytest.mark.parametrize(
    ("changes", "tail", "expected"),
    [
        ({}, "Fetching 14 files:  21%|##1       | 3/14 [00:10<00:40]", "downloading (21 %)"),
        ({}, "", "downloading"),
        ({"state": "exited", "exit_code": 0}, "", "done"),
        ({"state": "exited", "exit_code": 1}, "", "failed (exit 1)"),
    ],
)
def test_a_task_is_done_when_it_ended_well(changes: dict[str, Any], tail: str, expected: str) -> None:
    assert str(task_phase(running("prefetch", **changes), tail=tail)) == expected
