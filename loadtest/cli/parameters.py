"""Options of verbs that make load, one annotated type each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[str, typer.Option("--scenario", help="What clients do; `profiles` lists them.")]
ProfileName = Annotated[
    str, typer.Option("--profile", help="Other numbers: a profile's name or a YAML file.")
]
Url = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="LOADTEST_URL",
        help="Any OpenAI-compatible URL; with --project the deployment by another address.",
    ),
]
Project = Annotated[
    str,
    typer.Option("--project", envvar="LOADTEST_PROJECT", help="The deployment, where there are several."),
]
Model = Annotated[str, typer.Option("--model", help="Served model name, where there are several.")]
KeyFile = Annotated[str, typer.Option("--api-key-file", help="File with the API key.")]
CaFile = Annotated[str, typer.Option("--ca-file", help="Certificates (PEM) to trust besides the system's.")]
Users = Annotated[int | None, typer.Option("--users", min=1, help="Closed loop: so many users.")]
Rate = Annotated[float | None, typer.Option("--rate", help="Open loop: sessions per second.")]
Duration = Annotated[float | None, typer.Option("--duration", help="Measured seconds.")]
Warmup = Annotated[float | None, typer.Option("--warmup", help="Seconds before, not measured.")]
SloName = Annotated[str | None, typer.Option("--slo", help="Limits: a preset's name or a YAML file.")]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="The same seed makes the same load; a new one where none is given."),
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Load-generating processes started here.")]
Expect = Annotated[int, typer.Option("--expect-workers", help="Workers that come from other machines.")]
Bind = Annotated[str, typer.Option("--bind", help="HOST:PORT where other machines' workers connect.")]
Tokenizer = Annotated[
    str, typer.Option("--tokenizer", help="Model folder or tokenizer.json on this machine.")
]
Web = Annotated[bool, typer.Option("--web", help="Locust's web UI as well.")]
WebBind = Annotated[str, typer.Option("--web-bind", help="HOST:PORT of the web UI.")]
PriceHour = Annotated[
    float | None, typer.Option("--price-per-hour", help="For the cost of a million tokens.")
]
UserSteps = Annotated[str, typer.Option("--users", help="Closed loops of so many users: 1,2,4,8.")]
RateSteps = Annotated[str, typer.Option("--rate", help="Open loops at so many sessions a second: 1,2,4.")]
Repeats = Annotated[int, typer.Option("--repeats", min=1, help="Runs of each; three give intervals.")]
SpecFile = Annotated[Path | None, typer.Option("--spec", help="The spec whose settings --vary varies.")]
Vary = Annotated[
    list[str] | None,
    typer.Option("--vary", help="KEY=V1,V2 or --FLAG=V1,V2 of the spec; KEY+KEY=V+V,V+V; may repeat."),
]


def address(text: str) -> tuple[str, int]:
    """HOST:PORT taken apart."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"{text!r} is not HOST:PORT")
    return host, int(port)
