"""Groups that a TP set is split into by arguments: attention groups, context groups, groups of experts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from generator.catalog.arguments import Argument, read
from generator.catalog.model import Catalog
from generator.planner.decisions import Decisions
from generator.planner.engine_release import Reader
from generator.spec.model import DeploymentSpec

# By the catalogs' names of the flags.
WIDTHS = {
    "attn_dp_size": "--attn-dp-size",
    "attn_cp_size": "--attn-cp-size",
    "moe_dp_size": "--moe-dp-size",
    "ep_size": "--ep-size",
}
# SGLang 0.5.23 srt/arg_groups/parallel_hook.py:326, :156-184; srt/runtime_context.py:295-313 holds TP against the
# product of what each family makes of it.
_FAMILIES = (("attn_dp_size", "attn_cp_size"), ("ep_size", "moe_dp_size"))


def check_widths(spec: DeploymentSpec, readers: Sequence[Reader], tensor: int, decisions: Decisions) -> None:
    """Refuses what every process of the replica would end with; `tensor` is the TP size, once it is known."""
    found: dict[tuple[str, str], str] = {}
    for reader in readers:
        common = _sizes(reader.release.catalog, spec.extra_args)
        own = _sizes(reader.release.catalog, (*spec.extra_args, *reader.override.extra_args))
        key = "extra_args" if own == common else f"{reader.key}.extra_args"
        found |= {(key, message): remedy for message, remedy in _misfits(own, tensor)}
    for (key, message), remedy in found.items():
        decisions.refuse(key, message, remedy)


def _sizes(catalog: Catalog, words: Sequence[str]) -> dict[str, int]:
    """The last one of each counts. What is no number is refused elsewhere."""
    found: dict[str, int] = {}
    for each in read(catalog, words):
        if not isinstance(each, Argument) or each.flag is None or not each.values:
            continue
        if each.flag.dest in WIDTHS and each.values[0].lstrip("-").isdecimal():
            found[each.flag.dest] = int(each.values[0])
        elif each.flag.dest == "moe_a2a_backend" and each.values[0] != "none":
            found[each.flag.dest] = 1
    return found


def _misfits(sizes: Mapping[str, int], tensor: int) -> Iterator[tuple[str, str]]:
    for family in _FAMILIES:
        given = {name: sizes[name] for name in family if name in sizes}
        if "moe_a2a_backend" in sizes:
            given.pop("ep_size", None)  # arg_groups/overrides.py:1611 makes it the TP size
        if rule := _broken_rule(given, tensor):
            shown = " ".join(f"{WIDTHS[name]} {size}" for name, size in given.items())
            remedy = f"{' x '.join(WIDTHS[name] for name in given)} may be {_divisors(tensor)}"
            yield f"SGLang refuses {shown} with tensor_parallel_size {tensor}: {rule}", remedy


def _broken_rule(given: Mapping[str, int], tensor: int) -> str:
    if not given:
        return ""
    if min(given.values()) < 1 or tensor % prod(given.values()):
        return f"{'their product' if len(given) > 1 else 'it'} has to divide it"
    groups_of_experts = {*_FAMILIES[1]} == given.keys() and min(given.values()) > 1
    if groups_of_experts and prod(given.values()) != tensor:
        return "their product has to be the same"
    return ""


def _divisors(number: int) -> str:
    return ", ".join(str(each) for each in range(1, number + 1) if number % each == 0)
