"""Everything that is derived from raw records works without Locust, which patches the standard library."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["loadtest.conclude", "loadtest.sweep.conclude", "loadtest.exporters.formats"]
)
def test_reports_do_not_import_locust(module: str) -> None:
    source = f"import sys, {module}; print(sorted({{'locust', 'gevent', 'generator'}} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
