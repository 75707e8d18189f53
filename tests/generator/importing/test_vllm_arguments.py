"""What lint and the plan say of vLLM's flags is what import makes of them."""

from __future__ import annotations

import pytest

from generator.catalog import load
from generator.catalog.retired import FOREIGN
from generator.importing import import_text

CATALOG = load("0.5.23")
VALUES = {
    "--max-model-len": "4096",
    "--max-num-seqs": "8",
    "--max-num-batched-tokens": "2048",
    "--gpu-memory-utilization": "0.8",
    "--seed": "7",
    "--tokenizer": "/srv/tokenizer",
    "--uvicorn-log-level": "warning",
    "--guided-decoding-backend": "xgrammar",
    "--lora-modules": "a=/srv/a",
    "--no-enable-prefix-caching": "",
}


@pytest.mark.parametrize("flag", VALUES)
def test_the_advice_names_what_import_writes(flag: str) -> None:
    line = f"vllm serve m/m {flag} {VALUES[flag]}".strip()
    imported = import_text(line, source="line", catalog=CATALOG)
    (entry,) = (each for each in imported.entries if each.item.what.startswith(flag))
    named = [word for word in FOREIGN[flag].advice.split() if word.startswith("--")]
    written = imported.text.replace("context_length", "--context-length")
    assert named
    assert all(word in written for word in named), (entry, imported.text)


def test_import_follows_the_advice_on_a_flag_that_sglang_never_had() -> None:
    line = "sglang serve m/m --enforce-eager --max-num-batched-tokens 512"
    imported = import_text(line, source="line", catalog=CATALOG)
    written = "--cuda-graph-backend-decode, disabled, --chunked-prefill-size, '512'"
    assert f"extra_args: [{written}]" in imported.text


def test_advice_that_is_more_than_a_flag_is_told() -> None:
    imported = import_text("sglang serve m/m --tp 2 --enable-ep-moe", source="line", catalog=CATALOG)
    (entry,) = (each for each in imported.entries if each.item.what == "--enable-ep-moe")
    assert entry.why == (
        "SGLang 0.5.23 has no --enable-ep-moe; use --ep-size with the value of tensor_parallel_size"
    )
