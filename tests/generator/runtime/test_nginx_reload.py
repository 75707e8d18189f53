"""A reload is believed only when NGINX says so."""

from __future__ import annotations

import pytest

from generator.errors import StartError
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
2026/11/21 02:05:23 [emerg] 9#9: limit_req "t" uses the "$host" key while previously it used the "$binary_remote_addr" key
"""
HELD = """\
2026/11/21 02:05:23 [notice] 9#9: signal 1 (SIGHUP) received from 7, reconfiguring
2026/11/21 02:05:23 [emerg] 9#9: bind() to 127.0.0.1:36021 failed (98: Address already in use)
"""


@pytest.mark.parametrize(("log", "expected"), [(TAKEN, "reloaded"), (REFUSED, "needs restart"), ("", None)])
def test_verdict(log: str, expected: str | None) -> None:
    assert verdict(log) == expected


def test_an_address_that_is_held_is_no_reason_to_take_the_edge_down() -> None:
    with pytest.raises(StartError, match="cause: its port is held by another program"):
        verdict(HELD)


def test_it_waits_for_the_verdict() -> None:
    logs = iter(["", TAKEN.splitlines()[0], TAKEN])
    assert after_reload(lambda: next(logs), clock=Counted().clock()) == "reloaded"


def test_after_silence_a_restart_is_the_safe_way() -> None:
    assert after_reload(lambda: "", clock=Counted().clock()) == "needs restart"
