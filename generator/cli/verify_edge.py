"""`verify-edge`: the same prompts direct and through the edge; is anything merged, held back, lost or reordered?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table

from generator.credentials.endpoint import authorization, trust
from generator.errors import CheckError, Fault, StateError
from generator.plan.model import DeploymentPlan, Replica, Router
from generator.runtime.choice import runtime_of
from generator.runtime.wanted import service_files
from generator.verify.figures import Figures
from generator.verify.run import Subject, verify
from generator.verify.verdict import Result

WIDTH = 100
"""Columns of a table that is written to a file."""
LOG_LINES = 3000
"""Of each engine: the run's own requests are the last ones."""


def verify_edge(plan: DeploymentPlan, directory: Path, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """The exit status. Raises CheckError with every finding, except for a machine; StateError when nothing is up."""
    runtime = runtime_of(plan, directory=directory)
    running = {service.name for service in runtime.observe().services if service.state == "running"}
    replicas = [replica for replica in plan.replicas if replica.name in running]
    if plan.edge.name not in running or not replicas:
        raise StateError(f"{plan.project} is not up", hint="`make up` comes first")
    subject = Subject(
        model=plan.model.served_name,
        direct={server.name: f"http://{server.address}:{server.port}" for server in _behind(plan, replicas)},
        edge_name=plan.edge.name,
        edge=plan.edge.url,
        logs=lambda: [runtime.tail(replica.name, lines=LOG_LINES, span="run") for replica in replicas],
        files={
            path: text
            for path, text in service_files(plan, directory=directory).items()
            if path.endswith(".conf")
        },
        headers=authorization(plan, directory=directory),
        verify=trust(plan, directory=directory),
    )
    return show(verify(subject), as_json=as_json, out=out)


def _behind(plan: DeploymentPlan, replicas: Sequence[Replica]) -> Sequence[Replica | Router]:
    """Whom the edge asks: a router speaks in its own way, and a prefill replica answers nobody else."""
    return plan.routers or replicas


def show(result: Result, *, as_json: bool, out: TextIO) -> int:
    """The table, notes, and the verdict."""
    if as_json:
        out.write(json.dumps(asdict(result), indent=2) + "\n")
        return CheckError.exit_code if result.findings else 0
    console = Console(file=out, highlight=False)
    console.width = max(console.width, WIDTH)
    console.print(_table(result))
    wire = result.wire
    if wire.requests:
        spoken = ", ".join(wire.versions)
        console.print(f"edge to engines: {wire.requests} requests in {spoken}")
    for note in result.notes:
        console.print(f"note: {note}")
    if result.findings:
        raise CheckError(
            [Fault("", finding) for finding in result.findings], hint="the edge does not stream faithfully"
        )
    console.print("verdict: clients see what the engines sent, in order, unmerged, as it came")
    return 0


def _table(result: Result) -> Table:
    table = Table(box=None)
    for name in (
        "via",
        "streams",
        "events",
        "chunks",
        "merged",
        "burst",
        "TTFT p50",
        "p99",
        "ITL p50",
        "p99 ms",
    ):
        table.add_column(name, justify="left" if name == "via" else "right")
    for row in (*result.ways, result.direct, result.edge):
        table.add_row(*_cells(row))
    return table


def _cells(row: Figures) -> tuple[str, ...]:
    times = (row.ttft_p50, row.ttft_p99, row.itl_p50, row.itl_p99)
    counts = (str(row.streams), str(row.events), str(row.chunks))
    return (row.via, *counts, f"{row.merged:.1%}", str(row.largest_burst), *(f"{time:.1f}" for time in times))
