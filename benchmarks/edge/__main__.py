"""`make bench-edge`: all figures, printed and in build/bench/edge.json; docs/benchmarks/edge.md tells what came of it.

`python -m benchmarks.edge requests chat` measures the parts that are named, all of them without a name. The table has
every part with its newest measurement, so that a long run can be made in pieces.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from typing import Final

from benchmarks.edge import ablation, caching, endurance, peers, requests, streams
from benchmarks.edge.nginx import Nginx, current_nginx
from benchmarks.result import Figure, report

KEPT: Final = peers.WORK / "parts"
PARTS: Final[Mapping[str, Callable[[Nginx], Sequence[Figure]]]] = {
    "requests": requests.figures,
    "streams": streams.figures,
    "ablation": ablation.figures,
    **{workload: partial(caching.figures, workload) for workload in caching.WORKLOADS},
    "endurance": endurance.figures,
}


def main(names: Sequence[str]) -> None:
    """Measures, prints, writes."""
    if unknown := set(names) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with current_nginx() as nginx:
        for name in names or PARTS:
            _keep(name, PARTS[name](nginx))
    report("edge", [figure for name in PARTS for figure in _kept(name)])


def _keep(part: str, figures: Sequence[Figure]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{part}.json").write_text(json.dumps([asdict(figure) for figure in figures]), encoding="utf-8")


def _kept(part: str) -> list[Figure]:
    """Nothing for a part that was never measured, or by another version of the benchmark."""
    file = KEPT / f"{part}.json"
    rows = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    names = {field.name for field in fields(Figure)}
    return [Figure(**row) for row in rows if set(row) == names]


if __name__ == "__main__":
    main(sys.argv[1:])
