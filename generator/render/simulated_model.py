"""A model folder without weights for Dynamo's mocker, which tokenizes prompts and answers with tokens at random.

The mocker of Dynamo 1.6.1 draws them from 1000 to 1999, so these are words here; prompts are taken byte by byte.
The format is that of the `tokenizers` library: https://huggingface.co/docs/tokenizers/api/models
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

from generator.plan.model import SimulatedModel

_SPECIAL = ("<unk>", "<s>", "</s>")
_FIRST_WORD, _WORDS = 1000, 1000
_ONSETS, _NUCLEI, _CODAS = "bdfgklmnrs", ("a", "e", "i", "o", "u", "ai", "au", "ea", "io", "ou"), "dklmnprstx"
_SPACE = "Ġ"
"""How byte-level tokenizers write a space."""
_CHAT = "{% for turn in messages %}{{ turn.role }}: {{ turn.content }}\n{% endfor %}assistant:"
_PRINTABLE = (range(0x21, 0x7F), range(0xA1, 0xAD), range(0xAE, 0x100))


def simulated_model(model: SimulatedModel) -> dict[str, str]:
    """Path below build/<project>/ -> text."""
    files: dict[str, dict[str, Any]] = {
        "config.json": _config(model.context_length),
        "tokenizer.json": _tokenizer(),
        "tokenizer_config.json": {
            **dict(zip(("unk_token", "bos_token", "eos_token"), _SPECIAL, strict=True)),
            "chat_template": _CHAT,
            "model_max_length": model.context_length,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    }
    return {f"{model.folder}/{name}": _written(value) for name, value in files.items()}


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _config(context_length: int) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_size": 64,
        "max_position_embeddings": context_length,
        "num_attention_heads": 1,
        "num_hidden_layers": 1,
        "vocab_size": _FIRST_WORD + _WORDS,
    }


def _tokenizer() -> dict[str, Any]:
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": text, **flags, "special": True} for number, text in enumerate(_SPECIAL)
        ],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": None,
        "decoder": level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": _vocabulary(),
            "merges": [],
        },
    }


def _vocabulary() -> dict[str, int]:
    """Special tokens, the 256 bytes, words for what the mocker says, and numbers for what is between."""
    head = [*_SPECIAL, *_bytes()]
    unused = [f"{_SPACE}{number}" for number in range(len(head), _FIRST_WORD)]
    words = [f"{_SPACE}{''.join(parts)}" for parts in product(_ONSETS, _NUCLEI, _CODAS)]
    return {text: number for number, text in enumerate([*head, *unused, *words])}


def _bytes() -> list[str]:
    """The characters that stand for the bytes 0 to 255: themselves where printable, else from U+0100 on."""
    printable = {byte for codes in _PRINTABLE for byte in codes}
    hidden = [byte for byte in range(256) if byte not in printable]
    stands_for = {byte: chr(0x100 + place) for place, byte in enumerate(hidden)}
    return [stands_for.get(byte, chr(byte)) for byte in range(256)]
