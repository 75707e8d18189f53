"""`python -m simulator serve --model-path NAME --port PORT ...`, as `sglang serve`."""

from __future__ import annotations

import gc
import sys

import uvloop

from simulator.arguments import parse
from simulator.lifecycle import run


def main() -> int:
    """The exit code."""
    # A full collection over a large cache would pause every stream for tens of milliseconds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    try:
        return uvloop.run(run(parse(sys.argv[1:])))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
