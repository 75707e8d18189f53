"""Every series of SGLang 0.5.23: families.txt is what its CPU server showed after a few requests, name and type."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.simulator.running import simulator

FAMILIES = (Path(__file__).parent / "families.txt").read_text(encoding="utf-8").splitlines()


def test_every_recorded_family_is_there_and_no_other(tmp_path: Path) -> None:
    with simulator("--enable-metrics", log=tmp_path / "log") as running:
        for stream in (False, True):
            running.chat(stream=stream).raise_for_status()
        text = httpx.get(f"{running.url}/metrics", follow_redirects=True).text
    assert sorted(re.findall(r"^# TYPE sglang:(.+)$", text, re.MULTILINE)) == FAMILIES


def test_a_feature_that_is_absent_is_at_rest(tmp_path: Path) -> None:
    with simulator("--enable-metrics", log=tmp_path / "log") as running:
        lines = httpx.get(f"{running.url}/metrics", follow_redirects=True).text.splitlines()
    ranks = [line for line in lines if line.startswith("sglang:dp_attention_sync_wait_seconds_bucket")]
    assert len(ranks) == 14
    assert all(line.endswith(" 0.0") for line in ranks)
    keys = [line for line in lines if line.startswith("sglang:routing_key_all_req_count")]
    assert re.findall(r'gt="(.+?)",le="(.+?)"', "".join(keys))[:2] == [("0", "1"), ("1", "2")]
