"""What stands around an engine: environment, probes, balancers, claims of cost."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog import Catalog, Exact, match
from generator.lint.finding import Finding
from generator.lint.mention import Mentions, Price, Upstream, Variable
from generator.planner.budgets import load_seconds
from generator.planner.model_source import estimated_bytes

_SUPERSEDED = {"TRANSFORMERS_CACHE": "HF_HOME", "PYTORCH_TRANSFORMERS_CACHE": "HF_HOME"}
_SHORT_NAMES = {"MODEL": "--model-path", "TP": "--tp-size", "DP": "--dp-size"}


def variables(mentions: Mentions, catalog: Catalog) -> Iterator[Finding]:
    """Variables that nothing reads, or that contradict the container."""
    for each in dict.fromkeys(mentions.variables):
        if each.name in _SUPERSEDED:
            message = f"{each.name} is no longer read (transformers 5)"
            yield Finding(each.place, "dead-variable", "warning", message, f"use {_SUPERSEDED[each.name]}")
        elif each.name == "CUDA_VISIBLE_DEVICES" and each.around == "container":
            message = (
                "the container is given its GPUs, and numbers them from 0: CUDA_VISIBLE_DEVICES counts those"
            )
            remedy = "hand out GPUs by device id, and leave the variable out"
            yield Finding(each.place, "gpu-variable", "warning", message, remedy)
        elif each.around == "container" and not each.used:
            yield from _unread(each, catalog)


def _unread(variable: Variable, catalog: Catalog) -> Iterator[Finding]:
    """A variable named like a flag: SGLang has no such variables."""
    spelling = _SHORT_NAMES.get(variable.name, "--" + variable.name.lower().replace("_", "-"))
    known = {each.name for each in catalog.environment}
    found = match(catalog, spelling)
    if variable.name not in known and isinstance(found, Exact):
        message = f"nothing reads {variable.name}: SGLang takes {found.flag.name} from its command line"
        yield Finding(variable.place, "unread-variable", "warning", message, f"give {found.flag.name}")


def probes(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """`/health` does not answer before the weights are loaded."""
    for each in mentions.probes:
        needed = load_seconds(estimated_bytes(each.model))
        if each.patience < needed:
            message = (
                f"the probe restarts the container after {each.patience} s, and loading may take {needed} s"
            )
            remedy = f"add a startupProbe with failureThreshold x periodSeconds of at least {needed} s"
            yield Finding(each.place, "liveness-before-load", "warning", message, remedy)


def upstreams(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """Groups of servers that are, or may be, SGLang's."""
    for each in mentions.upstreams:
        if len(each.servers) < 2 or not _is_engine(each):
            continue
        if "zone" not in each.directives:
            message = f"upstream {each.name} has no zone: every worker process counts and balances for itself"
            yield Finding(each.place, "upstream-zone", "warning", message, f"add `zone {each.name} 256k;`")
        if "keepalive" not in each.directives:
            message = (
                f"upstream {each.name} has no keepalive: before NGINX 1.29.7 each request opens a connection"
            )
            yield Finding(each.place, "upstream-keepalive", "warning", message, "add `keepalive 64;`")
        for place in each.metrics_at:
            message = "each scrape through the balancer meets another replica, and counters jump"
            remedy = "scrape every replica by its address, and close /metrics at the edge"
            yield Finding(place, "metrics-through-balancer", "error", message, remedy)


def _is_engine(upstream: Upstream) -> bool:
    return "sglang" in upstream.name or any(
        "sglang" in server or server.endswith(":30000") for server in upstream.servers
    )


def prices(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """Dollars an hour over millions of tokens an hour."""
    for each in mentions.prices:
        least, most = _per_million(each)
        if each.claimed[0] < 0.95 * least or each.claimed[1] > 1.05 * most:
            message = (
                f"{_dollars(*each.claimed)} per million tokens does not follow: it is {_dollars(least, most)}"
            )
            remedy = "divide dollars an hour by tokens a second x 0.0036"
            yield Finding(each.place, "cost-arithmetic", "warning", message, remedy)


def _per_million(price: Price) -> tuple[float, float]:
    dollars, tokens = price.dollars_per_hour, price.tokens_per_second
    return dollars[0] / (tokens[1] * 0.0036), dollars[1] / (tokens[0] * 0.0036)


def _dollars(least: float, most: float) -> str:
    return f"${least:.3g}" if f"{least:.3g}" == f"{most:.3g}" else f"${least:.3g} to ${most:.3g}"
