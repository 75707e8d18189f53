"""The prefix cache: that it is on, and that it is of use."""

from __future__ import annotations

from generator.audit.finding import Finding, Subject

OFF = "--disable-radix-cache"

WANTED = 0.7
"""Share of prompt tokens from the cache that the guides call good."""
ENOUGH_TOKENS = 10_000
"""Chosen, not measured: the first prompts after a start can't be cached, and fewer tokens are little but those."""


def prefix_cache(subject: Subject) -> Finding:
    """SGLang has it on unless told otherwise."""
    practice, looked_at = "prefix cache", "arguments of the engines"
    off = [replica.name for replica in subject.plan.replicas if OFF in replica.argv]
    if off:
        remedy = f"take `{OFF}` out of `extra_args`"
        return Finding(practice, "fail", f"off in {', '.join(off)}", looked_at, remedy)
    return Finding(practice, "pass", "on in every replica", looked_at)


def cached_tokens(subject: Subject) -> Finding:
    """Weighted by tokens, as `make loadtest` counts: a share of requests would count a short one like a long one."""
    practice, looked_at = "cached tokens", "counters of the engines since they started"
    running = subject.running
    if running is None:
        return Finding(practice, "not known", subject.unseen, looked_at, "`make up`, then some traffic")
    prompt, cached = running.prompt_tokens, running.cached_tokens
    if prompt is None or cached is None:
        return Finding(practice, "not known", "no counters can be read", looked_at, "`make status`")
    if prompt < ENOUGH_TOKENS:
        seen = f"{prompt:.0f} prompt tokens so far, too few to tell"
        return Finding(practice, "not known", seen, looked_at, f"ask again after {ENOUGH_TOKENS} tokens")
    share = cached / prompt
    seen = f"{share:.0%} of {prompt:.0f} prompt tokens"
    if share > WANTED:
        return Finding(practice, "pass", seen, looked_at)
    return Finding(practice, "fail", f"{seen}, wanted more than {WANTED:.0%}", looked_at, _remedy(subject))


def _remedy(subject: Subject) -> str:
    """`hash` and `cache` are both what `routing: affinity` becomes."""
    together = subject.plan.edge.upstream.placing in ("cache", "hash") or len(subject.plan.replicas) == 1
    routing = "" if together or subject.plan.routers else "`routing: affinity` keeps prompts together; "
    return f"{routing}begin prompts with what they share; `make cache-check` tells whether the cache works"
