"""Hypothesis strategies: deployments that the kit plans, on hosts that can run them.

They follow the planner's choices: engine and runtime, source of the model, GPU sets and how the model is cut over them,
several hosts, routers, roles, what replicas override.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from generator import images
from generator.catalog import load
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HostFacts, NginxFacts
from generator.planner.copies import check_copies
from generator.planner.cut_arguments import check_cut_arguments
from generator.planner.decisions import Decisions
from generator.planner.roles import MUST_MATCH, check_role_arguments
from generator.sizing.weights import Split
from generator.spec import DeploymentSpec
from tests.generator.catalog.legal_arguments import Words, arguments

HOST = HostFacts(
    cpus=64,
    memory_bytes=1 << 40,
    gpus=tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(8)),
    docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True),
    nginx=NginxFacts("/usr/sbin/nginx", (1, 30, 6), "/m.so", "shared"),
    prometheus="/usr/bin/prometheus",
    checkpoint=CheckpointFacts("/srv/model", 1 << 30),
)
_CATALOG = load(images.SGLANG_VERSION)
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters=":\x00", exclude_categories=("Cs", "Cc")), min_size=1
).filter(lambda name: name.isprintable() and not name.startswith("-"))
_HANDLES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}/[A-Za-z0-9_.-]{1,12}", fullmatch=True)
# TP size, PP size.
_SPLITS = ((1, 1), (2, 1), (4, 1), (8, 1), (1, 2), (2, 2), (4, 2))
# And with the number of copies behind them.
_COPIED = ((1, 1, 2), (2, 1, 2), (1, 2, 2), (1, 1, 8))
# The number of hosts, TP size, PP size.
_SPREAD = ((2, 8, 2), (2, 16, 1), (2, 4, 1), (4, 8, 4), (4, 16, 2))
_CONTEXTS = st.none() | st.integers(1, 2**21)


def specs(*, engines: tuple[str, ...] = ("sglang", "sglang-cpu")) -> st.SearchStrategy[DeploymentSpec]:
    """As the file would give them; what pydantic refuses is not drawn again here."""
    return st.sampled_from(engines).flatmap(_of_engine).map(_validated).filter(_is_cut_as_it_may)


def _is_cut_as_it_may(spec: DeploymentSpec) -> bool:
    """Some arguments are refused for a model in stages, roles, copies or on several hosts: that is tested on its own."""
    decisions = Decisions()
    split = Split(spec.tensor_parallel_size or 1, spec.pipeline_parallel_size or 1)
    listed = spec.replicas if isinstance(spec.replicas, tuple) else ()
    own = {f"replicas.{number}": each for number, each in enumerate(listed)}
    check_cut_arguments(spec, own, split, decisions)
    check_copies(spec, "sglang", decisions)
    if spec.topology == "disaggregated":
        check_role_arguments(spec, decisions)
    return not decisions.faults


def _of_engine(engine: str) -> st.SearchStrategy[dict[str, Any]]:
    common = {
        "engine": st.just(engine),
        "runtime": st.sampled_from(["compose", "host"]),
        "context_length": _CONTEXTS,
        "extra_args": arguments(_CATALOG),
        "served_model_name": st.none() | _NAMES,
        **_model(),
    }
    placed = st.sampled_from(_SPLITS).map(lambda split: _replicas(engine, *split))
    copied = st.sampled_from(_COPIED).map(lambda shape: _copies(*shape))
    spread = st.sampled_from(_SPREAD).map(lambda shape: _nodes(*shape))
    places = placed | spread if engine == "sglang-cpu" else placed | spread | copied | st.just(_roles(engine))
    return places.flatmap(lambda where: st.fixed_dictionaries({**common, **where}))


def _model() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "hf_model_handle": st.none() | _HANDLES,
        "checkpoint_path": st.just("/srv/model"),
        "revision": st.none() | _NAMES,
    }


def _replicas(engine: str, tensor: int, stages: int) -> dict[str, st.SearchStrategy[Any]]:
    """A TP and PP size with a count that fits beside it, or a list of GPU sets with what each replica has of its own."""
    most = 8 // (tensor * stages)
    sizes = {"tensor_parallel_size": st.just(tensor), "pipeline_parallel_size": st.just(stages)}
    listed = _listed(most, size=tensor * stages if engine == "sglang" else 0)
    counted = st.integers(1, most) | (st.none() | st.just("fit") if engine == "sglang" else st.nothing())
    routers = ["least_conn", "affinity", "sglang-router", *_dynamo(engine)]
    return {**sizes, "replicas": counted | listed, "routing": st.sampled_from(routers)}


def _dynamo(engine: str) -> list[str]:
    """What stands for a simulated engine behind Dynamo is no server of ours."""
    return ["dynamo"] if engine == "sglang" else []


def _copies(tensor: int, stages: int, copies: int) -> dict[str, st.SearchStrategy[Any]]:
    """Several copies of the model in one replica."""
    return {
        "tensor_parallel_size": st.just(tensor),
        "pipeline_parallel_size": st.just(stages),
        "data_parallel_size": st.just(copies),
        "replicas": st.integers(1, 8 // (tensor * stages * copies)),
        "routing": st.sampled_from(["least_conn", "affinity", "sglang-router"]),
    }


def _nodes(count: int, tensor: int, stages: int) -> dict[str, st.SearchStrategy[Any]]:
    """One replica over several hosts."""
    hosts = tuple({"address": f"10.9.0.{rank + 1}", "interface": "eth1"} for rank in range(count))
    return {
        "tensor_parallel_size": st.just(tensor),
        "pipeline_parallel_size": st.just(stages),
        "nodes": st.just(hosts),
        "startup_timeout": st.none() | st.integers(10, 86400),
    }


def _roles(engine: str) -> dict[str, st.SearchStrategy[Any]]:
    """Prefill and decode apart. What both must have in common is not drawn for one of them."""
    own = arguments(_CATALOG, most=3, without=MUST_MATCH)
    role = st.fixed_dictionaries({"replicas": st.integers(1, 2)}, optional={"extra_args": own})
    devices = st.lists(st.sampled_from(["mlx5_0", "mlx5_1"]), unique=True).map(tuple)
    moving = st.just({"backend": "mooncake_tcp"}) | st.fixed_dictionaries(
        {"backend": st.sampled_from(["nixl", "mooncake"])}, optional={"ib_devices": devices}
    )
    return {
        "topology": st.just("disaggregated"),
        "routing": st.sampled_from(["sglang-router", *_dynamo(engine)]),
        "tensor_parallel_size": st.sampled_from([1, 2]),
        "prefill": role,
        "decode": role,
        "disaggregation": moving,
    }


def _listed(most: int, *, size: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    own = st.fixed_dictionaries({}, optional={"extra_args": arguments(_CATALOG), "context_length": _CONTEXTS})
    return st.lists(own, min_size=1, max_size=most).map(lambda listed: _with_sets(listed, size))


def _with_sets(listed: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    if not size:
        return listed
    return [
        {**own, "gpus": list(range(number * size, (number + 1) * size))} for number, own in enumerate(listed)
    ]


def _validated(values: dict[str, Any]) -> DeploymentSpec:
    replicas = values.get("replicas")
    if isinstance(replicas, list):
        replicas = tuple(_tuples(replica) for replica in replicas)
    return DeploymentSpec.model_validate({**_tuples(values), "replicas": replicas})


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list | tuple) else value for key, value in values.items()}


__all__ = ["HOST", "Words", "specs"]
