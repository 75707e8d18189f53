"""How busy the running replicas are, as their schedulers say themselves.

`GET /v1/loads` of SGLang 0.5.21 and later (srt/entrypoints/v1_loads.py) is read from the scheduler at once; the gauges
of `/metrics` are only as new as the last batch that was logged. One entry for each data-parallel rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import httpx

from generator.errors import DeadlineError
from generator.plan.model import Replica
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

PATH = "/v1/loads?include=core"
_PATIENCE = 2.0


@dataclass(frozen=True)
class Load:
    """Requests: `running` in a batch, `waiting` in a queue. `silent` are the replicas that did not answer."""

    running: int
    waiting: int
    silent: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """All that the replicas have."""
        return self.running + self.waiting


def read_load(replicas: Sequence[Replica]) -> Load:
    """The sum over the replicas that answer within two seconds."""
    with ThreadPoolExecutor(max_workers=max(1, len(replicas))) as pool:
        found = list(pool.map(_ask, replicas))
    known = [each for each in found if each]
    silent = tuple(replica.name for replica, each in zip(replicas, found, strict=True) if not each)
    return Load(sum(each[0] for each in known), sum(each[1] for each in known), silent)


def until_idle(replicas: Sequence[Replica], *, seconds: float, clock: Clock = SYSTEM_CLOCK) -> None:
    """Until they have no request, at most so long: the edge sends them nothing any more. The engine itself also drains
    when it is told to end, so nothing is lost where this waits in vain."""
    if not replicas:
        return
    deadline = Deadline(seconds, "requests are still open")
    with suppress(DeadlineError):
        until(lambda: None if read_load(replicas).open else True, deadline=deadline, clock=clock)


def _ask(replica: Replica) -> tuple[int, int] | None:
    """(running, waiting); None without an answer, or with one that is none of these."""
    url = f"http://{replica.address}:{replica.port}{PATH}"
    try:
        reply = httpx.get(url, timeout=_PATIENCE, trust_env=False).raise_for_status()
        ranks = reply.json()["loads"]
        return (
            sum(int(rank["num_running_reqs"]) for rank in ranks),
            sum(int(rank["num_waiting_reqs"]) for rank in ranks),
        )
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
