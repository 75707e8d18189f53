"""A reload is believed only when NGINX says so."""

from __future__ import annotations

import pytest

from generator.runtime.nginx_reload import after_reload, verdict
from tests.generator.runtime.counting_clock import Counted

# NGINX 1.22 and 1.30 at `notice`.
TAKEN = """\
2026/11/21 02:05:23 [notice] 9#9: signal 1 (SIGHUP) received from 7, reconfiguring
2026/11/21 02:05:23 [notice] 9#9: start worker processes
2026/11/21 02:05:23 [notice] 9#9: start worker process 31
"""
REFUSED = """\
2026/11/21 02:05:23 [notice] 9#9: signal 1 (SIGHUP) received from 7, reconfiguring
2026/11/21 02:05:23 [emerg] 9#9: the size 131072 of shared memory zone "replicas" conflicts with 262144
"""


@pytest.mark.parametrize(("log", "expected"), [(TAKEN, "reloaded"), (REFUSED, "refused"), ("", None)])
def test_verdict(log: str, expected: str | None) -> None:
    assert verdict(log) == expected


def test_it_waits_for_the_verdict() -> None:
    logs = iter(["", TAKEN.splitlines()[0], TAKEN])
    assert after_reload(lambda: next(logs), clock=Counted().clock()) == "reloaded"


def test_silence_is_a_refusal() -> None:
    assert after_reload(lambda: "", clock=Counted().clock()) == "refused"
