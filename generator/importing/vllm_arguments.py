"""vLLM's arguments as SGLang's.

vLLM's meanings are those of docs.vllm.ai/en/latest/cli/serve and configuration/engine_args; SGLang's are those of its
0.5.23 parser (srt/arg_groups/fields/). Where the two measure different things, the account says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.catalog.values import wrong
from generator.foreign.engine_command import Argument
from generator.importing import owned
from generator.importing.account import Item
from generator.importing.engine import Wanted
from generator.importing.model_source import take_model
from generator.importing.references import is_open
from generator.importing.sglang_arguments import add

_SHORT = {
    "-tp": "--tensor-parallel-size",
    "-pp": "--pipeline-parallel-size",
    "-dp": "--data-parallel-size",
    "-q": "--quantization",
}

# vLLM's flag -> SGLang's flag for which the spec has a key.
_KEYS = {
    "--tensor-parallel-size": "--tp-size",
    "--pipeline-parallel-size": "--pp-size",
    "--data-parallel-size": "--dp-size",
    "--served-model-name": "--served-model-name",
    "--max-model-len": "--context-length",
    "--revision": "--revision",
    "--api-key": "--api-key",
    "--host": "--host",
    "--port": "--port",
    "--ssl-certfile": "--ssl-certfile",
    "--ssl-keyfile": "--ssl-keyfile",
    "--nnodes": "--nnodes",
    "--device": "--device",
}

# vLLM's flag -> SGLang's, and what differs.
_RENAMED = {
    "--gpu-memory-utilization": (
        "--mem-fraction-static",
        "vLLM's is all that it may take; SGLang's is weights and KV cache, and graphs come on top: lower it if need be",
    ),
    "--max-num-seqs": ("--max-running-requests", "requests that run at once"),
    "--max-num-batched-tokens": ("--chunked-prefill-size", "tokens of prompts in one step"),
    "--dtype": ("--dtype", ""),
    "--quantization": ("--quantization", ""),
    "--kv-cache-dtype": ("--kv-cache-dtype", ""),
    "--tokenizer": ("--tokenizer-path", "the same under another name"),
    "--tokenizer-mode": ("--tokenizer-mode", ""),
    "--trust-remote-code": (
        "--trust-remote-code",
        "it runs code of the model's authors: needed by few models",
    ),
    "--load-format": ("--load-format", ""),
    "--seed": ("--random-seed", "the same under another name"),
    "--no-enable-prefix-caching": ("--disable-radix-cache", "the same under another name"),
    "--chat-template": ("--chat-template", "the file must be there for the engine"),
    "--tool-call-parser": ("--tool-call-parser", ""),
    "--reasoning-parser": ("--reasoning-parser", ""),
    "--enable-lora": ("--enable-lora", ""),
    "--max-loras": ("--max-loras-per-batch", "adapters in one batch"),
    "--max-cpu-loras": ("--max-loaded-loras", "adapters in memory"),
    "--max-lora-rank": ("--max-lora-rank", ""),
    "--lora-modules": ("--lora-paths", "the same under another name"),
    "--cpu-offload-gb": ("--cpu-offload-gb", ""),
    "--disable-custom-all-reduce": ("--disable-custom-all-reduce", ""),
    "--attention-backend": ("--attention-backend", ""),
    "--uvicorn-log-level": ("--log-level-http", "the same under another name"),
    "--structured-outputs-config.backend": ("--grammar-backend", "the same under another name"),
    "--guided-decoding-backend": ("--grammar-backend", "the same under another name"),
    "--disable-cascade-attn": ("", "SGLang has no cascade attention"),
}

# Switches that stand for an argument with a value.
_SWITCHES = {
    "--enforce-eager": (("--disable-decode-cuda-graph",), ("--disable-prefill-cuda-graph",)),
    "--no-enable-chunked-prefill": (("--chunked-prefill-size", "-1"),),
}

_DROPPED = {
    "--enable-prefix-caching": "SGLang always caches prefixes",
    "--enable-chunked-prefill": "SGLang always does",
    "--enable-auto-tool-choice": "--tool-call-parser is enough for SGLang",
    "--swap-space": "SGLang does not swap requests: those that do not fit wait, or are computed again",
    "--block-size": "SGLang's pages are its own matter (--page-size)",
    "--download-dir": "weights are fetched once, into a volume of the kit",
    "--distributed-executor-backend": "SGLang starts its own processes",
    "--worker-use-ray": "for several hosts; one host needs no Ray",
    "--disable-log-requests": "SGLang logs none unless asked",
    "--no-enable-log-requests": "SGLang logs none unless asked",
    "--disable-log-stats": "the figures go to Prometheus",
    "--max-seq-len-to-capture": "SGLang captures graphs by batch size, not by length",
    "--limit-mm-per-prompt": "SGLang's --limit-mm-data-per-request is written otherwise: see its documentation",
    "--speculative-config": "SGLang's --speculative-* arguments are written otherwise: see its documentation",
    "--kv-transfer-config": "vLLM's way to part prompts from answers, or to share a cache: `topology: disaggregated` is SGLang's",
    "--hf-token": "the token is not copied: give `hf_token_file`",
    "--allowed-origins": "the edge decides who gets in",
}
_TOOL_PARSERS = {
    "llama3_json": "llama3",
    "llama4_pythonic": "pythonic",
    "deepseek_v3": "deepseekv3",
    "deepseek_v31": "deepseekv31",
    "openai": "gpt-oss",
    "qwen3_xml": "qwen3_coder",
    "minimax_m2": "minimax-m2",
}
_VALUES = {
    "--kv-cache-dtype": {"fp8": "fp8_e4m3"},
    "--tool-call-parser": _TOOL_PARSERS,
    "--reasoning-parser": {
        "deepseek_r1": "deepseek-r1",
        "deepseek_v3": "deepseek-v3",
        "openai_gptoss": "gpt-oss",
    },
    "--attention-backend": {"FLASHINFER": "flashinfer", "TRITON_ATTN": "triton", "FLASH_ATTN": "fa3"},
    "--quantization": {"modelopt": "modelopt_fp8", "awq_marlin": "awq_marlin"},
}

Taker = Callable[[str, Item, Wanted], None]


def take_argument(argument: Argument, item: Item, wanted: Wanted) -> None:
    """One argument of vLLM."""
    name = _name(argument.spelling)
    value = argument.value
    if name in ("", "--model", "--model-tag"):
        take_model(value, item, wanted)
    elif name in ("--task", "--runner", "--convert"):
        _take_task(value, item, wanted)
    elif name in _KEYS:
        _take_key(name, value, item, wanted)
    elif name in _SWITCHES:
        lines = _SWITCHES[name]
        wanted.extra_args += lines
        became = " ".join(word for line in lines for word in line)
        wanted.account.change(item, f"extra_args: {became}", "what SGLang calls it")
    elif _RENAMED.get(name, ("",))[0]:
        _rename(name, argument, item, wanted)
    else:
        why = _DROPPED.get(name) or _RENAMED.get(name, ("", ""))[1]
        wanted.account.drop(item, why or "vLLM's own; no argument of SGLang is known to do the same")


def _name(spelling: str) -> str:
    """vLLM takes underscores for dashes, and has short forms of two letters."""
    return _SHORT.get(spelling, spelling.replace("_", "-"))


def _take_task(value: str, item: Item, wanted: Wanted) -> None:
    if value in ("embed", "embedding", "pooling"):
        wanted.extra_args.append(("--is-embedding",))
        wanted.account.change(item, "extra_args: --is-embedding", "what SGLang calls it")
    else:
        wanted.account.drop(item, "the default")


def _take_key(name: str, value: str, item: Item, wanted: Wanted) -> None:
    if is_open(value):
        wanted.account.drop(item, "its value is not in the input")
        return
    try:
        owned.TAKERS[_KEYS[name]](_length(value) if name == "--max-model-len" else value, item, wanted)
    except ValueError:
        wanted.account.drop(item, f"{value!r} is no value for it")


def _length(value: str) -> str:
    """vLLM's 32k is 32000 and its 32K is 32768; SGLang writes the latter 32Ki."""
    return re.sub(r"([KMG])$", r"\1i", value)


def _rename(name: str, argument: Argument, item: Item, wanted: Wanted) -> None:
    target, why = _RENAMED[name]
    flag = wanted.catalog.spellings[target]
    known = _VALUES.get(target, {})
    words = tuple(known.get(word.text, word.text) for word in argument.values)
    translated = words != tuple(word.text for word in argument.values)
    unfit = next((word for word in words if wrong(flag, word) and not is_open(word)), None)
    if unfit is not None:
        wanted.account.drop(item, f"SGLang's {target} has no {unfit}")
        return
    reason = why or ("what SGLang calls it" if translated else "")
    add(flag, words, item, wanted, why=reason if target != name or translated else "")
