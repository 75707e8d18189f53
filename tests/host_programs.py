"""The programs of the host runtime, for tests that run them: installed by the kit itself where they are missing."""

from __future__ import annotations

import pytest

from generator.host.packages import ensure_runtime
from tests.cache import announce


@pytest.fixture(scope="session")
def host_programs() -> None:
    """NGINX with njs, Prometheus and promtool are on this machine."""
    ensure_runtime("host", say=announce)
