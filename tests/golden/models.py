"""What the hub would answer for the models of the examples: made from the published config.json and model cards."""

from __future__ import annotations

from typing import Any

from generator.facts import HandleFacts
from generator.sizing.config_json import read_architecture

_LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
_8B = {
    **_LLAMA,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
}
_70B = {
    **_LLAMA,
    "hidden_size": 8192,
    "intermediate_size": 28672,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
}
_FP8 = {"quant_method": "modelopt", "quant_algo": "FP8"}
_LLAMA_2_70B = {**_70B, "vocab_size": 32000, "torch_dtype": "float16"}
_AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}
_GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": -1, "desc_act": True}

_BYTES_8B = 16_060_522_496
_BYTES_70B = 141_107_412_992

# Handle -> bytes of the weights, longest context, what else its config.json has.
_MODELS: dict[str, tuple[int, int, dict[str, Any]]] = {
    "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": (_BYTES_8B, 131072, _8B),
    "meta-llama/Llama-3.1-8B-Instruct": (_BYTES_8B, 131072, _8B),
    "meta-llama/Llama-3.3-70B-Instruct": (_BYTES_70B, 131072, _70B),
    "meta-llama/Meta-Llama-3-8B-Instruct": (_BYTES_8B, 8192, _8B),
    "meta-llama/Meta-Llama-3-70B-Instruct": (_BYTES_70B, 8192, _70B),
    # Linear layers in 8 bits, embeddings in 16.
    "nvidia/Llama-3.3-70B-Instruct-FP8": (72_650_000_000, 131072, {**_70B, "quantization_config": _FP8}),
    "TheBloke/Llama-2-70B-Chat-AWQ": (
        36_610_000_000,
        4096,
        {**_LLAMA_2_70B, "quantization_config": _AWQ},
    ),
    "TheBloke/Llama-2-70B-Chat-GPTQ": (
        35_330_000_000,
        4096,
        {**_LLAMA_2_70B, "quantization_config": _GPTQ},
    ),
}


def answer_of_the_hub(handle: str) -> HandleFacts | None:
    """None for a model that no example needs an answer for."""
    if handle not in _MODELS:
        return None
    size, context, config = _MODELS[handle]
    architecture = read_architecture({**config, "max_position_embeddings": context})
    return HandleFacts(handle, bytes=size, architecture=architecture)
