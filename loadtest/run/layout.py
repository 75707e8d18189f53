"""What a plan says of the deployment that a run was against: kept in run.json, printed in the report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_PLACES: Final = ("--host", "--port", "--model-path", "--served-model-name")
"""Flags that say where and what, which the report has elsewhere."""
_ROUTING: Final = {
    "cache": "affinity, by what replicas have cached",
    "hash": "affinity, by hash",
    "health": "least_conn, replicas checked",
    "none": "least_conn",
}
_UUID_LENGTHS: Final = (12, 23, 40)
"""Cuts of a GPU's UUID, of which the first is taken that tells all GPUs apart."""


def layout(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deployment as text, in the order in which it is read. Raises KeyError for a plan that lacks it."""
    replicas = plan["replicas"]
    routers = plan["routers"]
    cut = _cut([gpu for each in replicas for gpu in each["gpus"]])
    shared = _flags(replicas[0]["argv"])
    own = {each["name"]: _flags(each["argv"]) for each in replicas}
    return {
        "project": plan["project"],
        "runtime": plan["runtime"],
        "engine": plan["engine"],
        "model": _model(plan["model"]),
        "routing": _routing(plan),
        "routers": {each["name"]: f"{each['kind']} at {each['address']}:{each['port']}" for each in routers},
        "replicas": {each["name"]: _place(each, cut=cut) for each in replicas},
        "flags": " ".join(shared),
        "other flags": {name: " ".join(flags) for name, flags in own.items() if flags != shared},
    }


def _routing(plan: Mapping[str, Any]) -> str:
    placing = str(plan["edge"]["upstream"]["placing"])
    return ", ".join(sorted({each["kind"] for each in plan["routers"]})) or _ROUTING.get(placing, placing)


def _model(model: Mapping[str, Any]) -> str:
    served, source = model["served_name"], model["handle"] or model["checkpoint"]
    revision = f" at {model['revision']}" if model["revision"] else ""
    return f"{served}: {source}{revision}" if source and source != served else f"{served}{revision}"


def _cut(gpus: Sequence[str]) -> int:
    lengths = (length for length in _UUID_LENGTHS if len({gpu[:length] for gpu in gpus}) == len(set(gpus)))
    return next(lengths, _UUID_LENGTHS[-1])


def _place(replica: Mapping[str, Any], *, cut: int) -> str:
    gpus: Sequence[str] = [gpu[:cut] for gpu in replica["gpus"]]
    places = f"{len(gpus)} GPUs: {', '.join(gpus)}" if len(gpus) > 1 else "".join(gpus) or "no GPU"
    return f"{replica['role']}; {places}; {replica['image'] or 'process'} at {replica['address']}:{replica['port']}"


def _flags(argv: Sequence[str]) -> list[str]:
    """`argv` from its first long flag on, without those of `_PLACES` and their values."""
    begin = next((at for at, word in enumerate(argv) if word.startswith("--")), len(argv))
    words, kept = iter(argv[begin:]), []
    for word in words:
        if word in _PLACES:
            next(words, None)
        else:
            kept.append(word)
    return kept
