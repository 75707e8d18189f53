"""Figures: printed as a table, written as build/bench/<name>.json.

Each figure is `{figure, workload, ours, peer, peer_name, unit, ratio, target, ok}`. With a peer the ratio ours/peer is held
against the target, otherwise our own value is. Smaller is better unless `better` says larger.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

RESULTS = Path("build/bench")


@dataclass(frozen=True)
class Figure:
    """One measured value and what it should be. `peer` is measured side by side in the same run."""

    figure: str
    workload: str
    ours: float
    unit: str
    target: float | None = None
    peer: float | None = None
    peer_name: str = ""
    better: Literal["smaller", "larger"] = "smaller"

    @property
    def ratio(self) -> float | None:
        """ours / peer."""
        return self.ours / self.peer if self.peer else None

    @property
    def ok(self) -> bool | None:
        """None without a target."""
        if self.target is None:
            return None
        value = self.ours if self.ratio is None else self.ratio
        return value <= self.target if self.better == "smaller" else value >= self.target


def report(name: str, figures: Sequence[Figure]) -> None:
    """Prints the table and writes the JSON."""
    rows = [{**asdict(figure), "ratio": figure.ratio, "ok": figure.ok} for figure in figures]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    Console(width=150).print(_table(figures))


def _table(figures: Sequence[Figure]) -> Table:
    table = Table("figure", "workload", "ours", "peer", "ratio", "target", "ok", box=None, pad_edge=False)
    for figure in figures:
        sign = "<=" if figure.better == "smaller" else ">="
        table.add_row(
            figure.figure,
            figure.workload,
            f"{figure.ours:.4g} {figure.unit}",
            f"{figure.peer:.4g} {figure.unit} {figure.peer_name}" if figure.peer is not None else "",
            f"{figure.ratio:.3g}" if figure.ratio is not None else "",
            f"{sign} {figure.target:g}" if figure.target is not None else "",
            {True: "yes", False: "NO", None: ""}[figure.ok],
        )
    return table
