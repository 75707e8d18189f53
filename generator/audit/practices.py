"""All ten, in the order in which the guides name them."""

from __future__ import annotations

from collections.abc import Callable

from generator.audit.cache import cached_tokens, prefix_cache
from generator.audit.capacity import autoscaling, load_balancing, load_test, static_memory
from generator.audit.finding import Finding, Subject
from generator.audit.quantization import quantization
from generator.audit.serving import health_checks, logs, metrics

PRACTICES: tuple[Callable[[Subject], Finding], ...] = (
    prefix_cache,
    cached_tokens,
    health_checks,
    metrics,
    load_balancing,
    static_memory,
    quantization,
    autoscaling,
    logs,
    load_test,
)


def audit(subject: Subject) -> tuple[Finding, ...]:
    """One finding a practice."""
    return tuple(practice(subject) for practice in PRACTICES)
