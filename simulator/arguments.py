"""Command line: the flags of `sglang serve`, and the simulator's own (`--sim-...`).

What a simulation has no use for is accepted and shown in /server_info; a flag that the real server does not know
ends the start with status 2, as there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from simulator.flags import add_known
from simulator.presets import DEFAULT_PRESET, TP_SIZES

SECRETS: Final = ("api_key", "admin_api_key", "ssl_keyfile_password")
_DEFAULT_CONTEXT: Final = 131072  # of the Llama 3.1 family


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Raises SystemExit(2) for what the real parser would refuse, ValueError for a config file that is none."""
    words = list(arguments[1:] if arguments[:1] == ["serve"] else arguments)
    if words and not words[0].startswith("-"):
        words.insert(0, "--model-path")
    parsed = _parser().parse_args(_merged(words))
    parsed.served_model_name = parsed.served_model_name or parsed.model_path
    parsed.tokenizer_path = parsed.tokenizer_path or parsed.model_path
    parsed.context_length = parsed.context_length or _context_of(parsed.model_path)
    parsed.page_size = parsed.page_size or 1
    return parsed


def _merged(words: list[str]) -> list[str]:
    """The words of `--config` first, so that the command line wins."""
    if "--config" not in words:
        return words
    place = words.index("--config")
    if len(words) < place + 2:
        raise ValueError("no config file specified after --config")
    return [*_from_file(Path(words[place + 1])), *words[:place], *words[place + 2 :]]


def _from_file(file: Path) -> list[str]:
    if file.suffix.lower() not in (".yaml", ".yml"):
        raise ValueError(f"config file must be YAML format, got: {file.suffix or file.name}")
    if not file.is_file():
        raise ValueError(f"config file not found: {file}")
    values = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")) or {}
    if not isinstance(values, dict):
        raise ValueError(f"{file} must contain a dictionary at root level")  # noqa: TRY004 - one kind for main
    return [word for key, value in values.items() for word in _words(str(key), value)]


def _words(key: str, value: Any) -> list[str]:
    flag = f"--{key.replace('_', '-')}"
    if isinstance(value, bool):
        return [flag] if value else []
    if isinstance(value, list):
        return [flag, *map(str, value)] if value else []
    return [flag, json.dumps(value) if isinstance(value, dict) else str(value)]


def _context_of(model_path: str) -> int:
    """What the checkpoint says where there is one."""
    config = Path(model_path) / "config.json"
    if not config.is_file():
        return _DEFAULT_CONTEXT
    values = json.loads(config.read_text(encoding="utf-8"))
    return int(values.get("max_position_embeddings", _DEFAULT_CONTEXT))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator serve", description="An SGLang server without a GPU.")
    add_known(parser)
    parser.add_argument("--model-type", help="of `sglang serve`, which it keeps from the parser above")
    _simulation(parser)
    next(action for action in parser._actions if action.dest == "model_path").required = True  # noqa: SLF001
    return parser


def _simulation(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("simulation").add_argument
    add("--sim-preset", choices=tuple(TP_SIZES), default=DEFAULT_PRESET, help="GPU and model to imitate")
    add("--sim-seed", type=int, default=0, help="of all answers and their lengths")
    add("--sim-startup-seconds", type=float, default=1.0, help="model loading before the port opens")
    add("--sim-warmup-seconds", type=float, default=0.5, help="port open, /health 503")
    add("--sim-speed", type=float, default=1.0, help="2 is twice as fast as the preset")
    add("--sim-decode-seconds", type=float, help="a decode step of exactly this, whatever the batch")
    add("--sim-prefill-rate", type=float, help="prompt tokens a second, instead of the preset's")
    add("--sim-mean-output", type=int, default=200, help="tokens of an answer without a limit")
    add("--sim-control-port", type=int, help="port on loopback for faults on demand")
    add("--sim-drain-poll", type=float, default=5.0, help="seconds between two looks while draining")
