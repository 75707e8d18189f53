"""SGLang's router between the edge and the replicas: its argv, and settings that suit one box.

Flags are those of sglang-router 0.3.2 (its router_args.py), which smg 1.13.0 has under the same names. What the
comments say of either was tried against stub replicas; docs/topologies.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator import images
from generator.plan.model import HealthCheck, Replica, Router, Timeouts
from generator.planner import engine
from generator.planner.addresses import LOOPBACK, ROUTER, uses_router
from generator.planner.admission import BODY_MIB
from generator.planner.budgets import HEALTH_SECONDS
from generator.planner.decisions import Decisions
from generator.planner.disaggregation import router_arguments
from generator.planner.outline import Outline
from generator.planner.trace_export import router_log_arguments
from generator.spec.model import DeploymentSpec
from generator.spec.router import Program

_MODULES: dict[Program, str] = {
    "sglang-router": "sglang_router.launch_router",
    "smg": "smg.launch_router",
}
_IMAGES: dict[Program, str] = {"sglang-router": images.ROUTER, "smg": images.SMG}
_VENVS: dict[Program, str] = {"sglang-router": "router", "smg": "smg"}

# A replica that is not there by then is forgotten for good, however late it comes: no end, that is a year.
_STARTUP_SECONDS = 365 * 24 * 3600
_STARTUP_INTERVAL = 2
_STOP_MARGIN = 5
_BREAKER_FAILURES = 3
_BREAKER_SECONDS = 10


def check_router(spec: DeploymentSpec, decisions: Decisions) -> None:
    """Refuses what the router can't keep."""
    if uses_router(spec) and spec.router.program == "smg" and spec.retry_sent == "once":
        decisions.refuse(
            "retry_sent",
            "smg has no such setting: with one retry a request may be sent four times",
            "write `never`, or `router: {program: sglang-router}`",
        )


def plan_router(outline: Outline, replicas: Sequence[Replica], decisions: Decisions) -> Router:
    """One, because its knowledge of caches is its own: two would each know half."""
    spec, address = outline.spec.router, outline.where.router
    bind = "0.0.0.0" if outline.contained else address
    if spec.program == "sglang-router":
        why = "sglang-router counts what a client asks wrongly: a few bad requests would close the endpoint for all"
        decisions.choose("router's circuit breaker", "off", why=why)
    return Router(
        name=ROUTER,
        image=(spec.image or _IMAGES[spec.program]) if outline.contained else "",
        address=address,
        port=spec.port,
        argv=(*_launcher(outline), *_arguments(outline, replicas, bind=bind)),
        environment=(),
        mounts=(),
        health=_health(outline),
        ready_url=f"http://{address}:{spec.port}/readiness",
        metrics=f"{address}:{spec.metrics_port}",
        kind="sglang-router",
        max_connections=sum(replica.max_connections for replica in replicas if replica.role != "prefill"),
    )


def router_venvs(outline: Outline) -> tuple[str, ...]:
    """The environment that `setup` has to make: none in containers, or where the operator names an interpreter."""
    spec = outline.spec.router
    return () if outline.contained or spec.python else (_VENVS[spec.program],)


def _launcher(outline: Outline) -> tuple[str, ...]:
    spec = outline.spec.router
    python = own_python(outline, _VENVS[spec.program], spec.python)
    return (python, "-m", _MODULES[spec.program])


def _arguments(outline: Outline, replicas: Sequence[Replica], *, bind: str) -> tuple[str, ...]:
    spec, timeouts = outline.spec.router, outline.timeouts
    return (
        *("--host", bind, "--port", str(spec.port)),
        *_replicas(outline, replicas),
        *("--worker-startup-timeout-secs", str(_STARTUP_SECONDS)),
        *("--worker-startup-check-interval", str(_STARTUP_INTERVAL)),
        *_policy(outline),
        # Policies compare texts: a tokenizer would only be looked for at the hub. sglang-router looks, once, in vain.
        *(("--disable-tokenizer-autoload",) if spec.program == "smg" else ()),
        *_failures(outline),
        *("--request-timeout-secs", str(timeouts.edge_read)),
        *("--shutdown-grace-period-secs", str(drain_seconds(timeouts))),
        *("--max-payload-size", str(BODY_MIB << 20)),
        *("--prometheus-host", bind, "--prometheus-port", str(spec.metrics_port)),
        # Each request is two lines at info, and the edge logs it already.
        *router_log_arguments(outline),
    )


def _replicas(outline: Outline, replicas: Sequence[Replica]) -> tuple[str, ...]:
    if outline.spec.topology == "disaggregated":
        return tuple(router_arguments(outline, tuple(replicas)))
    return ("--worker-urls", *(f"http://{replica.address}:{replica.port}" for replica in replicas))


def _policy(outline: Outline) -> tuple[str, ...]:
    spec = outline.spec.router
    if spec.policy != "cache_aware":
        return ("--policy", spec.policy)
    return (
        *("--policy", spec.policy, "--cache-threshold", f"{spec.cache_threshold:g}"),
        *("--balance-abs-threshold", str(spec.balance_abs_threshold)),
        *("--balance-rel-threshold", f"{spec.balance_rel_threshold:g}"),
    )


def _failures(outline: Outline) -> tuple[str, ...]:
    """What becomes of a request whose replica fails, and when a replica is left out."""
    # `--retry-max-retries` counts attempts. Any retry sends again what a replica may have got.
    retries = ("--disable-retries",) if outline.spec.retry_sent == "never" else ("--retry-max-retries", "2")
    check = ("--health-failure-threshold", "1", "--health-success-threshold", "1")
    if outline.spec.router.program == "smg":
        breaker = ("--cb-failure-threshold", str(_BREAKER_FAILURES))
        wait = ("--cb-timeout-duration-secs", str(_BREAKER_SECONDS))
        # Each replica is checked on its own, so `/health` may take as long as a hung scheduler makes it.
        probe = ("--health-check-endpoint", "/health", "--health-check-interval-secs", "2")
        timeout = ("--health-check-timeout-secs", str(HEALTH_SECONDS))
        return (*retries, *breaker, *wait, *probe, *timeout, *check)
    # All replicas are checked in one round that waits for the slowest: `/ready`, which the engine answers at once.
    probe = ("--health-check-endpoint", "/ready", "--health-check-interval-secs", "1")
    return (*retries, "--disable-circuit-breaker", *probe, "--health-check-timeout-secs", "3", *check)


def drain_seconds(timeouts: Timeouts) -> int:
    """Below the grace period of the service, or it would be killed while streams end."""
    return timeouts.stop_grace - _STOP_MARGIN


def own_python(outline: Outline, venv: str, asked: str | None) -> str:
    """The image's, the one that the operator names, or that of the environment which `setup` makes."""
    own = f"{outline.facts.kit_root}/.venv-{venv}/bin/python"
    return "python3" if outline.contained else asked or own


def front_health(outline: Outline, program: str) -> HealthCheck:
    """Of what stands before the replicas, as a Python program: its images have Python, and no curl."""
    return HealthCheck(
        test=("CMD", "python3", "-c", program),
        interval=5,
        timeout=5,
        retries=3,
        start_period=outline.budget.load,
        start_interval=engine.start_interval(outline.facts),
    )


def _health(outline: Outline) -> HealthCheck:
    """Ready with the first replica."""
    url = f"http://{LOOPBACK}:{outline.spec.router.port}/readiness"
    return front_health(outline, f"import urllib.request as r; r.urlopen('{url}', timeout=3)")
