"""Which replicas compute prompts, which generate answers, and which do both: the spec's roles as a list of replicas.

The rules are SGLang 0.5.23's: srt/disaggregation/common/conn.py:1320-1440 compares page size, KV dtype and tensor
parallelism when two servers meet, which is when the first request comes; srt/arg_groups/pd_disaggregation_hook.py the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.facts import Gpu, HostFacts, gpu_count
from generator.plan.argv import value_of
from generator.plan.model import EngineKind, Role
from generator.planner.decisions import Decisions
from generator.planner.named_sets import device_ids
from generator.planner.role_sets import role_sets
from generator.sizing.occupancy import is_busy
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.nodes import GpuId
from generator.spec.replica import RoleSpec

MUST_MATCH = {
    "--page-size": "prompts are handed over page by page",
    "--kv-cache-dtype": "the KV cache is handed over as it is",
}
_WHY = (
    "long prompts no longer interrupt answers, so tokens come evenly; a prompt's KV has to be moved first, so the first "
    "token comes later. It pays with long prompts and many streams; measure it against the same GPUs unified"
)


@dataclass(frozen=True)
class Cast:
    """`spec` has its replicas as a list, in the order of `roles`."""

    spec: DeploymentSpec
    roles: tuple[Role, ...] = ()
    """() where all are unified."""

    def role(self, number: int) -> Role:
        """Of the replica of that number."""
        return self.roles[number] if self.roles else "unified"

    def place(self, number: int) -> int:
        """Among those of its role, counted from 0."""
        return self.roles[:number].count(self.role(number)) if self.roles else number

    def key(self, number: int) -> str:
        """Where the spec speaks of the replica of that number."""
        role = self.role(number)
        return f"replicas.{self.place(number)}" if role == "unified" else role

    def keyed(self, overrides: Sequence[ReplicaSpec]) -> dict[str, ReplicaSpec]:
        """What each key of the spec says: replicas of a role share one."""
        return {self.key(number): each for number, each in enumerate(overrides)}

    def serving(self, overrides: Sequence[ReplicaSpec]) -> list[ReplicaSpec]:
        """Those of replicas which answer: a request that they take has its prompt computed, too."""
        return [each for number, each in enumerate(overrides) if self.role(number) != "prefill"]


def cast(spec: DeploymentSpec, facts: HostFacts, engine: EngineKind, decisions: Decisions) -> Cast:
    """A unified deployment stays as it is. What the roles can't have becomes a fault."""
    if spec.topology == "unified":
        _check_unasked(spec, decisions)
        return Cast(spec)
    _check(spec, engine, decisions)
    unified = _unified(spec)
    count = spec.prefill.replicas + spec.decode.replicas + len(unified)
    sets = _sets(spec, facts, count, decisions) if engine == "sglang" else ((),) * count
    replicas = [*_members(spec.prefill), *_members(spec.decode), *unified]
    listed = tuple(
        replica.model_copy(update={"gpus": gpus}) for replica, gpus in zip(replicas, sets, strict=True)
    )
    each: tuple[tuple[Role, int], ...] = (
        ("prefill", spec.prefill.replicas),
        ("decode", spec.decode.replicas),
        ("unified", len(unified)),
    )
    roles = tuple(role for role, number in each for _ in range(number))
    decisions.choose("topology", "disaggregated", why=_WHY)
    return Cast(spec.model_copy(update={"replicas": listed}), roles)


def _members(role: RoleSpec) -> list[ReplicaSpec]:
    return [ReplicaSpec(extra_args=role.extra_args, env_vars=role.env_vars)] * role.replicas


def _unified(spec: DeploymentSpec) -> tuple[ReplicaSpec, ...]:
    if isinstance(spec.replicas, tuple):
        return spec.replicas
    return (ReplicaSpec(),) * (spec.replicas if isinstance(spec.replicas, int) else 0)


def _sets(
    spec: DeploymentSpec, facts: HostFacts, count: int, decisions: Decisions
) -> tuple[tuple[GpuId, ...], ...]:
    """For each replica those that are named for it, else the next free ones that are near each other."""
    gpus, unified = facts.gpus, _unified(spec)
    asked = (*spec.prefill.gpus, *spec.decode.gpus, *(gpu for replica in unified for gpu in replica.gpus))
    taken = {*device_ids(asked, gpus, "", Decisions())}
    free = [gpu for gpu in gpus if not is_busy(gpu) and (gpu.uuid or str(gpu.index)) not in taken]
    wanted = sum(role.replicas for role in (spec.prefill, spec.decode) if not role.gpus)
    wanted += sum(not replica.gpus for replica in unified)
    size, sets = role_sets(spec, facts, free, wanted, decisions)
    named = [*_named(spec, gpus, size, decisions), *(tuple(replica.gpus) for replica in unified)]
    if wanted > len(sets):
        needed = f"{count} replicas of {gpu_count(size)} need {wanted * size} that are free"
        decisions.refuse(
            "topology",
            f"{needed}, and this host has {len(free)}",
            "use fewer replicas or a smaller `tensor_parallel_size`",
        )
        return tuple(named)
    supply = iter(sets)
    return tuple(each or tuple(gpu.uuid or gpu.index for gpu in next(supply)) for each in named)


