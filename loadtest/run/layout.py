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
_UUID_LENGTH: Final = 12
"""So much of a GPU's UUID tells it from the others of a host."""


def layout(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deployment as text, in the order in which it is read. Raises KeyError for a plan that lacks it."""
    replicas = plan["replicas"]
    placing = plan["edge"]["upstream"]["placing"]
    shared = _flags(replicas[0]["argv"])
    own = {each["name"]: _flags(each["argv"]) for each in replicas}
    return {
        "project": plan["project"],
        "runtime": plan["runtime"],
        "engine": plan["engine"],
        "model": _model(plan["model"]),
        "routing": _ROUTING.get(placing, placing),
        "replicas": {each["name"]: _place(each) for each in replicas},
        "flags": " ".join(shared),
        "other flags": {name: " ".join(flags) for name, flags in own.items() if flags != shared},
    }


def _model(model: Mapping[str, Any]) -> str:
    served, source = model["served_name"], model["handle"] or model["checkpoint"]
    revision = f" at {model['revision']}" if model["revision"] else ""
    return f"{served}: {source}{revision}" if source and source != served else f"{served}{revision}"


def _place(replica: Mapping[str, Any]) -> str:
    gpus: Sequence[str] = [gpu[:_UUID_LENGTH] for gpu in replica["gpus"]]
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
