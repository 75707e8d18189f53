"""The formats by name, and the export of a run folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from loadtest.exporters import aiperf, bench_serving, guidellm
from loadtest.exporters.figure import Subject, subject
from loadtest.record import load_run
from loadtest.slo.model import UNJUDGED, Slo

Format = Literal["bench_serving", "aiperf", "guidellm"]

FORMATS: Final[Mapping[Format, Callable[[Subject], dict[str, Any]]]] = {
    "bench_serving": bench_serving.export,
    "aiperf": aiperf.export,
    "guidellm": guidellm.export,
}


def export(folder: Path, *, to: Format, slo: Slo = UNJUDGED) -> str:
    """A run as another tool's JSON. Raises RecordError and OSError."""
    _, records = load_run(folder)
    return json.dumps(FORMATS[to](subject(records, limits=slo.limits())), indent=2) + "\n"
