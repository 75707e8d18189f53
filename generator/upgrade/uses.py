"""What a deployment takes from its engine: command lines, metrics in queries, routes behind the edge, variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.catalog import Catalog, Metric, Route
from generator.plan.model import DeploymentPlan
from generator.render import RenderedTree

_METRIC = re.compile(r"sglang:[a-z0-9_]+")
_PROXIED = re.compile(r"proxy_pass http://[^/;\s]+(/[^;\s]*);")
# Asked by the container's health check, and by Prometheus unless it is told otherwise.
_PROBED = ("/health", "/metrics")

# Where queries are written.
_QUERIES = ("grafana/", "prometheus/")

Places = Mapping[str, tuple[str, ...]]
"""Name -> the files that use it."""


@dataclass(frozen=True)
class Uses:
    """`arguments` holds each different command line of a replica once, `variables` the names of all of them."""

    arguments: tuple[tuple[str, ...], ...]
    metrics: Places
    routes: Places
    variables: tuple[str, ...]


def uses_of(plan: DeploymentPlan, tree: RenderedTree) -> Uses:
    """Of the engine only; what stands beside it has releases of its own."""
    variables = {name for replica in plan.replicas for name, _ in replica.environment}
    probed = {*_PROBED, *(urlsplit(replica.ready_url).path for replica in plan.replicas)}
    # Behind a router these two are its own.
    others = {plan.edge.upstream.ready_path, plan.edge.upstream.health_path} if plan.routers else set()
    proxied = {path: files for path, files in _places(tree, _PROXIED).items() if path not in others}
    return Uses(
        arguments=tuple(dict.fromkeys(replica.argv for replica in plan.replicas)),
        metrics=_places({file: text for file, text in tree.items() if file.startswith(_QUERIES)}, _METRIC),
        routes={path: proxied.get(path, ("the plan",)) for path in sorted({*probed, *proxied} - {"/"})},
        variables=tuple(sorted(variables)),
    )


def metric_of(catalog: Catalog, name: str) -> Metric | None:
    """The metric that a query's name belongs to, which may be one of its series (`_bucket`, `_sum`, `_count`)."""
    return next((metric for metric in catalog.metrics if name in (metric.name, *metric.series)), None)


def route_of(catalog: Catalog, path: str) -> Route | None:
    """The route that answers a path; a variable of NGINX in it stands for any name."""
    return next((route for route in catalog.routes if _shape(route.path) == _shape(path)), None)


def _shape(path: str) -> str:
    """`/v1/models/$model` and `/v1/models/{model}` are the same to a client."""
    return re.sub(r"\$\w+|\{\w+\}", "*", path)


def _places(tree: RenderedTree, pattern: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for file, text in sorted(tree.items()):
        for name in pattern.findall(text):
            found.setdefault(name, {})[file] = None
    return {name: tuple(found[name]) for name in sorted(found)}
