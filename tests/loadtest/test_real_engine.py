"""Against the real engine: prompt lengths, cached tokens and what reuse does to the wait for the first token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtest.conclude import load_summary
from tests.engines.installation import SglangCpu
from tests.engines.server import serving
from tests.loadtest.command import run

SHARED = """
about: four system texts of 6000 tokens, questions of 20
scenario:
  kind: shared-prefix
  groups: 4
  prompts_per_group: 8
  system_tokens: 6000
  question_tokens: 20
  output_tokens: 8
arrivals: {kind: closed, users: 1}
duration: 12
warmup: 0
drain: 30
lateness_limit: 30
"""


@pytest.fixture(scope="module")
def engine(sglang_cpu: SglangCpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("sglang") / "server.log"
    with serving(sglang_cpu, log=log, flags=("--enable-metrics", "--enable-cache-report")) as url:
        yield url


def test_the_engine_agrees_with_what_was_planned_and_seen(engine: str, tmp_path: Path) -> None:
    result = run(tmp_path, f"--url={engine}", profile=SHARED)
    assert result.code == 0, result.output
    run_record, records = result.records()
    assert run_record.prompt_lengths == "exact, by the engine's /v1/tokenize"
    assert all(record.prompt_tokens == record.planned_prompt_tokens for record in records)
    assert all(record.completion_tokens == 8 for record in records)
    cache = load_summary(result.folder).cache
    assert cache.ratio is not None
    assert cache.ratio > 0.5
    assert cache.disagreement is not None
    assert cache.disagreement < 0.01
    # A system text that the engine knows is not computed again: the wait is shorter.
    missed, *_, hit = cache.bands
    assert hit.low >= 0.9
    assert missed.ttft_p50 > hit.ttft_p50
