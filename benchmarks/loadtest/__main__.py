"""`make bench-loadtest`: all figures, printed and in build/bench/loadtest.json; docs/benchmarks/loadtest.md tells what came of it.

`python -m benchmarks.loadtest --only PART` measures one part, into loadtest-PART.json. Runs are interleaved round by round
and medians are quoted.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from benchmarks.loadtest import alone, beside
from benchmarks.loadtest.ours import WORK
from benchmarks.loadtest.serving import target
from benchmarks.result import Figure, report

Part = Callable[[str, int], Iterator[Figure]]
"""From the target's URL and the number of rounds."""

PARTS: Final[Mapping[str, Part]] = {
    "exact": lambda url, _: alone.exactness(url),
    "core": lambda url, rounds: alone.full_core(url, rounds=rounds),
    "stall": lambda url, _: alone.stall(url),
    "leak": lambda url, _: alone.leak(url),
    "peers": lambda url, rounds: beside.truth(url, rounds=rounds),
    "agreement": lambda url, rounds: beside.agreement(url, rounds=rounds),
}


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, help="one part; the last two install the peers")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    chosen = [options.only] if options.only else list(PARTS)
    with target() as url:
        figures = list(itertools.chain.from_iterable(PARTS[part](url, options.rounds) for part in chosen))
    report("loadtest" if options.only is None else f"loadtest-{options.only}", figures)


if __name__ == "__main__":
    main()
