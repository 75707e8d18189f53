"""Layouts as lines of the plan's text: one fact a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.plan.layouts import LayoutFigures, Layouts, RejectedLayout

_GIB = 1 << 30
_SHOWN = 4


def layouts_text(layouts: Layouts, *, rejected: int = _SHOWN) -> Iterator[str]:
    """The taken one, the others, the recommendations, and the first `rejected` reasons."""
    length = f" for contexts of {layouts.context} tokens" if layouts.context else ""
    yield f"layout {layouts.taken.name if layouts.taken else 'none'}{length}, estimated"
    if layouts.taken:
        yield f"  taken {_figures(layouts.taken, layouts.context)}"
    for other in layouts.others:
        yield f"  or {_figures(other, layouts.context)}"
    for best in layouts.recommended:
        yield f"  for {best.goal}: {best.why}"
    reasons = _by_reason(layouts.rejected)
    for reason, names in reasons[:rejected]:
        yield f"  not {', '.join(names)}: {reason}"
    if len(reasons) > rejected:
        yield f"  and {len(reasons) - rejected} more: `sglbox plan --layouts`"


def _figures(figures: LayoutFigures, context: int) -> str:
    memory = f"{figures.weights_bytes / _GIB:.1f} GiB weights + {figures.kv_bytes / _GIB:.1f} GiB KV a GPU"
    room = f"{figures.tokens} tokens{_contexts(figures.contexts) if context else ''}"
    pace = (
        f"{figures.request_ms / 1000:.2g} s a request alone, {figures.requests_a_minute} a minute when full"
    )
    notes = "".join(f"; {note}" for note in figures.notes)
    return f"{figures.name}: {memory}, {room}, {pace}, starts in {figures.start_seconds} s{notes}"


def _contexts(count: int) -> str:
    """Of the length that is asked for, or the model's own; an engine refuses what is longer than its pool."""
    if not count:
        return ", no whole context"
    return f", {count} contexts" if count > 1 else ", one context"


def _by_reason(rejected: Sequence[RejectedLayout]) -> list[tuple[str, list[str]]]:
    """Reasons in their order, each with the layouts that it rules out."""
    found: dict[str, list[str]] = {}
    for each in rejected:
        found.setdefault(each.reason, []).append(each.name)
    return list(found.items())
