"""Two catalogs and what a deployment uses -> what breaks, what will, and what is different from now on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generator.catalog import Catalog, Finding, Variable, check
from generator.upgrade.uses import Uses, metric_of, route_of

Weight = Literal["breaks", "deprecated", "differs", "new"]
Kind = Literal["flag", "metric", "route", "variable"]
_ORDER: dict[Weight, int] = {"breaks": 0, "deprecated": 1, "differs": 2, "new": 3}


@dataclass(frozen=True)
class Change:
    """One thing; `message` is a clause about `name`, `where` the files that use it."""

    weight: Weight
    kind: Kind
    name: str
    message: str
    remedy: str = ""
    where: tuple[str, ...] = ()


def changes(old: Catalog, new: Catalog, uses: Uses) -> tuple[Change, ...]:
    """The gravest first, then by kind and name."""
    found = {
        *_arguments(old, new, uses),
        *_flags(old, new, uses),
        *_metrics(old, new, uses),
        *_routes(old, new, uses),
        *_variables(old, new, uses),
    }
    return tuple(sorted(found, key=lambda change: (_ORDER[change.weight], change.kind, change.name)))


def _arguments(old: Catalog, new: Catalog, uses: Uses) -> Iterator[Change]:
    """What the new release finds in a command line and the old one does not."""
    for words in uses.arguments:
        before = {_timeless(finding, old) for finding in check(old, words, owned={})}
        for finding in check(new, words, owned={}):
            if _timeless(finding, new) not in before:
                weight: Weight = "breaks" if finding.severity == "error" else "deprecated"
                name = _flag_before(words, finding.at)
                yield Change(weight, "flag", name, finding.message, finding.remedy)


def _timeless(finding: Finding, catalog: Catalog) -> str:
    return finding.message.replace(catalog.version, "")


def _flag_before(words: tuple[str, ...], at: int) -> str:
    flags = (word.partition("=")[0] for word in reversed(words[: at + 1]) if word.startswith("--"))
    return next(flags, words[at])


def _flags(old: Catalog, new: Catalog, uses: Uses) -> Iterator[Change]:
    """Of the flags that the deployment leaves alone: other defaults, new demands; and what there is now."""
    given = {word.partition("=")[0] for words in uses.arguments for word in words}
    known = {flag.name: flag for flag in old.flags}
    for flag in new.flags:
        before, used = known.get(flag.name), bool(given & set(flag.spellings))
        if flag.required and not used:
            yield Change("breaks", "flag", flag.name, "is required", "add it to extra_args")
        elif not before and not set(flag.spellings) & set(old.spellings):
            yield Change("new", "flag", flag.name, flag.section)
        elif before and not used and before.default != flag.default and (before.default or flag.default):
            message = f"is {flag.default!r} by default, was {before.default!r}"
            yield Change("differs", "flag", flag.name, message)


def _metrics(old: Catalog, new: Catalog, uses: Uses) -> Iterator[Change]:
    for name, where in uses.metrics.items():
        before, after = metric_of(old, name), metric_of(new, name)
        if before and not after:
            remedy = "its panels and alerts stay empty: take another one"
            yield Change("breaks", "metric", name, f"is not exported by {new.version}", remedy, where)
        elif before and after and before != after:
            message = f"is a {after.kind} with {_labels(after.labels)}, was a {before.kind} with {_labels(before.labels)}"
            yield Change("differs", "metric", name, message, "", where)
    names = {metric.name for metric in old.metrics}
    for metric in new.metrics:
        if metric.name not in names:
            yield Change("new", "metric", metric.name, metric.kind)


def _labels(labels: tuple[str, ...]) -> str:
    return f"the labels {', '.join(labels)}" if labels else "the common labels"


def _routes(old: Catalog, new: Catalog, uses: Uses) -> Iterator[Change]:
    for path, where in uses.routes.items():
        before, after = route_of(old, path), route_of(new, path)
        if before and not after:
            yield Change("breaks", "route", path, f"is not answered by {new.version}", "", where)
        elif before and after and (lost := sorted(set(before.methods) - set(after.methods))):
            yield Change("breaks", "route", path, f"takes no {', '.join(lost)} any more", "", where)
    paths = {route.path for route in old.routes}
    for route in new.routes:
        if route.path not in paths:
            yield Change("new", "route", route.path, ", ".join(route.methods), "closed at the edge")


def _variables(old: Catalog, new: Catalog, uses: Uses) -> Iterator[Change]:
    before = {variable.name: variable for variable in old.environment}
    after = {variable.name: variable for variable in new.environment}
    for name in uses.variables:
        if name in before and name not in after:
            yield Change("breaks", "variable", name, f"is not read by {new.version}", "leave it out")
        elif name in after and after[name].deprecated and not _was_deprecated(before.get(name)):
            successor = after[name].replacement
            remedy = f"use {successor}" if successor else "leave it out"
            yield Change("deprecated", "variable", name, f"is deprecated in {new.version}", remedy)


def _was_deprecated(variable: Variable | None) -> bool:
    return variable is not None and variable.deprecated
