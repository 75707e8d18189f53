"""The metrics a release exports: every construction of a Prometheus metric whose name begins with `sglang:`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from generator.catalog.extraction.package import Module, Package

PREFIX = "sglang:"
# The last one is the engine's own: a histogram of a present state, in gauges with the labels `gt` and `le`.
_KINDS = {
    "Counter": "counter",
    "Gauge": "gauge",
    "Histogram": "histogram",
    "Summary": "summary",
    "GaugeHistogram": "gauge",
}


def exported_metrics(package: Package) -> list[dict[str, Any]]:
    """`name`, `kind`; `labels` of its own; `common` where the engine's common labels (model, ranks) come first.

    A metric that is constructed in several places has the labels of all of them.
    """
    found: dict[str, dict[str, Any]] = {}
    for module in package.below(f"{package.root.name}.srt"):
        if f'"{PREFIX}' in module.text:
            for entry in _constructed(module):
                found[entry["name"]] = _joined(found.get(entry["name"], {}), entry)
    return [found[name] for name in sorted(found)]


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    labels = sorted({*first.get("labels", ()), *second.get("labels", ())})
    return {**first, **second, **({"labels": labels} if labels else {})}


def _constructed(module: Module) -> Iterator[dict[str, Any]]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        kind = ast.unparse(node.func).rpartition(".")[2]
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        name = keywords.get("name") or (node.args[0] if node.args else None)
        if kind in _KINDS and isinstance(name, ast.Constant) and str(name.value).startswith(PREFIX):
            third = node.args[2] if len(node.args) > 2 else None
            labels = _labels(keywords.get("labelnames", third))
            bounds = {"labels": ["gt", "le"]} if kind == "GaugeHistogram" else {}
            yield {"name": name.value, "kind": _KINDS[kind], **labels, **bounds}


def _labels(node: ast.expr | None) -> dict[str, Any]:
    """`list(labels.keys()) + ["mode"]`, `[*labels.keys(), "mode"]`, `["mode"]` or nothing."""
    if node is None:
        return {}
    own = sorted(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    common = any(isinstance(n, ast.Attribute) and n.attr == "keys" for n in ast.walk(node))
    return {**({"labels": own} if own else {}), **({"common": True} if common else {})}
