"""What the model needs, from the facts about it and the engine arguments that bound it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.facts import CheckpointFacts, HandleFacts, HostFacts
from generator.plan.argv import value_of
from generator.plan.model import Model
from generator.planner.cut_arguments import against_stages
from generator.sizing.architecture import Architecture
from generator.sizing.fit import Demand
from generator.sizing.kv_cache import KvType
from generator.sizing.quantization import Quantization
from generator.sizing.reserve import Bounds
from generator.spec.model import DeploymentSpec


def model_demand(spec: DeploymentSpec, facts: HostFacts, model: Model) -> Demand | None:
    """Of the model that the plan serves."""
    return source_demand(spec, facts.handle if model.source == "handle" else facts.checkpoint)


def likely_source(spec: DeploymentSpec, facts: HostFacts) -> HandleFacts | CheckpointFacts | None:
    """Where the model will come from, as far as it can be told before that is decided."""
    handle = facts.handle if spec.hf_model_handle or not spec.checkpoint_path else None
    return handle if handle and handle.architecture else facts.checkpoint


def source_demand(spec: DeploymentSpec, source: HandleFacts | CheckpointFacts | None) -> Demand | None:
    """None where the shape of the model is not known: nobody has seen its config.json."""
    if source is None or source.architecture is None:
        return None
    architecture = _quantised(source.architecture, spec.extra_args)
    as_stored = architecture is source.architecture
    return Demand(
        model=architecture,
        file_bytes=source.bytes if as_stored else 0,
        kv_type=_kv_type(architecture, spec.extra_args),
        static_fraction=_number(spec.extra_args, "--mem-fraction-static"),
        bounds=Bounds(
            chunk=int(_number(spec.extra_args, "--chunked-prefill-size")),
            running=int(_number(spec.extra_args, "--max-running-requests")),
        ),
        total_tokens=int(_number(spec.extra_args, "--max-total-tokens")),
        against_stages=against_stages(spec.extra_args),
        expert_groups=_expert_groups(spec.extra_args),
        context=spec.context_length or architecture.context,
        context_asked=spec.context_length is not None,
    )


def _quantised(model: Architecture, arguments: Sequence[str]) -> Architecture:
    """`--quantization fp8` on weights of 16 bits: halved while they are loaded."""
    if model.quantization is None and value_of(arguments, "--quantization") == "fp8":
        return replace(model, quantization=Quantization("fp8", 8.0))
    return model


def _kv_type(model: Architecture, arguments: Sequence[str]) -> KvType:
    given = value_of(arguments, "--kv-cache-dtype") or "auto"
    stored = given == "auto" and model.quantization is not None and model.quantization.kv_fp8
    return "fp8" if stored or given.startswith("fp8") else "auto"


def _expert_groups(arguments: Sequence[str]) -> int:
    """`--ep-size`, under any of its names (srt/server_args.py)."""
    return max(int(_number(arguments, flag)) for flag in ("--ep-size", "--ep", "--expert-parallel-size"))


def _number(arguments: Sequence[str], flag: str) -> float:
    """0 where it is not given, or not a number: what the engine thinks of that is checked elsewhere."""
    try:
        return float(value_of(arguments, flag))
    except ValueError:
        return 0
