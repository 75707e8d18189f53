"""How long a context is asked for, and whether the model knows such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.facts import HostFacts
from generator.plan.model import Model
from generator.planner.decisions import Decisions
from generator.planner.engine_release import Reader
from generator.spec.model import DeploymentSpec

_LONGER = "SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN"


def check_context(
    spec: DeploymentSpec, facts: HostFacts, model: Model, readers: Sequence[Reader], decisions: Decisions
) -> None:
    """The engine ends where more is asked for than the model knows (srt/configs/model_config.py:1291)."""
    source = facts.handle if model.source == "handle" else facts.checkpoint
    longest = source.architecture.context if source and source.architecture else 0
    if model.source == "simulated" or not longest:
        return
    for path, length, variables in _asked(spec, readers):
        if length > longest and _LONGER not in variables:
            remedy = f"ask for less; if the model can do it, give `env_vars: {{{_LONGER}: 1}}`"
            decisions.refuse(path, f"{length} tokens, and the model knows {longest}", remedy)


def _asked(spec: DeploymentSpec, readers: Sequence[Reader]) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """(key, tokens, variables) of each place that asks for a length."""
    if spec.context_length:
        yield "context_length", spec.context_length, spec.env_vars
    for reader in readers:
        if reader.override.context_length:
            variables = {**spec.env_vars, **reader.override.env_vars}
            yield f"{reader.key}.context_length", reader.override.context_length, variables
