"""docs/examples.md: one row an example, made from the files' heads and from their plans on the recorded hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from generator.examples.folder import head_of
from generator.examples.head import Head
from tests.golden.cases import CASES, Case

PAGE = "docs/examples.md"
INTRODUCTION = Path(__file__).with_name("examples-introduction.md")

GIB = 1 << 30


def examples_page() -> str:
    """Markdown: introduction, the table, and what was changed from each guide."""
    cases = [case for case in CASES if case.example and not case.rank]
    lines = [INTRODUCTION.read_text(encoding="utf-8").rstrip(), "", "## All of them", ""]
    lines += ["| name | model | GPUs | memory | use |", "|---|---|---|---|---|"]
    lines += [_row(case) for case in sorted(cases, key=_order)]
    return "\n".join([*lines, *_changes(cases)]) + "\n"


def _order(case: Case) -> tuple[str, str]:
    """By guide, the kit's own first."""
    return _guide(head_of(case.example)), case.name


def _guide(head: Head) -> str:
    """The document, without the place in it."""
    return head.guide.partition(", ")[0]


def _row(case: Case) -> str:
    host, plan = case.host(), case.plan()
    used = [device for replica in plan.replicas for device in replica.gpus]
    sizes = {gpu.uuid: gpu.memory_bytes for gpu in host.gpus}
    memory = f"{_hosts(case) * sum(_as_sold(sizes[device]) for device in used)} GB" if used else ""
    model = plan.model.handle or plan.model.served_name
    use = head_of(case.example).use
    return f"| [`{case.name}`](../compose/examples/{case.example}.yaml) | {model} | {_gpus(case, len(used))} | {memory} | {use} |"


def _sentence(text: str) -> str:
    """A name stays as it is written; `sglang-router` is one."""
    word = text.partition(" ")[0]
    return text if "-" in word else f"{text[0].upper()}{text[1:]}"


def _hosts(case: Case) -> int:
    """Alike, each with as many GPUs as the first."""
    return len(case.spec().nodes) or 1


def _as_sold(size: int) -> int:
    """GB on the box: a card reports a little less, and all come in multiples of eight."""
    return 8 * ceil(size / (8 * GIB))


def _gpus(case: Case, count: int) -> str:
    """`2 x 4 H100`: replicas times the GPUs of each."""
    if not count:
        return "none"
    replicas = case.plan().replicas
    name = re.sub(r"NVIDIA |-.*| .*GB.*", "", case.host().gpus[0].name)
    if replicas[0].role != "unified":
        roles = {role: sum(len(r.gpus) for r in replicas if r.role == role) for role in ("prefill", "decode")}
        return f"{roles['prefill']} + {roles['decode']} {name}"
    each = {len(replica.gpus) for replica in replicas}
    if _hosts(case) > 1:
        return f"{_hosts(case)} hosts x {count} {name}"
    if len(replicas) == 1 or len(each) > 1:
        return f"{count} x {name}"
    return f"{len(replicas)} x {each.pop()} {name}"


def _changes(cases: list[Case]) -> Iterator[str]:
    """By guide, then by example."""
    guides = sorted({_guide(head_of(case.example)) for case in cases} - {""})
    for guide in guides:
        yield from ("", f"## From the {guide}")
        for case in cases:
            head = head_of(case.example)
            if _guide(head) == guide:
                place = head.guide.partition(", ")[2]
                yield from ("", f"### {case.name}", "", f"{head.about} In the guide: {place}.", "")
                yield from (f"- {_sentence(change)}" for change in head.changes)
