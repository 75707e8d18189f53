"""Whether the GPUs can compute with weights that are stored the way these are.

SGLang ends at the start with "The quantization method ... is not supported for the current GPU" where the compute
capability is lower (srt/model_loader/loader.py). The numbers are what `get_min_capability` of each method in
srt/layers/quantization returns in SGLang 0.5.23.
"""

from __future__ import annotations

from generator.audit.finding import Finding, Subject
from generator.facts import Gpu, Version
from generator.host.version import show_version
from generator.plan.argv import value_of

LEAST: dict[str, Version] = {
    "auto-round": (6, 0),
    "awq": (7, 5),
    "awq_marlin": (8, 0),
    "bitsandbytes": (7, 0),
    "blockwise_int8": (8, 0),
    "compressed-tensors": (7, 0),
    "fp8": (8, 0),
    "gguf": (6, 0),
    # On CUDA there is only the Marlin kernel for it.
    "gptq": (8, 0),
    "gptq_marlin": (8, 0),
    "modelopt": (8, 9),
    "modelopt_fp4": (8, 0),
    "modelopt_fp8": (8, 9),
    "moe_wna16": (7, 0),
    "mxfp4": (8, 0),
    "mxfp8": (10, 0),
    # The kit's word for what modelopt_fp4 reads.
    "nvfp4": (8, 0),
    "nvfp4_online": (10, 0),
    "petit_nvfp4": (9, 0),
    "quark": (7, 0),
    "w4afp8": (9, 0),
    "w8a8_fp8": (8, 9),
    "w8a8_int8": (7, 5),
}


def quantization(subject: Subject) -> Finding:
    """Of the GPUs that replicas have, the oldest counts."""
    practice, looked_at = "quantization", "arguments, config.json, GPUs"
    gpus = _gpus(subject)
    if not gpus:
        return Finding(practice, "not known", "no GPU computes here", looked_at)
    method = _method(subject)
    if method is None:
        remedy = "name it: `--quantization` in `extra_args`, or a `checkpoint_path` that can be read"
        return Finding(practice, "not known", "nobody has seen the model's config.json", looked_at, remedy)
    if not method:
        return Finding(practice, "pass", "none: the weights are in the model's own type", looked_at)
    least, oldest = LEAST.get(method), min(gpus, key=lambda gpu: gpu.compute)
    if least is None or not oldest.compute:
        seen = f"{method} on {oldest.name}: which compute capability it has, or needs, is not known"
        return Finding(practice, "not known", seen, looked_at)
    has = f"{method} needs compute capability {show_version(least)}, {oldest.name} has {show_version(oldest.compute)}"
    if oldest.compute >= least:
        return Finding(practice, "pass", has, looked_at)
    return Finding(practice, "fail", has, looked_at, _remedy(oldest))


def _remedy(gpu: Gpu) -> str:
    fitting = [method for method in ("fp8", "awq", "gptq") if LEAST[method] <= gpu.compute]
    instead = f"a model stored as {' or '.join(fitting)}, or one" if fitting else "a model"
    return f"`hf_model_handle`: {instead} that is not quantized"


def _gpus(subject: Subject) -> list[Gpu]:
    taken = {gpu for replica in subject.plan.replicas for gpu in replica.gpus}
    return [gpu for gpu in subject.facts.gpus if {gpu.uuid, str(gpu.index)} & taken]


def _method(subject: Subject) -> str | None:
    """What the arguments name, else what the model is stored as; "" for neither, None where nobody can tell."""
    for replica in subject.plan.replicas:
        if named := value_of(replica.argv, "--quantization"):
            return named
    facts = subject.facts
    source = facts.handle if subject.plan.model.source == "handle" else facts.checkpoint
    if source is None or source.architecture is None:
        return None
    stored = source.architecture.quantization
    return stored.method if stored else ""
