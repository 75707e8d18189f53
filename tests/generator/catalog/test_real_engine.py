"""The catalog against the engine itself: its parser's every argument, and a second reading of its source."""

from __future__ import annotations

import subprocess
from importlib.resources import files

from generator import images
from generator.catalog import load
from tests.deployments import ROOT
from tests.engines.installation import SglangCpu
from tests.engines.server import environment
from tests.generator.catalog.comparison import as_the_catalog_has_it, as_the_parser_has_it
from tests.generator.catalog.real_parser import RealParser

CATALOG = load(images.SGLANG_VERSION)


def test_every_flag_is_as_the_parser_has_it(real: RealParser) -> None:
    known = {flag.name: flag for flag in CATALOG.flags}
    assert known.keys() == {action["flags"][0] for action in real.actions}
    for action in real.actions:
        flag = known[action["flags"][0]]
        assert as_the_catalog_has_it(flag) == as_the_parser_has_it(action)
        if action["retired"]:
            assert (flag.deprecated, flag.replacement) == (True, action["successor"])


def test_the_installed_engine_reads_the_same_as_its_release(sglang_cpu: SglangCpu) -> None:
    ended = subprocess.run(
        [str(sglang_cpu.python), "-m", "generator.catalog.extraction", "--installed"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    stored = files("generator.catalog") / "data" / f"{images.SGLANG_VERSION}.json"
    assert ended.stdout == stored.read_text(encoding="utf-8")
