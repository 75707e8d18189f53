"""From "started" to "serves": what each service is at, when all is well, and when there is no hope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.errors import DeadlineError
from generator.plan.model import DeploymentPlan
from generator.runtime.contract import Runtime
from generator.runtime.failure import late_error, start_error
from generator.runtime.observed import Observed, ServiceState
from generator.runtime.phases import SETTLED, Phase, parked_phase, replica_phase, service_phase, task_phase
from generator.runtime.ports import servers
from generator.runtime.progress import Progress
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

TAIL = 300
"""Log lines of a replica that are looked at for its phase."""
CRASH_LOOP = 3
"""So many ends within one wait, and the service will not come up by itself."""
SLOWEST_DOWNLOAD = 10_000_000
"""Bytes per second below which a download is given up: 80 Mbit/s."""

Phases = Mapping[str, Phase]


def service_names(plan: DeploymentPlan) -> tuple[str, ...]:
    """All services in the order in which an operator wants to read them."""
    grafana = (plan.grafana.name,) if plan.grafana else ()
    prefetch = (plan.prefetch.name,) if plan.prefetch else ()
    inner = tuple(server.name for server in servers(plan))
    front = (plan.edge.name, plan.prometheus.name) if plan.leads else ()
    return (*prefetch, *inner, *front, *grafana, *(service.name for service in plan.onlookers))


def phases(plan: DeploymentPlan, runtime: Runtime, *, observed: Observed) -> dict[str, Phase]:
    """What every service is at now. Logs are read only of those that are on their way."""
    replicas = {replica.name for replica in plan.replicas}
    found = {}
    for name in service_names(plan):
        state = observed.service(name)
        tail = runtime.tail(name, lines=TAIL, span="run") if _on_its_way(state) else ""
        if name in plan.parked:
            found[name] = parked_phase(state)
        elif plan.prefetch and name == plan.prefetch.name:
            found[name] = task_phase(state, tail=tail)
        else:
            found[name] = replica_phase(state, tail=tail) if name in replicas else service_phase(state)
    return found


def _on_its_way(state: ServiceState | None) -> bool:
    return state is not None and state.state == "running" and state.health != "healthy"


@dataclass
class Watch:
    """One wait over a deployment that is starting."""

    plan: DeploymentPlan
    runtime: Runtime
    progress: Progress
    clock: Clock = SYSTEM_CLOCK
    serving: bool = False
    """Whether it serves, and that was said."""

    def __post_init__(self) -> None:
        self._at_first: dict[str, int] = {}
        self._last: Phases = {}

    def until_fetched(self) -> None:
        """Until the weights are there. Raises StartError or DeadlineError."""
        prefetch = self.plan.prefetch
        if prefetch is None:
            return
        seconds = self.plan.startup_deadline + self.plan.model.bytes / SLOWEST_DOWNLOAD
        hint = "the next `make up` continues the download where it stopped"
        deadline = Deadline(round(seconds), f"{prefetch.name} is not done", hint=hint)
        self._wait(deadline, settled=lambda found: found[prefetch.name].name == "done")

    def until_ready(self) -> None:
        """Until every service is. Raises StartError for one that fails, DeadlineError when time is up."""
        hint = (
            "see `sglbox logs`; where the model simply needs longer, raise startup_timeout in deployment.yaml"
        )
        deadline = Deadline(self.plan.startup_deadline, f"{self.plan.project} is not ready", hint=hint)
        self._wait(deadline, settled=lambda found: all(phase.name in SETTLED for phase in found.values()))

    def _wait(self, deadline: Deadline, *, settled: Callable[[Phases], bool]) -> None:
        """A missed deadline shows the log of the first service that is not there yet."""
        try:
            until(lambda: self._poll(settled), deadline=deadline, status=self._unsettled, clock=self.clock)
        except DeadlineError as error:
            late = next(name for name, phase in self._last.items() if phase.name not in SETTLED)
            raise late_error(error, log=self._log(late), service=late) from error

    def _poll(self, settled: Callable[[Phases], bool]) -> bool | None:
        observed = self.runtime.observe()
        self._last = phases(self.plan, self.runtime, observed=observed)
        self.progress.show(self._last)
        self._say_when_serving()
        for name, phase in self._last.items():
            self._give_up(name, phase, state=observed.service(name))
        return True if settled(self._last) else None

    def _give_up(self, name: str, phase: Phase, *, state: ServiceState | None) -> None:
        """Raises StartError for a service that failed, or that ends again and again."""
        restarts = state.restarts if state else 0
        ends = restarts - self._at_first.setdefault(name, restarts)
        if phase.name != "failed" and ends < CRASH_LOOP:
            return
        what = f"{name} failed: {phase.detail}" if phase.name == "failed" else f"{name} ended {ends} times"
        log = self._log(name)
        reason = state.reason if state else ""
        raise start_error(what, log=log or reason, exit_code=state.exit_code if state else None)

    def _say_when_serving(self) -> None:
        if not self.plan.leads:
            return
        ready = sum(self._last[replica.name].name == "ready" for replica in self.plan.awake)
        leads = {self.plan.edge.name, *(router.name for router in self.plan.routers)}
        led = all(self._last[name].name == "ready" for name in leads)
        if ready and led and not self.serving:
            self.serving = True
            of = f"{ready} of {len(self.plan.awake)} replicas"
            self.progress.note(f"serving at {self.plan.edge.url} with {of} ready")

    def _log(self, name: str) -> str:
        return self.runtime.tail(name, lines=TAIL, span="life")

    def _unsettled(self) -> str:
        waiting = [f"{name} {phase}" for name, phase in self._last.items() if phase.name not in SETTLED]
        return "; ".join(waiting)
