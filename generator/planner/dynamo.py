"""NVIDIA Dynamo: a frontend that routes by what each worker has cached, and SGLang as its workers.

Flags and variables are those of ai-dynamo 1.6.1, tried without a GPU; those of workers on GPUs are as in Dynamo's
launch scripts (ai-dynamo/dynamo examples/backends/sglang/launch/agg_router.sh and disagg_router.sh).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from generator import images
from generator.plan.model import EngineKind, HealthCheck, Mount, Replica, Router, SimulatedModel
from generator.planner import engine
from generator.planner.addresses import LOOPBACK, ROUTER
from generator.planner.admission import BODY_MIB
from generator.planner.decisions import Decisions
from generator.planner.disaggregation import bootstrap_port
from generator.planner.dynamo_stores import plane_arguments, plane_environment, store_mounts
from generator.planner.outline import Outline
from generator.planner.roles import Cast
from generator.planner.routers import drain_seconds, front_health, own_python
from generator.planner.trace_export import dynamo_environment

VENV = "dynamo"
_FOLDER = "dynamo/model"
_MODEL_DIR = "/models/simulated"
# Blocks are what the router counts: the fewer tokens in one, the finer it sees, the more there are to tell about.
_BLOCK = "16"
_CONTEXT = 131072


def check_dynamo(roles: Cast, kind: EngineKind, decisions: Decisions) -> None:
    """Refuses what Dynamo has no worker for."""
    if roles.spec.routing != "dynamo":
        return
    if roles.roles and "unified" in roles.roles:
        decisions.refuse(
            "replicas", "Dynamo sends every request to both roles", "leave out the replicas that have both"
        )
    if kind == "sglang-cpu":
        decisions.refuse(
            "routing", "Dynamo has no worker for engine sglang-cpu", "use `engine: simulator` or a GPU host"
        )


def plan_workers(outline: Outline, replicas: Sequence[Replica]) -> tuple[Replica, ...]:
    """The same replicas as workers of Dynamo: they answer to the frontend, and on their port only how they are."""
    return tuple(_worker(outline, replica, number) for number, replica in enumerate(replicas))


def plan_frontend(outline: Outline, decisions: Decisions) -> Router:
    """One: it keeps no state that another could not learn from the workers, but a box needs no second."""
    spec, address = outline.spec.dynamo, outline.where.router
    decisions.choose("Dynamo's store", spec.store, why=_why(outline))
    bind = "0.0.0.0" if outline.contained else address
    return Router(
        name=ROUTER,
        image=(spec.image or images.DYNAMO) if outline.contained else "",
        address=address,
        port=spec.port,
        argv=(
            *(own_python(outline, VENV, outline.spec.dynamo.python), "-m", "dynamo.frontend"),
            *("--http-host", bind, "--http-port", str(spec.port), "--router-mode", spec.router_mode),
            # A request that a worker has got goes to no other one, unless the operator wants that.
            *("--migration-limit", "1" if outline.spec.retry_sent == "once" else "0"),
            *plane_arguments(outline),
        ),
        environment=tuple(sorted(_frontend_environment(outline, address).items())),
        mounts=(*_weights(outline), *store_mounts(outline)),
        health=_frontend_health(outline),
        ready_url=f"http://{address}:{spec.port}/v1/models/{quote(outline.model.served_name, safe='')}/ready",
        metrics=f"{address}:{spec.port}",
        kind="dynamo",
        max_connections=0,
    )


def plan_simulated_model(outline: Outline) -> SimulatedModel | None:
    """The mocker has no weights, but reads a tokenizer."""
    if outline.spec.routing != "dynamo" or outline.engine != "simulator":
        return None
    return SimulatedModel(_FOLDER, outline.spec.context_length or _CONTEXT)


def dynamo_venvs(outline: Outline) -> tuple[str, ...]:
    """The environment that `setup` has to make: none in containers, or where the operator names an interpreter."""
    return () if outline.contained or outline.spec.dynamo.python else (VENV,)


def _why(outline: Outline) -> str:
    if outline.spec.dynamo.store == "file":
        return "one host needs no etcd and no NATS"
    return "asked for; without etcd for twenty seconds frontend and workers end and start again"


def _worker(outline: Outline, replica: Replica, number: int) -> Replica:
    make = _mocker if outline.engine == "simulator" else _sglang
    command = make(outline, replica, number)
    bind = "0.0.0.0" if outline.contained else replica.address
    environment = {
        **dict(replica.environment),
        **plane_environment(outline, replica.address),
        **_quiet(outline),
        **dynamo_environment(outline, replica.name),
        **_system_server(outline, (bind, replica.port)),
    }
    return replace(
        replica,
        argv=(
            own_python(outline, VENV, outline.spec.dynamo.python),
            "-m",
            *command,
            *plane_arguments(outline),
        ),
        environment=tuple(sorted(environment.items())),
        mounts=(*(replica.mounts or _weights(outline)), *store_mounts(outline)),
        health=engine.health(outline.facts, (LOOPBACK, replica.port), outline.budget.load),
        ready_url=f"http://{replica.address}:{replica.port}/health",
    )


def _mocker(outline: Outline, replica: Replica, number: int) -> tuple[str, ...]:
    """Dynamo's own simulated engine, which makes the same cache events as SGLang. Its timing is its own."""
    spec = outline.spec
    limit = ("--max-model-len", str(spec.context_length)) if spec.context_length else ()
    role = ("--disaggregation-mode", replica.role) if replica.role != "unified" else ()
    meeting = ("--bootstrap-ports", str(bootstrap_port(spec, number))) if replica.role == "prefill" else ()
    return (
        *("dynamo.mocker", "--model-path", _MODEL_DIR if outline.contained else _FOLDER),
        *("--model-name", outline.model.served_name),
        *("--engine-type", "sglang", "--block-size", _BLOCK),
        *("--startup-time", f"{spec.simulator.startup_seconds:g}"),
        *limit,
        *role,
        *meeting,
    )


