"""Engine arguments that SGLang 0.5.23 refuses where the model is cut into stages, or spread over hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from generator.planner.decisions import Decisions
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec, ReplicaSpec


@dataclass(frozen=True)
class Conflict:
    """`value` is the one that is refused, "" where any is."""

    flag: str
    value: str
    why: str


# srt/arg_groups/validation_hook.py check_pipeline_parallel_compat, check_server_args.
_STAGES = (
    Conflict("--speculative-algorithm", "", "speculative decoding needs the whole model in one stage"),
    Conflict("--min-free-slots-delay", "", "slots are bounded stage by stage"),
    Conflict("--enable-pdmux", "", "it multiplexes a single stage"),
)
# srt/arg_groups/moe_hook.py:432, serving_hook.py:914.
_HOSTS = (
    Conflict("--deepep-v2-mode", "direct", "it exchanges over NVLink only, write `hybrid`"),
    Conflict("--mm-feature-transport", "cuda_ipc", "memory of a GPU is shared within a host only"),
)


def against_stages(arguments: Sequence[str]) -> str:
    """Why a model with these arguments can't be cut into stages, "" where it can."""
    return next((f"{each.flag}: {each.why}" for each in _STAGES if _has(arguments, each)), "")


def check_cut_arguments(
    spec: DeploymentSpec, overrides: Mapping[str, ReplicaSpec], split: Split, decisions: Decisions
) -> None:
    """Refuses what the engine would end with, minutes later and on every host."""
    stages = _STAGES if split.pipeline > 1 else ()
    given = {"extra_args": spec.extra_args}
    given |= {f"{key}.extra_args": each.extra_args for key, each in overrides.items()}
    for each, (path, arguments) in product((*stages, *(_HOSTS if spec.nodes else ())), given.items()):
        if _has(arguments, each):
            where = "pipeline stages" if each in stages else "several hosts"
            what = f"{each.flag} {each.value}".rstrip()
            decisions.refuse(path, f"SGLang refuses {what} with {where}: {each.why}", "leave it out")


def _has(arguments: Sequence[str], conflict: Conflict) -> bool:
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == conflict.flag:
            given = value if equals else next(iter(arguments[place + 1 : place + 2]), "")
            return conflict.value in ("", given)
    return False
