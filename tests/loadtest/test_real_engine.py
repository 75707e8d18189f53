"""The cached-token ratio of the real SGLang server: its answers, its counters and its own log tell the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from loadtest.conclude import load_summary
from tests.engines.installation import SglangCpu
from tests.engines.server import serving

ROOT = Path(__file__).resolve().parents[2]
PROFILE = """
about: each shared text is asked twice, so that half of the prompts are found in the cache
scenario:
  kind: shared-prefix
  groups: 200
  prompts_per_group: 2
  system_tokens: 600
  question_tokens: 40
  output_tokens: 8
  order: grouped
arrivals: {kind: closed, users: 1}
duration: 10
warmup: 1
drain: 60
lateness_limit: 30
"""
PREFILL = re.compile(r"Prefill batch.*?#new-token: (\d+), #cached-token: (\d+)")
ONE_POINT = 0.01


def ratio_of_log(log: Path) -> float:
    """Cached over all prompt tokens, by the scheduler's log."""
    batches = [(int(new), int(cached)) for new, cached in PREFILL.findall(log.read_text())]
    cached = sum(cached for _, cached in batches)
    return cached / (cached + sum(new for new, _ in batches))


def test_three_sources_agree_on_the_cache(sglang_cpu: SglangCpu, tmp_path: Path) -> None:
    profile, log = tmp_path / "twice.yaml", tmp_path / "engine.log"
    profile.write_text(PROFILE)
    with serving(sglang_cpu, log=log) as url:
        argv = (sys.executable, "-m", "loadtest", "run", "--url", url, "--profile", str(profile))
        run = subprocess.run(
            argv, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
        )
    assert run.returncode == 0, run.stdout + run.stderr
    (folder,) = (tmp_path / "build" / "loadtest").iterdir()
    cache = load_summary(folder).cache
    assert cache.engine_ratio is not None
    assert cache.whole_run_ratio is not None
    assert abs(cache.engine_ratio - cache.whole_run_ratio) <= ONE_POINT
    assert abs(ratio_of_log(log) - cache.whole_run_ratio) <= ONE_POINT
    cold, *_, warm = cache.bands
    assert (cold.low, warm.high) == (0.0, 1.0)
