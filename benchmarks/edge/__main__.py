"""`make bench-edge`: all figures, printed, in build/bench/edge.json, and as the table of docs/benchmarks/edge.md.

`python -m benchmarks.edge cost caching endurance` names the parts to measure; all of them without a name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks.edge import caching, cost, endurance
from benchmarks.edge.nginx import Nginx, current_nginx
from benchmarks.result import Figure, report

PARTS: Mapping[str, Callable[[Nginx], Sequence[Figure]]] = {
    "cost": cost.figures,
    "caching": caching.figures,
    "endurance": endurance.figures,
}


def main(names: Sequence[str]) -> None:
    """Measures, prints, writes."""
    found: list[Figure] = []
    with current_nginx() as nginx:
        for name in names or PARTS:
            found += PARTS[name](nginx)
    report("edge", found)


if __name__ == "__main__":
    main(sys.argv[1:])