def _sglang(outline: Outline, replica: Replica, number: int) -> tuple[str, ...]:
    """SGLang's own flags, which it takes all, and where it tells what it has cached."""
    flags = replica.argv[replica.argv.index("--served-model-name") :]
    page = () if "--page-size" in flags else ("--page-size", _BLOCK)
    port = outline.spec.dynamo.kv_events_port + (0 if outline.contained else number)
    events = {"publisher": "zmq", "topic": "kv-events", "endpoint": f"tcp://*:{port}"}
    return (
        *("dynamo.sglang", "--model-path", outline.model.path),
        *flags,
        *page,
        *("--kv-events-config", json.dumps(events, separators=(",", ":"))),
    )


def _system_server(outline: Outline, bind: tuple[str, int]) -> dict[str, str]:
    """/health and /metrics of a worker.

    The mocker registers nothing that could be checked: with the deprecated last variable it is healthy once it
    generates, and without it never.
    """
    values = {"DYN_SYSTEM_HOST": bind[0], "DYN_SYSTEM_PORT": str(bind[1])}
    if outline.engine == "simulator":
        values["DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS"] = '["generate"]'
    return values


def _quiet(outline: Outline) -> dict[str, str]:
    """Each request is several lines at info, and the edge logs it already.

    Nothing is asked of the hub, but for a handle in the host runtime, which has no prefetch.
    """
    local = outline.contained or outline.engine == "simulator"
    offline = {"HF_HUB_OFFLINE": "1"} if local else {}
    return {"DYN_LOG": "warn", "DYN_SDK_DISABLE_ANSI_LOGGING": "1", **offline}


def _frontend_environment(outline: Outline, address: str) -> dict[str, str]:
    return {
        **plane_environment(outline, address),
        **_quiet(outline),
        "DYN_HTTP_BODY_LIMIT_MB": str(BODY_MIB),
        "DYN_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT_SECS": str(drain_seconds(outline.timeouts)),
        **dynamo_environment(outline, ROUTER),
    }


def _weights(outline: Outline) -> tuple[Mount, ...]:
    """The frontend tokenizes, so it reads the model's folder at the same place as the workers."""
    if not outline.contained:
        return ()
    if outline.engine == "simulator":
        return (Mount("bind", f"./{_FOLDER}", _MODEL_DIR, "ro"),)
    return engine.mounts(outline.model, outline.engine)[:1]


def _frontend_health(outline: Outline) -> HealthCheck:
    """It lists a model as soon as a worker serves it."""
    url = f"http://{LOOPBACK}:{outline.spec.dynamo.port}/v1/models"
    code = f"import json, sys, urllib.request as r; sys.exit(not json.load(r.urlopen('{url}', timeout=3))['data'])"
    return front_health(outline, code)
