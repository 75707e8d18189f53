"""`env_vars` held against the engine's release: SGLang reads what it knows and is silent about the rest."""

from __future__ import annotations

from collections.abc import Sequence

from generator.catalog import check_variables
from generator.plan.model import EngineKind, RuntimeKind
from generator.planner.decisions import Decisions
from generator.planner.engine_release import replica_release
from generator.spec.model import DeploymentSpec, ReplicaSpec


def check_engine_variables(
    spec: DeploymentSpec,
    runtime: RuntimeKind,
    engine: EngineKind,
    overrides: Sequence[ReplicaSpec],
    decisions: Decisions,
) -> None:
    """Warns of a variable that has no effect, and of one that will have none soon."""
    if not spec.env_vars and not any(override.env_vars for override in overrides):
        return
    for number, override in enumerate(overrides):
        catalog = replica_release(spec, runtime, engine, override).catalog
        for path, given in (("env_vars", spec.env_vars), (f"replicas.{number}.env_vars", override.env_vars)):
            for finding in check_variables(catalog, given):
                warning = f"{path}: {finding.message}; {finding.remedy}"
                if warning not in decisions.warnings:
                    decisions.warn(warning)
