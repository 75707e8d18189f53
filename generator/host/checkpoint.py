"""A local checkpoint directory: is it a model, and how large are its weights?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from generator.facts import CheckpointFacts
from generator.sizing.architecture import Architecture
from generator.sizing.config_json import read_architecture

CONFIG = "config.json"
# NVIDIA's ModelOpt says here how weights are stored, where config.json does not.
QUANT_CONFIG = "hf_quant_config.json"

# In the order in which SGLang's default loader prefers them (`--load-format auto`: safetensors, else .bin and .pt);
# a .gguf file is a whole model by itself.
WEIGHTS = (".safetensors", ".bin", ".pt", ".gguf")

# Files that end like weights and are none: a Trainer's state, a tokenizer.
NOT_WEIGHTS = frozenset(
    {"training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "tokenizer.bin"}
)


def collect_checkpoint(path: str) -> CheckpointFacts:
    """Facts of the directory `path`; never raises: what is wrong with it is `reason`."""
    directory = Path(path).expanduser()
    if reason := not_a_directory(directory):
        return CheckpointFacts(path=path, reason=reason)
    try:
        sizes = {file.name: file.stat().st_size for file in directory.iterdir() if file.is_file()}
    except OSError as error:
        return CheckpointFacts(path=path, reason=f"can't be read: {error.strerror}")
    return CheckpointFacts(
        path=path,
        bytes=weight_bytes(sizes),
        reason=why_no_model(sizes),
        architecture=collect_architecture(directory),
    )


def collect_architecture(directory: Path) -> Architecture | None:
    """What config.json says; None where it is missing, no JSON, or describes nothing known."""
    config, stored = _content(directory / CONFIG), _content(directory / QUANT_CONFIG).get("quantization")
    if stored and not config.get("quantization_config"):
        config["quantization_config"] = stored
    return read_architecture(config) if config else None


def _content(file: Path) -> dict[str, Any]:
    """Of a JSON file with an object; empty where there is none."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def not_a_directory(path: Path) -> str:
    """Why `path` is no directory, "" when it is one."""
    try:
        if path.is_dir():
            return ""
        if path.is_symlink() and not path.exists():
            return f"is a link to {path.readlink()}, which does not exist"
        return "is a file, not a directory" if path.exists() else "does not exist"
    except OSError as error:
        return f"can't be read: {error.strerror}"


def why_no_model(sizes: Mapping[str, int]) -> str:
    """Why a directory with files of these sizes is no model, "" when it is one."""
    weights = weight_files(sizes)
    if not weights:
        return f"has no weights ({', '.join('*' + suffix for suffix in WEIGHTS)})"
    if CONFIG not in sizes and not weights[0].endswith(".gguf"):
        return f"has no {CONFIG}"
    empty = sorted(name for name in weights if sizes[name] == 0)
    return f"has empty weights: {', '.join(empty[:3])}; the download did not end well" if empty else ""


def weight_bytes(sizes: Mapping[str, int]) -> int:
    """Bytes the engine will load."""
    return sum(sizes[name] for name in weight_files(sizes))


def weight_files(names: Iterable[str]) -> tuple[str, ...]:
    """The weights among `names` that the engine loads: those at the top, of the format it prefers."""
    top = [name for name in names if len(PurePosixPath(name).parts) == 1 and name not in NOT_WEIGHTS]
    by_format = (tuple(name for name in top if name.endswith(suffix)) for suffix in WEIGHTS)
    files = next((files for files in by_format if files), ())
    # Mistral's repositories have the weights a second time, for its own engine (SGLang 0.5.23
    # srt/model_loader/weight_utils.py filter_duplicate_safetensors_files).
    once = tuple(name for name in files if not name.startswith("consolidated"))
    return once or files
