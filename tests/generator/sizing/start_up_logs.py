"""What SGLang itself said about memory when it started, in public threads, beside what the kit estimates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.sizing.architecture import Architecture
from generator.sizing.config_json import read_architecture
from generator.sizing.fit import GIB, Demand, fit, usable
from generator.sizing.kv_cache import state_bytes, token_bytes
from generator.sizing.weights import Split, weight_bytes

HERE = Path(__file__).parent
UNITS = {
    "free_at_start": "GiB free at the start",
    "weights": "GiB of weights",
    "free_loaded": "GiB free with weights",
    "tokens": "KV tokens",
    "kib_per_token": "KiB of KV a token",
    "states": "GiB of states",
    "gpustack": "GiB to claim: 1.2 x weights + 2",
}


@dataclass(frozen=True)
class Figure:
    """One number of one log; `miss` says why the estimate is known to be off, "" where it is not."""

    source: str
    model: str
    gpus: str
    name: str
    logged: float
    estimated: float
    miss: str

    @property
    def error(self) -> float:
        """Of the estimate, as a share of what was logged."""
        return self.estimated / self.logged - 1


def model(name: str) -> Architecture:
    """A model of models/, by its file's name."""
    found = read_architecture(json.loads((HERE / "models" / f"{name}.json").read_text()))
    assert found is not None
    return found


def figures() -> Iterator[Figure]:
    """Every number of every log."""
    for log in json.loads((HERE / "logs.json").read_text()):
        estimates = estimate(log)
        for name, logged in log["observed"].items():
            gpus = f"{log['tensor']} x {log['gpu']}"
            yield Figure(
                log["source"], log["model"], gpus, name, logged, estimates[name], log.get("miss", "")
            )


def estimate(log: dict[str, Any]) -> dict[str, float]:
    """The same numbers from config.json and the size of the GPU."""
    split, memory = Split(log["tensor"]), log["memory_mib"] << 20
    demand = Demand(
        model(log["model"]),
        file_bytes=log.get("file_bytes", 0),
        static_fraction=log["fraction"],
        kv_type=log.get("kv_type", "auto"),
    )
    found = fit(demand, split, memory)
    slots = log.get("slots", 0) + 1
    return {
        "states": slots * state_bytes(demand.model, split) / GIB,
        "free_at_start": usable(memory, split) / GIB,
        "weights": found.weights / GIB,
        "free_loaded": (usable(memory, split) - found.weights) / GIB,
        "tokens": found.tokens,
        "gpustack": 1.2 * weight_bytes(demand.model) / GIB + 2,
        "kib_per_token": token_bytes(demand.model, split, kv_type=demand.kv_type) / 1024,
    }


def table() -> str:
    """The figures as a table of Markdown."""
    rows = [
        "| log | model | GPUs | figure | logged | estimated | error |",
        "|---|---|---|---|---:|---:|---:|",
    ]
    rows += [
        f"| {figure.source} | {figure.model} | {figure.gpus} | {UNITS[figure.name]} | {_number(figure.logged)} "
        f"| {_number(figure.estimated)} | {figure.error:+.1%}{' (miss)' if figure.miss else ''} |"
        for figure in figures()
    ]
    return "\n".join(rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value > 1000 else f"{value:.2f}"
