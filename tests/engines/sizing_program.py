"""What the engine itself makes of a model and a GPU: one JSON line a case from stdin. Runs under the engine's Python.

No GPU is needed: the function that settles `--mem-fraction-static` asks for the GPU's memory by one call, which answers
from the case here, and takes CUDA's default for prefill graphs.
"""

import json
import sys
from typing import Any

import torch
import transformers
from sglang.srt.arg_groups import cuda_graph_hook, memory_hook
from sglang.srt.arg_groups.overrides import resolution_result
from sglang.srt.configs.hybrid_arch import mambaish_config
from sglang.srt.configs.model_config import AttentionArch, ModelConfig
from sglang.srt.model_executor import cuda_graph_config
from sglang.srt.server_args import ServerArgs

cuda_graph_config.default_prefill_backend = lambda: cuda_graph_config.Backend.BREAKABLE


def fraction(case: dict[str, Any]) -> float:
    """What is not given is settled as on a GPU of this many MiB."""
    memory_hook.get_device_memory_capacity = lambda _device=None: case["mib"]
    sizes = {"tp_size": case["tensor"], "pp_size": case["pipeline"]}
    arguments = ServerArgs(model_path=case["path"], device="cuda", **sizes, **case["given"])
    cuda_graph_hook.handle_cuda_graph_config(arguments)
    memory_hook.handle_gpu_memory_settings(arguments)
    return float(resolution_result(arguments, "mem_fraction_static"))


def shape(case: dict[str, Any]) -> dict[str, Any]:
    """The numbers that the KV pool is priced with."""
    config = ModelConfig(model_path=case["path"])
    windows = len(config.swa_attention_layer_ids or ()) if config.is_hybrid_swa else 0
    states = mambaish_config(config)
    return {
        "layers": config.num_hidden_layers,
        "kv_heads": [config.get_num_kv_heads(size) for size in (1, 2, 4, 8)],
        "head_dim": config.head_dim,
        "latent": config.attention_arch == AttentionArch.MLA,
        "value_dim": config.v_head_dim,
        "window_layers": windows,
        "full_layers": len(states.full_attention_layer_ids) if states else config.num_hidden_layers - windows,
        "context": config.context_len,
    }


def parameters(case: dict[str, Any]) -> int:
    """Counted on a model without memory behind it, built by transformers."""
    config = transformers.AutoConfig.from_pretrained(case["path"])
    config.__dict__.pop("quantization_config", None)
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


for line in sys.stdin:
    asked = json.loads(line)
    answer = {"fraction": fraction, "shape": shape, "parameters": parameters}[asked["question"]](asked)
    sys.__stdout__.write(json.dumps(answer) + "\n")
