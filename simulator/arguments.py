"""Command line: the flags of `sglang serve` that a deployment passes, and the simulator's own (`--sim-...`).

A flag that only the real engine can honour is accepted and shown in /server_info; one that it does not know
either ends the start with status 2, as there.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from simulator.presets import DEFAULT_PRESET, TP_SIZES

_TEXT = (
    "--revision --tokenizer-path --dtype --quantization --kv-cache-dtype --load-format --attention-backend "
    "--sampling-backend --grammar-backend --chat-template --reasoning-parser --tool-call-parser --device "
    "--mem-fraction-static --random-seed --watchdog-timeout --stream-interval --max-prefill-tokens "
    "--schedule-conservativeness --radix-eviction-policy --cuda-graph-max-bs-decode --log-requests-level "
    "--dist-init-addr --nccl-port --pp-size --ep-size --disaggregation-mode --disaggregation-bootstrap-port "
    "--disaggregation-transfer-backend --hicache-ratio --hicache-size --decode-log-interval"
).split()
_SWITCHES = (
    "--trust-remote-code --skip-server-warmup --enable-torch-compile --disable-cuda-graph --log-requests "
    "--disable-overlap-schedule --sleep-on-idle --enable-mixed-chunk --disable-custom-all-reduce "
    "--enable-hierarchical-cache --disable-radix-cache --enable-priority-scheduling"
).split()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Raises SystemExit(2) for what the real parser would refuse, ValueError for a config file that is none."""
    words = [word for word in arguments if word != "serve"] if arguments[:1] == ["serve"] else list(arguments)
    if words and not words[0].startswith("-"):
        words.insert(0, "--model-path")
    first = _parser().parse_args(words)
    if not first.config:
        return first
    # The command line wins over the file.
    return _parser().parse_args([*_from_file(Path(first.config)), *words])


def _from_file(file: Path) -> list[str]:
    values: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")) or {}
    words = []
    for key, value in values.items():
        flag = f"--{str(key).lstrip('-').replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is not False:
            words += [flag, str(value)]
    return words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator serve", description="An SGLang server without a GPU.")
    _engine(parser)
    _accepted(parser)
    _simulation(parser)
    return parser


def _engine(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model-path", "--model", required=True)
    add("--served-model-name")
    add("--model-type")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=30000)
    add("--config")
    add("--api-key")
    add("--admin-api-key")
    add("--tp-size", "--tensor-parallel-size", type=int)
    add("--dp-size", "--data-parallel-size", type=int, default=1)
    add("--context-length", type=_tokens, default=131072)
    add("--max-total-tokens", type=_tokens)
    add("--max-running-requests", type=int)
    add("--max-queued-requests", type=int)
    add("--page-size", type=int, default=1)
    add("--chunked-prefill-size", type=int, default=8192)
    add("--schedule-policy", choices=("fcfs", "lpm"), default="fcfs")
    add("--enable-metrics", action="store_true")
    add("--enable-cache-report", action="store_true")
    add("--log-level", default="info")
    add("--stream-response-default-include-usage", action="store_true")


def _accepted(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("accepted, without effect")
    for flag in _TEXT:
        group.add_argument(flag)
    for flag in _SWITCHES:
        group.add_argument(flag, action="store_true")


def _simulation(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("simulation").add_argument
    add("--sim-preset", choices=tuple(TP_SIZES), default=DEFAULT_PRESET, help="GPU and model to imitate")
    add("--sim-seed", type=int, default=0)
    add("--sim-startup-seconds", type=float, default=1.0, help="model loading before the port opens")
    add("--sim-warmup-seconds", type=float, default=0.5, help="port open, /health 503")
    add("--sim-speed", type=float, default=1.0, help="2 is twice as fast as the preset")
    add("--sim-decode-seconds", type=float, help="a decode step of exactly this, whatever the batch")
    add("--sim-mean-output", type=int, default=200, help="tokens of an answer without a limit")
    add("--sim-control-port", type=int, help="port on loopback for faults on demand")
    add("--sim-drain-poll", type=float, default=5.0, help="seconds between two looks while draining")


def _tokens(text: str) -> int:
    """`32000`, `32k` (1000) or `32Ki` (1024), as the engine reads token counts."""
    for suffix, factor in (("Ki", 1024), ("k", 1000), ("Mi", 1024**2), ("M", 1000**2)):
        if text.endswith(suffix):
            return int(float(text.removesuffix(suffix)) * factor)
    return int(text)
