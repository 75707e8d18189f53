"""From a sweep's folder to its report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.conclude import MARKDOWN_FILE, PAGE_FILE, load_summary
from loadtest.record import RecordError
from loadtest.slo.model import Slo
from loadtest.sweep.analysis import Curve, Measured, curves
from loadtest.sweep.page import render_sweep, render_sweep_markdown
from loadtest.sweep.record import load_sweep

EXIT_NONE_MEETS: Final = 1


@dataclass(frozen=True)
class SweepConclusion:
    """What the sweep came to, and where its report lies."""

    curves: tuple[Curve, ...]
    page: Path

    @property
    def exit_code(self) -> int:
        """0 when some load meets the SLO."""
        return 0 if any(curve.best for curve in self.curves) else EXIT_NONE_MEETS


def conclude_sweep(folder: Path, *, slo: Slo) -> SweepConclusion:
    """Read sweep.json and the summaries of its runs, write report.html and report.md.

    Raises RecordError and OSError.
    """
    sweep = load_sweep(folder)
    runs = tuple(
        Measured(step.setting, step.load, load_summary(folder / step.folder), folder=step.folder)
        for step in sweep.steps
    )
    if not runs:
        raise RecordError(f"{folder} has no run: the sweep was stopped before its first one ended")
    found = curves(runs, slo=slo)
    model = runs[0].summary.run.model
    page = render_sweep(sweep, curves=found, slo=slo, model=model)
    (folder / PAGE_FILE).write_text(page, encoding="utf-8")
    text = render_sweep_markdown(sweep, curves=found, slo=slo, model=model)
    (folder / MARKDOWN_FILE).write_text(text, encoding="utf-8")
    return SweepConclusion(curves=found, page=folder / PAGE_FILE)
