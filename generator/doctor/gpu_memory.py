"""Whether the model fits on its GPU sets. What is left after the weights is KV cache; without any, nothing is served."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Status, Subject
from generator.doctor.size import GIB, show_size
from generator.plan.layouts import LayoutFigures
from generator.plan.model import Replica

TIGHT = 0.85
"""Share of a set's memory above which SGLang's static pool (`--mem-fraction-static`, about 0.85 by default)
has no room left for KV cache. Used where the model's shape is not known."""

REMEDY = "raise tensor_parallel_size, or serve a smaller or quantised model"


def check_gpu_memory(subject: Subject) -> Iterator[Finding]:
    """What the plan estimated; else one finding a replica from the size of the weights, where sizes are known."""
    layouts = subject.plan.layouts
    if layouts and layouts.taken:
        yield judge_layout(layouts.taken, context=layouts.context)
        return
    weights = subject.plan.model.bytes
    memory = {gpu.uuid or str(gpu.index): gpu.memory_bytes for gpu in subject.facts.gpus}
    for replica in subject.plan.replicas:
        total = sum(memory.get(gpu, 0) for gpu in replica.gpus)
        if weights and total:
            yield judge(replica, weights=weights, total=total)


def judge_layout(taken: LayoutFigures, *, context: int) -> Finding:
    """KV cache for one whole context is what a model is expected to have."""
    check = f"GPU memory of {taken.name}"
    found = (
        f"{taken.weights_bytes / GIB:.1f} GiB weights and {taken.kv_bytes / GIB:.1f} GiB KV a GPU, estimated"
    )
    if taken.contexts or not context:
        return Finding(check, "ok", f"{found}; {taken.tokens} tokens", "room for KV cache")
    remedy = f"set a `context_length`, or {REMEDY}"
    return Finding(
        check, "warn", f"{found}; {taken.tokens} tokens", f"room for one context of {context}", remedy
    )


def judge(replica: Replica, *, weights: int, total: int) -> Finding:
    """Weights against the memory of one set."""
    found = f"{show_size(total)} on {len(replica.gpus)} GPU(s)"
    needed = f"more than the {show_size(weights)} of the weights"
    status: Status = "ok" if weights <= TIGHT * total else "warn" if weights < total else "fail"
    return Finding(f"GPU memory of {replica.name}", status, found, needed, "" if status == "ok" else REMEDY)
