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

PART = """
    - name: "{shared}"
      weight: 1
      scenario:
        kind: shared-prefix
        groups: 1
        prompts_per_group: 1000
        system_tokens: {shared}
        question_tokens: {own}
        output_tokens: 4
"""
# In turn, not one after the other: whatever else the machine does meets all of them alike.
REUSE = """
about: prompts of 6000 tokens, of which every one has some share in common with others
scenario:
  kind: mixed
  parts:
{parts}
arrivals: {{kind: closed, users: 1}}
duration: 25
warmup: 5
drain: 30
lateness_limit: 30
"""


@pytest.fixture(scope="module")
def engine(sglang_cpu: SglangCpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("sglang") / "server.log"
    # In small chunks: for each one the CPU's attention computes the whole prompt anew, also what is cached
    # (SGLang 0.5.23 srt/layers/attention/torch_native_backend.py:128), so the cache saves chunks and nothing else.
    with serving(sglang_cpu, log=log, flags=("--chunked-prefill-size", "1024")) as url:
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


def test_the_wait_falls_with_the_share_that_is_reused(engine: str, tmp_path: Path) -> None:
    parts = "".join(PART.format(shared=shared, own=6000 - shared) for shared in (300, 3000, 5700))
    result = run(tmp_path, f"--url={engine}", profile=REUSE.format(parts=parts))
    assert result.code == 0, result.output
    summary = load_summary(result.folder)
    assert summary.lengths.prompt_off == 0
    bands = summary.cache.bands
    assert [(band.low, band.high) for band in bands] == [(0.0, 0.1), (0.5, 0.9), (0.9, 1.0)]
    waits = [band.ttft_p50 for band in bands]
    assert waits == sorted(waits, reverse=True), "more of the prompt in the cache, less to wait"
    assert waits[0] > 1.5 * waits[-1], waits
