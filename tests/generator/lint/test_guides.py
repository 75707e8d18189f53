"""Texts in the manner of well-known guides: each fault is found, at its word, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from generator.catalog import load
from generator.lint import Finding, lint

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CATALOG = load("0.5.23")

EXPECTED = {
    "launcher.md": {
        ("ambiguous-flag", "--disable-flashinfer"): 2,
        ("dead-variable", "TRANSFORMERS_CACHE"): 1,
        ("gpu-variable", "CUDA_VISIBLE_DEVICES"): 1,
    },
    "blueprint.md": {
        ("abbreviated-flag", "--tp"): 1,
        ("no-tokenizer", "--skip-tokenizer-init"): 2,
        ("flag-meaning", "--max-total-tokens"): 2,
    },
    "production.md": {
        ("abbreviated-flag", "--tp"): 2,
        ("abbreviated-flag", "--tp=4"): 1,
        ("abbreviated-flag", "--dp"): 1,
        ("cut-command", "\\"): 1,
        ("unknown-flag", "--max-radix-cache-len"): 2,
        ("unknown-flag", "--num-nodes"): 1,
        ("unknown-flag", "--log-file"): 2,
        ("unread-variable", "-e"): 2,
        ("liveness-before-load", "httpGet"): 1,
        ("unknown-metric", "sglang_active_requests"): 2,
        ("unknown-metric", "sglang_request_total"): 1,
        ("unknown-metric", "sglang_request_duration_seconds"): 1,
        ("unknown-metric", "sglang_tokens_generated_total"): 1,
        ("unknown-metric", "sglang_queue_size"): 1,
        ("unknown-metric", "sglang_radix_cache_hit_rate"): 1,
        ("unknown-metric", "sglang_gpu_memory_used_bytes"): 1,
        ("unknown-route", "http://localhost:30000/stats"): 2,
        ("secret-argument", "--api-key"): 1,
        ("upstream-zone", "upstream"): 1,
        ("upstream-keepalive", "upstream"): 1,
        ("metrics-through-balancer", "location"): 1,
        ("cost-arithmetic", "per"): 1,
        ("cost-arithmetic", "$3/M"): 1,
    },
}


def findings(file: Path) -> tuple[Finding, ...]:
    return lint(file.read_text(encoding="utf-8"), name=file.name, catalog=CATALOG)


def word_at(file: Path, finding: Finding) -> str:
    line = file.read_text(encoding="utf-8").splitlines()[finding.place.line - 1]
    return line[finding.place.column - 1 :].split()[0].strip("\"'`\\:") or "\\"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_guide_has_exactly_its_faults(name: str) -> None:
    file = HERE / "guides" / name
    found = Counter((each.rule, word_at(file, each)) for each in findings(file))
    assert found == EXPECTED[name]


def test_every_finding_says_what_to_do() -> None:
    for name in EXPECTED:
        for each in findings(HERE / "guides" / name):
            assert each.remedy, each


@pytest.mark.parametrize(
    "file",
    [
        *sorted((HERE / "correct").iterdir()),
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "compose" / "examples").glob("*.yaml")),
        *sorted((ROOT / "compose" / "examples").glob("*/Dockerfile")),
        *sorted((ROOT / "compose" / "grafana").rglob("*.json")),
        *sorted((ROOT / "tests" / "golden" / "trees").glob("*/compose.yaml")),
        *sorted((ROOT / "tests" / "golden" / "trees").glob("*/nginx/conf.d/*.conf")),
    ],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_correct_text_has_none(file: Path) -> None:
    assert [each.render(file.name) for each in findings(file)] == []


def test_the_page_lists_every_rule() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "generator" / "lint").rglob("*.py"))
    rules = set(re.findall(r'"((?:[a-z]+-)+[a-z]+|spec)",?\s*"(?:error|warning|info)"', source))
    listed = set(
        re.findall(r"^\| (.*?) \|", (ROOT / "docs" / "lint.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(rules) > 15
    assert rules == set(re.findall(r"`([a-z-]+)`", " ".join(listed)))
