"""The oldest versions the kit works with, and the ones it works best with, each with its reason.

For NGINX the latter is `generator.planner.routing.STICKY_SINCE`.
"""

from __future__ import annotations

from generator.facts import Version

PYTHON: Version = (3, 11)

DOCKER_ENGINE: Version = (20, 10)
DOCKER_ENGINE_BEST: Version = (25, 0)
"""`start_interval` of a health check: an older engine refuses it, and then readiness is seen later."""

COMPOSE: Version = (2, 20)
"""The first with `include`, `--wait-timeout` and the merge rules the override files rely on."""

NGINX: Version = (1, 22)
"""Debian 12's, the oldest the rendered files are tested with."""

PROMETHEUS: Version = (2, 42)
"""Debian 12's, the oldest the rendered files are tested with."""

SGLANG: Version = (0, 5, 10)
"""The first whose `sglang serve` takes `--model-type`, with which containers start it. Its catalog can be read from
its wheel, as that of every later release; the kit carries the newest three."""

SGLANG_TRACED: Version = (0, 5, 21)
"""The first with `--otlp-service-name`, which `monitoring.tracing` sets: the replica's name in a trace."""
