"""A directory is told to be a model, or why it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.host.checkpoint import collect_checkpoint, weight_files


def checkpoint(directory: Path, **sizes: int) -> Path:
    """`directory` with files of these sizes; `__` in a name stands for its dot."""
    directory.mkdir(exist_ok=True)
    for name, size in sizes.items():
        (directory / name.replace("__", ".")).write_bytes(b"w" * size)
    return directory


def test_a_model_has_the_size_of_the_weights_the_engine_loads(tmp_path: Path) -> None:
    model = checkpoint(
        tmp_path / "m",
        config__json=7,
        a__safetensors=100,
        b__safetensors=50,
        pytorch_model__bin=150,
        README__md=9,
    )
    facts = collect_checkpoint(str(model))
    assert (facts.bytes, facts.reason) == (150, "")


def test_a_gguf_file_is_a_model_without_a_config(tmp_path: Path) -> None:
    facts = collect_checkpoint(str(checkpoint(tmp_path / "m", q4__gguf=12)))
    assert (facts.bytes, facts.reason) == (12, "")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"config__json": 2}, "has no weights (*.safetensors, *.bin, *.pt, *.gguf)"),
        ({"config__json": 2, "training_args__bin": 5}, "has no weights (*.safetensors, *.bin, *.pt, *.gguf)"),
        ({"model__safetensors": 2}, "has no config.json"),
        (
            {"config__json": 2, "model__safetensors": 0},
            "has empty weights: model.safetensors; the download did not end well",
        ),
    ],
)
def test_a_directory_that_is_no_model_says_why(tmp_path: Path, files: dict[str, int], reason: str) -> None:
    assert collect_checkpoint(str(checkpoint(tmp_path / "m", **files))).reason == reason


def test_a_path_that_is_no_directory_says_why(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "gone")
    assert collect_checkpoint(str(tmp_path / "none")).reason == "does not exist"
    assert collect_checkpoint(str(file)).reason == "is a file, not a directory"
    assert collect_checkpoint(str(link)).reason == f"is a link to {tmp_path / 'gone'}, which does not exist"


def test_weights_below_the_top_do_not_count() -> None:
    assert weight_files(["original/consolidated.pt", "onnx/model.safetensors", "model.safetensors"]) == (
        "model.safetensors",
    )


def test_a_config_that_describes_a_transformer_is_read(tmp_path: Path) -> None:
    model = checkpoint(tmp_path / "m", model__safetensors=100)
    config = {"num_hidden_layers": 2, "num_attention_heads": 8, "hidden_size": 64, "vocab_size": 512}
    (model / "config.json").write_text(json.dumps(config))
    architecture = collect_checkpoint(str(model)).architecture
    assert architecture is not None
    assert (architecture.layers, architecture.heads, architecture.head_dim) == (2, 8, 8)


@pytest.mark.parametrize("text", ["{", "[]", '{"model_type": "bert"}', '{"num_hidden_layers": "many"}'])
def test_a_config_that_does_not_is_no_fault(tmp_path: Path, text: str) -> None:
    model = checkpoint(tmp_path / "m", model__safetensors=100)
    (model / "config.json").write_text(text)
    facts = collect_checkpoint(str(model))
    assert (facts.architecture, facts.reason) == (None, "")


def test_weights_that_are_there_twice_count_once(tmp_path: Path) -> None:
    """Mistral's repositories have them once more, for its own engine."""
    assert weight_files(("model-00001.safetensors", "consolidated.safetensors")) == (
        "model-00001.safetensors",
    )
    assert weight_files(("consolidated.safetensors",)) == ("consolidated.safetensors",)


SHAPE = {
    "architectures": ["LlamaForCausalLM"],
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_size": 64,
    "vocab_size": 128,
}


@pytest.mark.parametrize(
    ("own", "beside", "method"),
    [
        ({}, {"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}}, "fp8"),
        ({}, {"quantization": {"quant_algo": "NVFP4", "group_size": 16}}, "nvfp4"),
        (
            {"quantization_config": {"quant_method": "awq", "bits": 4}},
            {"quantization": {"quant_algo": "FP8"}},
            "awq",
        ),
        ({}, {"quantization": {}}, None),
        ({}, [], None),
    ],
)
def test_modelopt_says_beside_config_json_how_weights_are_stored(
    tmp_path: Path, own: dict[str, object], beside: object, method: str | None
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({**SHAPE, **own}))
    (tmp_path / "hf_quant_config.json").write_text(json.dumps(beside))
    (tmp_path / "model.safetensors").write_bytes(b"w")
    found = collect_checkpoint(str(tmp_path)).architecture
    assert found is not None
    assert (found.quantization.method if found.quantization else None) == method
