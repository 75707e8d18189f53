"""Whether the weights can be had: what the hub said about the handle, when the plan was made."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject
from generator.doctor.size import show_size
from generator.facts import HandleFacts


def check_weights(subject: Subject) -> Iterator[Finding]:
    """Nothing without a handle. A checkpoint that is no model, or a handle that is none, has ended the plan."""
    handle = subject.facts.handle
    if handle is not None and subject.plan.engine != "simulator":
        yield judge(handle, fallback=subject.plan.model.checkpoint)


def judge(handle: HandleFacts, *, fallback: str) -> Finding:
    """A hub that does not answer is worth a look: the model may be in its volume from before."""
    needed = f"{handle.handle} can be fetched"
    if not handle.reason:
        return Finding("model", "ok", f"{show_size(handle.download_bytes)} at the hub", needed)
    remedy = f"{fallback} is served instead" if fallback else "mend it, unless the model was fetched before"
    return Finding("model", "warn", f"{handle.handle}: {handle.reason}", needed, remedy)
