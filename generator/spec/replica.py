"""What deployment.yaml says of replicas, where they differ from each other."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt
from pydantic.functional_validators import AfterValidator

from generator.spec.nodes import GpuId
from generator.spec.rules import environment_variables, split_arguments, unquoted_scalars
from generator.spec.strict import Strict

Arguments = Annotated[tuple[str, ...], BeforeValidator(split_arguments)]
EnvironmentVariables = Annotated[
    dict[str, str], BeforeValidator(unquoted_scalars), AfterValidator(environment_variables)
]


class ReplicaSpec(Strict):
    """One replica, where it differs from the rest."""

    gpus: tuple[GpuId, ...] = Field(
        default=(),
        description="The GPU set: indices as `nvidia-smi` counts them, or UUIDs (`GPU-...`, `MIG-...`).",
    )
    image: str | None = Field(
        default=None, min_length=1, description="Another engine image for this replica."
    )
    context_length: StrictInt | None = Field(
        default=None, ge=1, description="Another context length for this replica, in tokens."
    )
    extra_args: Arguments = Field(default=(), description="Engine arguments added after the common ones.")
    env_vars: EnvironmentVariables = Field(
        default_factory=dict, description="Environment variables added to, or replacing, the common ones."
    )


class RoleSpec(Strict):
    """The replicas of one role. Both roles have `tensor_parallel_size` GPUs a replica: see docs/topologies.md."""

    replicas: Annotated[StrictInt, Field(ge=1, le=16)] = Field(default=1, description="How many.")
    gpus: tuple[GpuId, ...] = Field(
        default=(),
        description="Their GPUs, all together, by index or UUID. Without it: the next free ones, prefill first.",
    )
    extra_args: Arguments = Field(default=(), description="Engine arguments added after the common ones.")
    env_vars: EnvironmentVariables = Field(
        default_factory=dict, description="Environment variables added to, or replacing, the common ones."
    )