def _named(
    spec: DeploymentSpec, gpus: Sequence[Gpu], size: int, decisions: Decisions
) -> Iterator[tuple[GpuId, ...]]:
    """An entry a replica of either role, empty where none are named."""
    for path, role in (("prefill", spec.prefill), ("decode", spec.decode)):
        device_ids(role.gpus, gpus, f"{path}.gpus", decisions)
        if role.gpus and len(role.gpus) != role.replicas * size:
            wanted = f"{role.replicas} x `tensor_parallel_size` {size}"
            decisions.refuse(f"{path}.gpus", f"{gpu_count(len(role.gpus))} for {wanted}", "name all, or none")
        for number in range(role.replicas):
            yield role.gpus[number * size : (number + 1) * size]


def _check_unasked(spec: DeploymentSpec, decisions: Decisions) -> None:
    for key in ("prefill", "decode", "disaggregation"):
        if key in spec.model_fields_set:
            decisions.refuse(
                key, "all replicas are unified", "add `topology: disaggregated`, or leave it out"
            )


def _check(spec: DeploymentSpec, engine: EngineKind, decisions: Decisions) -> None:
    if "routing" in spec.model_fields_set and spec.routing in ("affinity", "least_conn"):
        what = "a request needs a prefill and a decode replica, and the edge can only send it to one"
        decisions.refuse("routing", what, "leave it out: a router stands between")
    if spec.nodes:
        decisions.refuse("topology", "one model over several hosts is one replica", "leave out `nodes`")
    if spec.replicas == "fit":
        decisions.refuse("replicas", "which of the roles should take what fits?", "give counts")
    if (spec.pipeline_parallel_size or 1) > 1:
        decisions.refuse("pipeline_parallel_size", "roles share tensor parallelism only", "leave it out")
    _check_engine(spec, engine, decisions)
    check_role_arguments(spec, decisions)


def _check_engine(spec: DeploymentSpec, engine: EngineKind, decisions: Decisions) -> None:
    if engine == "sglang-cpu":
        decisions.refuse(
            "topology", "KV caches are moved between GPUs", "use `engine: simulator` without any"
        )
    if spec.disaggregation.backend == "mooncake_tcp" and spec.disaggregation.ib_devices:
        decisions.refuse(
            "disaggregation.ib_devices", "mooncake_tcp uses none", "leave them out, or write `mooncake`"
        )
    if engine == "sglang" and spec.disaggregation.backend == "fake":
        decisions.refuse(
            "disaggregation.backend", "SGLang refuses `fake` on a prefill server", "use `nixl` or `mooncake`"
        )


def check_role_arguments(spec: DeploymentSpec, decisions: Decisions) -> None:
    """What differs is found by the engines when the first request fails."""
    words = {key: (*spec.extra_args, *getattr(spec, key).extra_args) for key in ("prefill", "decode")}
    for flag, why in MUST_MATCH.items():
        values = [value_of(each, flag).removeprefix("auto") for each in words.values()]
        if values[0] != values[1]:
            shown = " and ".join(value or "the default" for value in values)
            decisions.refuse("decode.extra_args", f"{flag} is {shown}: {why}", "give both roles the same")
    _check_attention(words, decisions)
    if any(value_of(each, "--max-queued-requests") for each in words.values()):
        decisions.warn("--max-queued-requests has no effect on prefill and decode replicas")


def _check_attention(words: Mapping[str, Sequence[str]], decisions: Decisions) -> None:
    """conn.py:1438-1500: which GPUs of the one side hand over to which of the other."""
    if value_of(words["decode"], "--attn-cp-size") not in ("", "1"):
        decisions.refuse(
            "decode.extra_args",
            "--attn-cp-size: contexts can't be shared out where they are continued",
            "give it to `prefill` alone",
        )
    shared = [value_of(words[key], "--attn-dp-size") or "1" for key in words]
    if shared[0] != shared[1]:
        decisions.warn(
            f"--attn-dp-size is {shared[0]} for prefill and {shared[1]} for decode, so heads are spread over different "
            "numbers of GPUs: SGLang promises no performance for that, but for models with latent attention"
        )
