"""Load generators side by side on the exact target: ours, aiperf and guidellm, each as its user would run it.

The peers are installed from PyPI into environments of their own under build/peers/.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from benchmarks.loadtest.exact_target import MODEL
from benchmarks.loadtest.ours import OUTPUT_TOKENS, PROMPT_TOKENS, WORK, Reading, ours, read_ours, timed
from benchmarks.loadtest.tokenizer import written_tokenizer

PEERS: Final = Path("build/peers").absolute()

Tool = Literal["loadtest", "aiperf", "guidellm"]
VERSIONS: Final[Mapping[Tool, str]] = {"aiperf": "0.13.0", "guidellm": "0.8.1"}


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
        "--tokenizer": f"./{written_tokenizer().name}",
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
        "--tokenizer": f"kind=huggingface_auto,model=./{written_tokenizer().name}",
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
