"""What is found in a list of arguments, word by word."""

from __future__ import annotations

import shlex

import pytest

from generator.catalog import check, load

ENGINE = load("0.5.23")
OWNED = {"--tp-size": "use `tensor_parallel_size`", "--context-length": "use `context_length`"}


def found(text: str) -> list[str]:
    findings = check(ENGINE, shlex.split(text), owned=OWNED)
    return [f"{f.at} {f.severity}: {f.message}; {f.remedy}".removesuffix("; ") for f in findings]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "--max-running-requests 64 --schedule-policy lpm --trust-remote-code",
        "--chunked-prefill-size -1",
        "--mem-fraction-static=0.9",
        "--max-total-tokens 32k",
        "--lora-paths",
        "--lora-paths a=b c=d --enable-lora",
        "--cuda-graph-bs-decode 1 2 4",
        "--no-dllm-fdfo",
        "--limit-mm-data-per-request '{\"image\": 2}'",
        "--chat-template 'a template with spaces'",
        "--chat-template ''",
        "--chat-template '- with a dash'",
        "--download-dir -",
        "--speculative-draft-model-path a --speculative-draft-model-revision b",
    ],
)
def test_what_the_engine_takes_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "--max-runing-requests 64",
            ("0 error: SGLang 0.5.23 has no --max-runing-requests; did you mean --max-running-requests or "
            "--max-queued-requests?"),
        ),
        ("--no-such-thing", "0 error: SGLang 0.5.23 has no --no-such-thing; nothing is named like it: leave it out"),
        (
            "--trust-remote-code --pp 2",
            "1 error: --pp could be --pp-async-batch-depth, --pp-max-micro-batch-size or --pp-size; write the whole name",
        ),
        (
            "--mem-fraction 0.8",
            ("0 error: --mem-fraction is short for --mem-fraction-static, until a release has another flag that begins so; "
            "write --mem-fraction-static"),
        ),
        ("--page-size 1 --page-size 16", "2 error: --page-size is given twice; only the last one counts: leave one out"),
        (
            "--hicache-ratio 2 --ep 2 --ep-size 2",
            "4 error: --ep-size is the same flag as --ep; only the last one counts: leave one out",
        ),
        ("--tp-size 4", "0 error: --tp-size is not for extra_args; use `tensor_parallel_size`"),
        ("--tensor-parallel-size=4", "0 error: --tensor-parallel-size is not for extra_args; use `tensor_parallel_size`"),
        ("--tp 4", "0 error: --tp is not for extra_args; use `tensor_parallel_size`"),
        ("--num-shard 4", "0 error: SGLang 0.5.23 has no --num-shard; use `tensor_parallel_size`"),
        ("--page-size many", "1 error: --page-size: expected a whole number, got 'many'"),
        ("--page-size=many", "0 error: --page-size: expected a whole number, got 'many'"),
        ("--mem-fraction-static 90%", "1 error: --mem-fraction-static: expected a number, got '90%'"),
        (
            "--max-total-tokens 1.5Ki",
            "1 error: --max-total-tokens: expected a whole number, or one with a suffix such as 32k or 32Ki, got '1.5Ki'",
        ),
        ("--radix-eviction-policy-config {", "1 error: --radix-eviction-policy-config: expected JSON, got '{'"),
        ("--cuda-graph-bs-decode 1 two", "2 error: --cuda-graph-bs-decode: expected a whole number, got 'two'"),
        (
            "--schedule-policy fifo",
            ("1 error: --schedule-policy: expected one of lpm, random, fcfs, dfs-weight, lof, priority, routing-key, hrrn, "
            "shortest-prefill-first, got 'fifo'"),
        ),
        (
            "--grammar-backend xgramar",
            ("1 error: --grammar-backend: expected one of xgrammar, outlines, llguidance, none, got 'xgramar'; "
            "did you mean xgrammar?"),
        ),
        (
            "--log-level verbose",
            "1 error: --log-level: expected one of critical, error, warning, info, debug, got 'verbose'",
        ),
        ("--page-size --trust-remote-code", "0 error: --page-size is given no value; put one behind it"),
        ("--cuda-graph-bs-decode --page-size 1", "0 error: --cuda-graph-bs-decode is given no value; put one behind it"),
        ("--page-size -x", "1 error: SGLang 0.5.23 has no -x; nothing is named like it: leave it out"),
        ("--trust-remote-code=true", "0 error: --trust-remote-code takes no value; write --trust-remote-code alone"),
        (
            "--trust-remote-code true",
            "1 error: 'true' belongs to no flag; begin with one, such as `--max-running-requests`",
        ),
        ("'--page-size 16'", "0 error: '--page-size 16' is one entry; write two: '--page-size', '16'"),
        (
            "--enable-dp-attention",
            "0 warning: --enable-dp-attention is deprecated in SGLang 0.5.23; use --attn-dp-size <dp-size>",
        ),
        (
            "--cuda-graph-max-bs 64",
            ("0 error: SGLang 0.5.23 has no --cuda-graph-max-bs (0.5.19 was the last release seen with it); "
            "use --cuda-graph-max-bs-decode"),
        ),
        (
            "--disable-flashinfer",
            ("0 error: SGLang 0.5.23 has no --disable-flashinfer (0.4.0 was the last release seen with it); "
            "use --attention-backend triton"),
        ),
        ("--num-nodes 2", "0 error: SGLang 0.5.23 has no --num-nodes; use --nnodes"),
    ],
)  # fmt: skip
def test_what_it_would_not(text: str, expected: str) -> None:
    assert expected in found(text)


def test_all_faults_come_at_once() -> None:
    lines = found("--page-size many stray --num-nodes 2 --schedule-policy lpm --schedule-policy fifo")
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "7", "8"]


def test_a_release_is_judged_by_its_own_flags() -> None:
    assert check(load("0.5.21"), ["--cuda-graph-tc-compiler", "eager"], owned={}) == ()
    assert len(check(load("0.5.22"), ["--cuda-graph-tc-compiler", "eager"], owned={})) == 1
