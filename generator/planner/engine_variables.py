"""`env_vars` held against the engine's release: SGLang reads what it knows and is silent about the rest."""

from __future__ import annotations

from collections.abc import Sequence

from generator.catalog import check_variables
from generator.planner.decisions import Decisions
from generator.planner.engine_release import Reader
from generator.spec.model import DeploymentSpec


def check_engine_variables(spec: DeploymentSpec, readers: Sequence[Reader], decisions: Decisions) -> None:
    """Warns of a variable that has no effect, and of one that will have none soon."""
    for reader in readers:
        given = (("env_vars", spec.env_vars), (f"{reader.key}.env_vars", reader.override.env_vars))
        for path, variables in given:
            for finding in check_variables(reader.release.catalog, variables) if variables else ():
                warning = f"{path}: {finding.message}; {finding.remedy}"
                if warning not in decisions.warnings:
                    decisions.warn(warning)
