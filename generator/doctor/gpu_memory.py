"""Whether the weights fit on each GPU set. What is left after them is KV cache; without any, nothing is served."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Status, Subject
from generator.doctor.size import show_size
from generator.plan.model import Replica

TIGHT = 0.85
"""Share of a set's memory above which SGLang's static pool (`--mem-fraction-static`, about 0.85 by default)
has no room left for KV cache."""


def check_gpu_memory(subject: Subject) -> Iterator[Finding]:
    """One finding a replica, where sizes are known."""
    weights = subject.plan.model.bytes
    memory = {gpu.uuid or str(gpu.index): gpu.memory_bytes for gpu in subject.facts.gpus}
    for replica in subject.plan.replicas:
        total = sum(memory.get(gpu, 0) for gpu in replica.gpus)
        if weights and total:
            yield judge(replica, weights=weights, total=total)


def judge(replica: Replica, *, weights: int, total: int) -> Finding:
    """Weights against the memory of one set."""
    found = f"{show_size(total)} on {len(replica.gpus)} GPU(s)"
    needed = f"more than the {show_size(weights)} of the weights"
    remedy = "raise tensor_parallel_size, or serve a smaller or quantised model"
    status: Status = "ok" if weights <= TIGHT * total else "warn" if weights < total else "fail"
    return Finding(f"GPU memory of {replica.name}", status, found, needed, "" if status == "ok" else remedy)
