"""Prefill and decode servers of the input: what their arguments say, and how they stand in the spec."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from generator.errors import Fault
from generator.importing.account import Item
from generator.importing.draft import Draft
from generator.importing.engine import GpuId, Role, Wanted
from generator.spec import DeploymentSpec
from generator.spec.disaggregation import Backend

_ROLES: tuple[Role, ...] = ("prefill", "decode")


def take_mode(value: str, item: Item, wanted: Wanted) -> None:
    """Which half of a request a server computes."""
    if value == "null":
        wanted.account.drop(item, "the default")
        return
    if value not in _ROLES:
        raise ValueError(value)
    wanted.role = "prefill" if value == "prefill" else "decode"
    wanted.account.keep(item, f"topology: disaggregated, {value}")


def take_backend(value: str, item: Item, wanted: Wanted) -> None:
    """What moves the KV cache."""
    if value not in get_args(Backend):
        wanted.account.drop(item, f"the kit knows {', '.join(get_args(Backend))}")
    elif _is_half(item, wanted):
        _set(wanted, "backend", value)
        wanted.account.keep(item, f"disaggregation.backend: {value}")


def take_bootstrap_port(value: str, item: Item, wanted: Wanted) -> None:
    """Where the halves meet. A decode server's counts for requests without one (SGLang 0.5.23 scheduler.py:2971)."""
    port = int(value)
    if not _is_half(item, wanted):
        return
    if _role(wanted) == "decode":
        wanted.account.drop(item, "the router names the prefill server's with each request")
        return
    _set(wanted, "bootstrap_port", port)
    why = "the first prefill replica's, from which the next count up"
    wanted.account.keep(item, "disaggregation.bootstrap_port", why)


def take_devices(value: str, item: Item, wanted: Wanted) -> None:
    """RDMA devices, by name."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names or not all(re.fullmatch(r"[a-z0-9_]+", name) for name in names):
        wanted.account.drop(item, "name the devices in `disaggregation.ib_devices`")
    elif _is_half(item, wanted):
        _set(wanted, "ib_devices", names)
        wanted.account.keep(item, f"disaggregation.ib_devices: {', '.join(names)}")


def _is_half(item: Item, wanted: Wanted) -> bool:
    """A server that does both halves leaves these arguments alone."""
    if _role(wanted) == "unified":
        wanted.account.drop(item, "it says nothing without `--disaggregation-mode`")
    return _role(wanted) != "unified"


def _role(wanted: Wanted) -> str:
    """Arguments have no order: the mode may come last."""
    modes = [each.value for each, _ in wanted.engine.arguments if each.spelling == "--disaggregation-mode"]
    return next((mode for mode in reversed(modes) if mode in _ROLES), wanted.role)


def _set(wanted: Wanted, key: str, value: Any) -> None:
    wanted.want("disaggregation", {**wanted.keys.get("disaggregation", {}), key: value})


def halves_missing(wanted: Sequence[Wanted]) -> list[Fault]:
    """One half alone serves nobody."""
    present = {each.role for each in wanted} & set(_ROLES)
    if len(present) != 1:
        return []
    (there,) = present
    other = "decode" if there == "prefill" else "prefill"
    remedy = "import a file that has both, or leave `--disaggregation-mode` out"
    return [
        Fault("", f"has {there} servers and no {other} servers, which serve requests only together", remedy)
    ]


def set_roles(
    wanted: Sequence[Wanted], common: Sequence[tuple[str, ...]], variables: dict[str, str], draft: Draft
) -> None:
    """`prefill:` and `decode:`; a router stands between them in any case, SGLang's own or Dynamo's."""
    draft.set("topology", "disaggregated")
    if draft.values.get("routing") != "dynamo":
        draft.values.pop("routing", None)
    _set_bootstrap_port(wanted, draft)
    for role in _ROLES:
        block = _block([each for each in wanted if each.role == role], common, variables)
        if block != {"replicas": 1}:
            draft.set(role, block)


def _set_bootstrap_port(wanted: Sequence[Wanted], draft: Draft) -> None:
    """The lowest, whatever the servers' order: the plan counts up from it."""
    blocks = [each.keys.get("disaggregation", {}) for each in wanted]
    ports = [block["bootstrap_port"] for block in blocks if "bootstrap_port" in block]
    block = draft.values.pop("disaggregation", {})
    common = {key: value for key, value in block.items() if key != "bootstrap_port"}
    if ports and min(ports) != DeploymentSpec().disaggregation.bootstrap_port:
        common["bootstrap_port"] = min(ports)
    if common:
        draft.set("disaggregation", common)


def _block(
    wanted: Sequence[Wanted], common: Sequence[tuple[str, ...]], variables: dict[str, str]
) -> dict[str, Any]:
    """All servers of a role share their arguments: those of the first count."""
    block: dict[str, Any] = {"replicas": sum(each.engine.count * each.data_parallel for each in wanted)}
    gpus: tuple[GpuId, ...] = tuple(gpu for each in wanted for gpu in each.gpus)
    if gpus and len(gpus) == block["replicas"] * wanted[0].width and len(set(gpus)) == len(gpus):
        block["gpus"] = list(gpus)
    own = [word for line in wanted[0].extra_args if line not in common for word in line]
    names = {key: value for key, value in wanted[0].env_vars.items() if (key, value) not in variables.items()}
    return block | ({"extra_args": own} if own else {}) | ({"env_vars": names} if names else {})
