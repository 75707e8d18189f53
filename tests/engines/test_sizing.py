"""The kit's arithmetic against SGLang 0.5.23's own: the memory it keeps free, the shape it reads, the weights it has."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from generator.sizing.kv_cache import token_bytes
from generator.sizing.reserve import Bounds, static_fraction
from generator.sizing.weights import Split, weight_bytes
from tests.engines.installation import SglangCpu
from tests.engines.server import environment
from tests.generator.sizing.start_up_logs import HERE, model

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "sizing_program.py"
MODELS = sorted(file.stem for file in (HERE / "models").glob("*.json"))
SIZED = ("llama-3.1-8b", "deepseek-v3", "kimi-linear-48b", "qwen2.5-vl-7b")
MEMORY = (16303, 23034, 24564, 32607, 40960, 49140, 81559, 143771, 189471)
SPLITS = (Split(1), Split(2), Split(4), Split(8), Split(2, 2), Split(1, 4))
GIVEN: tuple[dict[str, Any], ...] = (
    {},
    {"chunked_prefill_size": 2048},
    {"max_running_requests": 16},
    {"disaggregation_mode": "decode"},
    {"disaggregation_mode": "prefill"},
)


def asked(engine: SglangCpu, cases: Sequence[dict[str, Any]], folder: Path) -> list[Any]:
    """The engine's answers, one process for all cases; each model is a directory with its config.json."""
    for name in MODELS:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "config.json").write_text((HERE / "models" / f"{name}.json").read_text())
    lines = "".join(json.dumps({**case, "path": str(folder / case["model"])}) + "\n" for case in cases)
    done = subprocess.run(
        [str(engine.python), str(PROGRAM)],
        input=lines,
        env=environment(),
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_memory_that_is_kept_free_is_the_engines(sglang_cpu: SglangCpu, tmp_path: Path) -> None:
    cases = [
        {
            "question": "fraction",
            "model": name,
            "mib": mib,
            "tensor": split.tensor,
            "pipeline": split.pipeline,
            "given": given,
        }
        for name, mib, split, given in product(SIZED, MEMORY, SPLITS, GIVEN)
    ]
    answers = asked(sglang_cpu, cases, tmp_path)
    assert [expected(case) for case in cases] == answers


def expected(case: dict[str, Any]) -> float:
    given = case["given"]
    return static_fraction(
        model(case["model"]),
        Split(case["tensor"], case["pipeline"]),
        case["mib"] << 20,
        role=given.get("disaggregation_mode", "unified"),
        bounds=Bounds(given.get("chunked_prefill_size", 0), given.get("max_running_requests", 0)),
    )


def test_the_shape_is_what_the_engine_reads(sglang_cpu: SglangCpu, tmp_path: Path) -> None:
    answers = asked(sglang_cpu, [{"question": "shape", "model": name} for name in MODELS], tmp_path)
    for name, answer in zip(MODELS, answers, strict=True):
        read = model(name)
        assert (read.layers, read.context, bool(read.latent)) == (
            answer["layers"],
            answer["context"],
            answer["latent"],
        ), name
        assert read.window_layers == answer["window_layers"], name
        assert read.full_layers == answer["full_layers"], name
        if not read.latent:
            plain = replace(read, window_layers=0, linear_layers=0, bare_layers=0)
            a_head = 2 * read.layers * (answer["head_dim"] + answer["value_dim"])
            heads = [token_bytes(plain, Split(size)) / a_head for size in (1, 2, 4, 8)]
            assert heads == answer["kv_heads"], name


def test_the_weights_are_as_many_as_the_model_has(sglang_cpu: SglangCpu, tmp_path: Path) -> None:
    """Without quantisation, in which transformers and the engine differ. It knows no model of EXAONE 3.5 and none of
    Qwen2.5-VL for text alone, and gives the small Gemma 4 towers that its file here is without."""
    unknown = ("exaone-3.5-7.8b", "gemma-4-e4b", "qwen2.5-vl-7b")
    counted = [name for name in MODELS if name not in unknown]
    answers = asked(sglang_cpu, [{"question": "parameters", "model": name} for name in counted], tmp_path)
    for name, answer in zip(counted, answers, strict=True):
        plain = replace(model(name), quantization=None, dtype_bytes=2)
        assert weight_bytes(plain) / 2 == pytest.approx(answer, rel=0.01), name
