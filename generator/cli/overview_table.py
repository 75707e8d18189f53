"""The table of what runs, shared by `up` and `status`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from generator.runtime.overview import Overview, Row
from generator.runtime.progress import style_of

COLUMNS = ("service", "state", "gpus", "address", "restarts", "since")


def print_overview(found: Overview, *, console: Console) -> None:
    """One row a service; the GPU column only where there are GPUs."""
    columns = [name for name in COLUMNS if name != "gpus" or any(row.gpus for row in found.services)]
    table = Table(*columns, box=None, pad_edge=False)
    for row in found.services:
        cells = _cells(row)
        table.add_row(*(Text(cells[name]) for name in columns), style=style_of(row.phase))
    console.print(table)


def _cells(row: Row) -> dict[str, str]:
    return {
        "service": row.service,
        "state": f"{row.phase} ({row.detail})" if row.detail else row.phase,
        "gpus": " ".join(row.gpus),
        "address": row.address,
        "restarts": str(row.restarts) if row.restarts else "",
        "since": row.since,
    }
