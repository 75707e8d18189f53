"""Several copies of the model in one replica (`--dp-size`): only when asked for, because replicas serve better.

SGLang 0.5.23 starts a copy on each next GPUs of the container and shares requests out among them
(srt/managers/data_parallel_controller.py); it refuses them over several hosts (arg_groups/validation_hook.py:199).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.plan.model import EngineKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec

_KEY = "data_parallel_size"
_WHY = (
    "asked for; as `replicas` each could fail, restart or be changed while the others serve, and the edge would know "
    "which of them has a prompt in its cache"
)


def copies(spec: DeploymentSpec) -> int:
    """Of the model, in each replica."""
    return spec.data_parallel_size or 1


def in_copies(spec: DeploymentSpec) -> DeploymentSpec:
    """The same deployment with each copy counted as a replica: what GPUs are looked for by."""
    if copies(spec) == 1 or not isinstance(spec.replicas, int):
        return spec
    return spec.model_copy(update={"replicas": spec.replicas * copies(spec)})


def gathered(
    sets: Sequence[tuple[str, ...]], spec: DeploymentSpec, decisions: Decisions
) -> tuple[tuple[str, ...], ...]:
    """The sets of copies as those of replicas; what makes no whole replica is left over."""
    size = copies(spec)
    if size == 1:
        return tuple(sets)
    whole = len(sets) // size * size
    decisions.choose("replicas", f"{whole // size} of {size} copies", why=_WHY)
    if sets and not whole:
        decisions.refuse(
            _KEY, f"{size} copies of the model, and this host has room for {len(sets)}", "ask for fewer"
        )
    return tuple(sum(sets[start : start + size], ()) for start in range(0, whole, size))


def check_copies(spec: DeploymentSpec, engine: EngineKind, decisions: Decisions) -> None:
    """Refuses where the copies would have no GPUs of their own, or nobody to tell them apart."""
    if copies(spec) > 1:
        for message, remedy in _against(spec, engine):
            decisions.refuse(_KEY, message, remedy)


def _against(spec: DeploymentSpec, engine: EngineKind) -> Iterator[tuple[str, str]]:
    if spec.nodes:
        yield "SGLang has no copies over several hosts", "leave it out"
    if spec.topology == "disaggregated":
        yield "a prompt is handed over to one replica, not to one of its copies", "use `replicas` of the role"
    if spec.routing == "dynamo":
        yield (
            "Dynamo's frontend knows what each worker has cached, and would take copies for one",
            "use `replicas`",
        )
    if isinstance(spec.replicas, tuple) and spec.topology == "unified":
        yield (
            "sets are named for replicas, not for copies in them",
            "give a count of `replicas`, or leave one of them out",
        )
    if engine == "sglang-cpu":
        yield "copies need GPUs of their own", "leave it out"
    if any(argument.partition("=")[0] == "--attn-dp-size" for argument in spec.extra_args):
        yield "SGLang has either copies or --attn-dp-size", "leave one of them out"
