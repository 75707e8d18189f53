"""Environment variables in the words of the spec."""

from __future__ import annotations

import re

from generator.catalog import Exact, match
from generator.importing.account import is_secret
from generator.importing.engine import GpuId, Setting, Wanted, gpus_text
from generator.importing.model_source import take_model
from generator.importing.owned import (
    HF_TOKEN_FILE,
    take_tensor_parallel,
    take_trace_receiver,
    take_tracing,
)
from generator.importing.references import is_open, refers_to
from generator.planner.budgets import rungs, timeout_ladder
from generator.spec import DeploymentSpec

_TOKENS = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HF_TOKEN_PATH"}
_GPUS = {"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"}
_PLANNED = {
    **dict.fromkeys(
        ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SGLANG_CACHE_DIR"),
        "the plan sets it: caches are volumes",
    ),
    **dict.fromkeys(
        ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"), "the plan sets it: only the prefetch gets out"
    ),
    **dict.fromkeys(
        ("TRANSFORMERS_CACHE", "PYTORCH_TRANSFORMERS_CACHE"), "it is no longer read; the plan sets HF_HOME"
    ),
    **dict.fromkeys(
        ("SGLANG_DISAGGREGATION_BOOTSTRAP_TIMEOUT", "SGLANG_DISAGGREGATION_WAITING_TIMEOUT"),
        "the plan's ladder of timeouts sets it, from `request_timeout`",
    ),
    "NCCL_DEBUG": "the plan sets it, to WARN",
    "CUDA_DEVICE_ORDER": "the plan sets it, to PCI_BUS_ID",
    "SGLANG_USE_CPU_ENGINE": "the plan sets it for `engine: sglang-cpu`",
    "NVIDIA_DRIVER_CAPABILITIES": "the container runtime gives an engine what it needs",
    "PYTHONUNBUFFERED": "the engine's log is not held back",
}
_CDI = "nvidia.com/gpu="
_USED = "the command took it, and its value stands where the command had it"
_OWNERS = {"VLLM_": "vLLM", "DYN_": "Dynamo", "NATS_": "Dynamo", "ETCD_": "Dynamo"}
# Dynamo's switch, and what it and SGLang are told beside it.
_TRACES, _OF_TRACES = "OTEL_EXPORT_ENABLED", ("OTEL_", "SGLANG_TRACE_LEVEL")
_FLAGS = {
    **dict.fromkeys(("MODEL_PATH", "MODEL", "MODEL_NAME", "MODEL_ID"), take_model),
    **dict.fromkeys(("TP_SIZE", "TP"), take_tensor_parallel),
}


def take_variable(setting: Setting, wanted: Wanted) -> None:
    """One variable of an engine."""
    name, value, item = setting.name, setting.value, setting.item
    if not setting.exported:
        why = _USED if _is_used(name, wanted) else "the shell's own: it is not exported"
        wanted.account.drop(item, why)
    elif name in _TOKENS:
        comment = "The token is not copied: write it to this file, readable by its owner only."
        wanted.want("hf_token_file", HF_TOKEN_FILE, comment)
        why = "the token is not copied: write it to that file"
        wanted.account.change(item, f"hf_token_file: {HF_TOKEN_FILE}", why)
    elif name in _GPUS:
        _take_gpus(setting, wanted)
    elif name == "SGLANG_REQ_RUNNING_TIMEOUT" and value.isdigit() and int(value) >= 10:
        if int(value) != DeploymentSpec().request_timeout:
            wanted.want("request_timeout", int(value))
        wanted.account.keep(item, f"request_timeout: {value}", "the other timeouts follow it")
    elif name.startswith(_OF_TRACES) and _is_traced(wanted):
        (take_tracing if name == _TRACES else take_trace_receiver)(value, item, wanted)
    elif name in _FLAGS and not wanted.engine.arguments:
        _FLAGS[name](value, item, wanted)
    elif why := _useless(setting, wanted):
        wanted.account.drop(item, why)
    else:
        _keep(setting, wanted)


def _is_traced(wanted: Wanted) -> bool:
    """Whether the input sends spans: SGLang's switch, or Dynamo's."""
    switches = (argument.spelling for argument, _ in wanted.engine.arguments)
    return "--enable-trace" in switches or wanted.engine.environment.get(_TRACES) == "true"


def _useless(setting: Setting, wanted: Wanted) -> str:
    """Why a variable has no place in the spec, "" when it has."""
    name = setting.name
    if _is_used(name, wanted):
        return _USED
    if name in _PLANNED:
        return _PLANNED[name]
    if name in {rung.variable for rung in rungs(timeout_ladder(DeploymentSpec()))}:
        return "the plan's ladder of timeouts sets it, from `request_timeout`"
    owner = next((owner for prefix, owner in _OWNERS.items() if name.startswith(prefix)), "")
    if owner:
        return f"{owner}'s own; SGLang does not read it"
    if is_secret(name, setting.value):
        return "it looks like a secret, and an environment can be read with `docker inspect`"
    known = {each.name for each in wanted.catalog.environment}
    if name not in known and isinstance(match(wanted.catalog, _spelling(name)), Exact):
        return f"nothing reads it: SGLang takes {_spelling(name)} from its command line"
    return ""


def _is_used(name: str, wanted: Wanted) -> bool:
    """Whether an argument refers to it."""
    return refers_to(name, wanted.named)


def _spelling(name: str) -> str:
    """The flag that a variable is named like."""
    return "--" + name.lower().replace("_", "-")


def _keep(setting: Setting, wanted: Wanted) -> None:
    if is_open(setting.value) or not setting.value:
        wanted.account.drop(setting.item, "its value is not in the input: add it to `env_vars`")
    elif not re.fullmatch(r"[A-Za-z_]\w*", setting.name):
        wanted.account.drop(setting.item, "this is no name of a variable")
    else:
        wanted.env_vars[setting.name] = setting.value
        wanted.account.keep(setting.item, f"env_vars.{setting.name}: {setting.value}")


def _take_gpus(setting: Setting, wanted: Wanted) -> None:
    ids = gpu_ids(setting.value)
    if not ids:
        wanted.account.drop(setting.item, "a replica is given its GPU set; all of them without a word")
    elif wanted.engine.gpus:
        chosen = _within(wanted.engine.gpus, ids)
        wanted.gpus = chosen or wanted.engine.gpus
        why = (
            "it counts within the GPUs that the container has"
            if chosen
            else "the container's GPUs are the set"
        )
        wanted.account.change(setting.item, f"gpus: {gpus_text(wanted.gpus)}", why)
    else:
        wanted.gpus = ids
        wanted.account.change(
            setting.item, f"gpus: {gpus_text(ids)}", "a replica is given its GPU set, and counts it from 0"
        )


def _within(gpus: tuple[GpuId, ...], ids: tuple[GpuId, ...]) -> tuple[GpuId, ...]:
    if all(isinstance(each, int) and each < len(gpus) for each in ids):
        return tuple(gpus[each] for each in ids if isinstance(each, int))
    return ()


def is_gpu(device: str) -> bool:
    """Whether CDI names a GPU so: `nvidia.com/gpu=0`, as podman takes it."""
    return device.startswith(_CDI)


def gpu_ids(text: str) -> tuple[GpuId, ...]:
    """`0,1`, UUIDs, or either as CDI names them; nothing for `all`, `none` and what is not in the input."""
    parts = [part.strip().removeprefix(_CDI) for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"\d+|(GPU|MIG)-[\w/-]+", part) for part in parts):
        return ()
    return tuple(int(part) if part.isdigit() else part for part in parts)
