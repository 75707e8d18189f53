"""Where the weights come from: handle first, checkpoint when the handle can't be fetched, and why."""

from __future__ import annotations

import re

from generator.facts import CheckpointFacts, HandleFacts, HostFacts
from generator.plan.model import EngineKind, Model, RuntimeKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec

# Small, ungated, and answers sensibly on any card: what a first `make up` on a GPU host serves.
DEFAULT_HANDLE = "Qwen/Qwen2.5-1.5B-Instruct"
SIMULATED_NAME = "simulated"

PREFETCH_DIR = "/models/prefetched"
CHECKPOINT_DIR = "/models/checkpoint"


def choose_model(
    spec: DeploymentSpec, facts: HostFacts, runtime: RuntimeKind, engine: EngineKind, decisions: Decisions
) -> Model:
    """`Model.path` is what `--model-path` gets: inside the container, or on the host in the host runtime."""
    model = _chosen(spec, facts, runtime, engine, decisions)
    for key, word in (("served_model_name", model.served_name), ("revision", model.revision)):
        if word.startswith("-"):
            # argparse, of the engine and of `hf download`, has no way to take it as a value of its own.
            decisions.refuse(key, f"{word!r} begins with a dash, as a flag does", "give another name")
    return model


def _chosen(
    spec: DeploymentSpec, facts: HostFacts, runtime: RuntimeKind, engine: EngineKind, decisions: Decisions
) -> Model:
    if engine == "simulator":
        return _simulated(spec)
    if not (spec.hf_model_handle or spec.checkpoint_path):
        decisions.choose("model", DEFAULT_HANDLE, why="the spec names none")
        return _from_handle(spec, DEFAULT_HANDLE, facts.handle, runtime)
    if _handle_serves(spec, facts, decisions):
        return _from_handle(spec, spec.hf_model_handle or "", facts.handle, runtime)
    return _from_checkpoint(spec, facts.checkpoint, runtime, decisions)


def _simulated(spec: DeploymentSpec) -> Model:
    name = spec.served_model_name or spec.hf_model_handle or _base(spec.checkpoint_path) or SIMULATED_NAME
    return Model("simulated", spec.hf_model_handle or "", "", spec.checkpoint_path or "", name, name, 0)


def _handle_serves(spec: DeploymentSpec, facts: HostFacts, decisions: Decisions) -> bool:
    handle = spec.hf_model_handle
    if not handle:
        return False
    reason = facts.handle.reason if facts.handle else ""
    if not reason:
        if spec.checkpoint_path:
            decisions.choose("model source", handle, why="the handle is tried first and can be fetched")
        return True
    if spec.checkpoint_path:
        decisions.choose("model source", spec.checkpoint_path, why=f"{handle}: {reason}")
        return False
    if facts.handle and facts.handle.answered:
        decisions.refuse("hf_model_handle", f"{handle}: {reason}", "mend it, or add `checkpoint_path`")
    else:
        decisions.choose("model source", handle, why=f"{reason}; what the model volume holds is used")
    return True


def _from_handle(spec: DeploymentSpec, handle: str, facts: HandleFacts | None, runtime: RuntimeKind) -> Model:
    size = (facts.bytes if facts else 0) or estimated_bytes(handle)
    # The host runtime has no prefetch: the engine itself fetches the handle.
    path = handle if runtime == "host" else f"{PREFETCH_DIR}/{handle}"
    return Model(
        "handle",
        handle,
        spec.revision or "",
        spec.checkpoint_path or "",
        path,
        spec.served_model_name or handle,
        size,
    )


def _from_checkpoint(
    spec: DeploymentSpec, facts: CheckpointFacts | None, runtime: RuntimeKind, decisions: Decisions
) -> Model:
    where = spec.checkpoint_path or ""
    if facts and facts.reason:
        decisions.refuse(
            "checkpoint_path",
            f"{where} {facts.reason}",
            "give the directory that holds config.json and the weights",
        )
    path = where if runtime == "host" else CHECKPOINT_DIR
    name = spec.served_model_name or _base(where)
    if ":" in name:
        decisions.refuse(
            "checkpoint_path", f"its name {name!r} has a colon", "give a `served_model_name` without one"
        )
    return Model("checkpoint", spec.hf_model_handle or "", "", where, path, name, facts.bytes if facts else 0)


def _base(path: str | None) -> str:
    return (path or "").rstrip("/").rpartition("/")[2]


def estimated_bytes(handle: str) -> int:
    """From a parameter count in the name: 2 bytes a parameter, 1 for FP8 and INT8, a half for 4 bits; else 0."""
    found = re.search(r"(?:(\d+)x)?(\d+(?:\.\d+)?)B\b", handle, re.IGNORECASE)
    if not found:
        return 0
    parameters = float(found[2]) * int(found[1] or 1) * 1e9
    if re.search(r"(awq|gptq|int4|fp4|4bit|w4a16)", handle, re.IGNORECASE):
        return int(parameters / 2)
    return int(parameters * (1 if re.search(r"(fp8|int8|w8a8)", handle, re.IGNORECASE) else 2))
