"""The engine's Prometheus series: names, labels and buckets as recorded from SGLang 0.5.23.

Counts are kept in plain objects and become families at a scrape: a client library's counters would cost
more for each token than everything else that a token needs.
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from simulator.disaggregation import Role
from simulator.metrics.api import ApiSeries
from simulator.metrics.labels import Labels
from simulator.metrics.scheduler import SchedulerSeries
from simulator.scheduler import Scheduler
from simulator.timing import Machine


class Metrics:
    """All series of one server; `api` is told what happens, the scheduler's are read at each scrape."""

    def __init__(
        self, scheduler: Scheduler, *, machine: Machine, model: str, role: Role, now: Callable[[], float]
    ) -> None:
        labels = Labels(model, role)
        self.api = ApiSeries(labels=labels, token_gaps=scheduler.ledger.token_gaps)
        self._registry = CollectorRegistry()
        self._registry.register(SchedulerSeries(scheduler, machine=machine, labels=labels, now=now))
        self._registry.register(self.api)

    def exposition(self) -> bytes:
        """Text format 0.0.4."""
        return generate_latest(self._registry)
