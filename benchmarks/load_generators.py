"""Load generators side by side on the exact target: ours, aiperf and guidellm, each as its user would run it.

The peers are installed from PyPI into environments of their own under build/peers/. They need a tokenizer; one of
whitespace-separated words is written beside them.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import shutil
import string
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from benchmarks.exact_target import MODEL
from loadtest.conclude import load_summary
from loadtest.derive.summary import Summary

PEERS: Final = Path("build/peers").absolute()
WORK: Final = Path("build/bench/load-generators").absolute()
PROMPT_TOKENS: Final = 100
OUTPUT_TOKENS: Final = 90

Tool = Literal["loadtest", "aiperf", "guidellm"]
VERSIONS: Final[Mapping[Tool, str]] = {"aiperf": "0.13.0", "guidellm": "0.8.1"}

_PROFILE: Final = """
about: {streams} streams on a target whose schedule is known
scenario: {{kind: single, prompt: {{kind: fixed, tokens: {prompt}}}, output: {{kind: fixed, tokens: {output}}}}}
arrivals: {arrivals}
duration: {duration}
warmup: 0
lateness_limit: 60
"""


@dataclass(frozen=True)
class Reading:
    """What a tool says of a run. Milliseconds, tokens per second; `cpu` is seconds of its whole process tree."""

    ttft_p50: float
    ttft_p99: float
    itl: float
    e2e: float
    output_rate: float
    requests: int
    cpu: float


def install(tool: Tool) -> Path | None:
    """The peer's program, installed if need be; None, with the reason printed, where that fails."""
    home = PEERS / tool
    program = home / "bin" / tool
    if program.is_file():
        return program
    print(f"installing {tool} {VERSIONS[tool]} into {home}")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin" / "pip"), "install", "-q", f"{tool}=={VERSIONS[tool]}"]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"figures against {tool} are left out: it cannot be installed: {done.stderr.strip()[-300:]}")
        shutil.rmtree(home)
        return None
    return program


def closed(tool: Tool, program: Path, *, url: str, streams: int, waves: int) -> Reading:
    """`streams` users of `waves` requests each."""
    WORK.mkdir(parents=True, exist_ok=True)
    if tool == "loadtest":
        return read_ours(
            *ours(url, arrivals=f"{{kind: closed, users: {streams}}}", duration=2.9 * waves, streams=streams)
        )
    out = WORK / tool
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    commands = {"aiperf": _aiperf, "guidellm": _guidellm}
    _, cpu = timed(commands[tool](program, url=url, streams=streams, requests=streams * waves, out=out))
    return _read_aiperf(out, cpu=cpu) if tool == "aiperf" else _read_guidellm(out, cpu=cpu)


def ours(
    url: str, *, arrivals: str, duration: float, streams: int, options: Sequence[str] = ()
) -> tuple[Path, float]:
    """A run of the kit's load test: its folder, and the processor seconds of its process tree."""
    profile = WORK / "exact.yaml"
    profile.write_text(
        _PROFILE.format(
            streams=streams, arrivals=arrivals, duration=duration, prompt=PROMPT_TOKENS, output=OUTPUT_TOKENS
        )
    )
    shutil.rmtree(WORK / "build", ignore_errors=True)
    argv = [sys.executable, "-m", "loadtest", "run", "--profile", str(profile), "--url", url, *options]
    _, cpu = timed(argv, environment={**os.environ, "PYTHONPATH": str(Path.cwd())})
    (folder,) = (WORK / "build" / "loadtest").iterdir()
    return folder, cpu


def read_ours(folder: Path, cpu: float) -> Reading:
    """What our summary says."""
    summary: Summary = load_summary(folder)
    ttft, itl, e2e = (summary.latencies[name] for name in ("ttft", "itl", "e2e"))
    assert ttft
    assert itl
    assert e2e
    return Reading(
        ttft_p50=ttft.p50 * 1000,
        ttft_p99=ttft.p99 * 1000,
        itl=itl.mean * 1000,
        e2e=e2e.mean * 1000,
        output_rate=summary.wall_rates.output_tokens,
        requests=summary.outcomes.succeeded,
        cpu=cpu,
    )


def timed(argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> tuple[str, float]:
    """Output and processor seconds of a program and all its children that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        argv, cwd=WORK, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _aiperf(program: Path, *, url: str, streams: int, requests: int, out: Path) -> list[str]:
    options = {
        "--model": MODEL,
        "--url": url,
        "--endpoint-type": "chat",
        "--concurrency": str(streams),
        "--request-count": str(requests),
        "--num-dataset-entries": "64",  # more, and its own worker processes look for the local tokenizer on the hub
        "--isl": str(PROMPT_TOKENS),
        "--osl": str(OUTPUT_TOKENS),
        "--tokenizer": f"./{_tokenizer().name}",
        "--ui": "none",
        "--output-artifact-dir": str(out),
    }
    switches = ["--streaming", "--no-gpu-telemetry", "--no-server-metrics", "--use-server-token-count"]
    return [str(program), "profile", *itertools.chain.from_iterable(options.items()), *switches]


def _guidellm(program: Path, *, url: str, streams: int, requests: int, out: Path) -> list[str]:
    options = {
        "--backend": f"kind=openai_http,target={url},model={MODEL},request_format=/v1/chat/completions",
        "--profile": f"kind=concurrent,streams={streams}",
        "--constraint": f"kind=max_requests,count={requests}",
        "--tokenizer": f"kind=huggingface_auto,model=./{_tokenizer().name}",
        "--data": f"kind=synthetic_text,prompt_tokens={PROMPT_TOKENS},output_tokens={OUTPUT_TOKENS}",
        "--output": f"kind=json,path={out / 'out.json'}",
    }
    return [
        str(program),
        "run",
        *itertools.chain.from_iterable(options.items()),
        "--disable-console-interactive",
    ]


def _read_aiperf(out: Path, *, cpu: float) -> Reading:
    data = json.loads((out / "profile_export_aiperf.json").read_text())
    ttft = data["time_to_first_token"]
    return Reading(
        ttft_p50=ttft["p50"],
        ttft_p99=ttft["p99"],
        itl=data["inter_token_latency"]["avg"],
        e2e=data["request_latency"]["avg"],
        output_rate=data["output_token_throughput"]["avg"],
        requests=int(data["request_count"]["avg"]),
        cpu=cpu,
    )


def _read_guidellm(out: Path, *, cpu: float) -> Reading:
    (benchmark,) = json.loads((out / "out.json").read_text())["benchmarks"]
    metrics: Mapping[str, Any] = {
        name: value["successful"]
        for name, value in benchmark["metrics"].items()
        if "successful" in (value or {})
    }
    ttft = metrics["time_to_first_token_ms"]
    return Reading(
        ttft_p50=ttft["median"],
        ttft_p99=ttft["percentiles"]["p99"],
        itl=metrics["inter_token_latency_ms"]["mean"],
        e2e=metrics["request_latency"]["mean"] * 1000,
        output_rate=metrics["output_tokens_per_second"]["mean"],
        requests=int(ttft["count"]),
        cpu=cpu,
    )


def _tokenizer() -> Path:
    folder = WORK / "words"
    folder.mkdir(exist_ok=True)
    special = {"[UNK]": 0, "<s>": 1, "</s>": 2}
    pairs = ("".join(letters) for letters in itertools.product(string.ascii_lowercase, repeat=2))
    vocabulary = special | {pair: number for number, pair in enumerate(pairs, len(special))}
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": text, **added} for text, number in special.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "[UNK]",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "chat_template": "{% for message in messages %}{{ message['content'] }}{% endfor %}",
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder
