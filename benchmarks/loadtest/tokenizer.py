"""A tokenizer of whitespace-separated words: the peers want one, and no model is at hand."""

from __future__ import annotations

import itertools
import json
import string
from pathlib import Path

from benchmarks.loadtest.ours import WORK


def written_tokenizer() -> Path:
    """The folder of a tokenizer in the format of Hugging Face, under `WORK`."""
    folder = WORK / "words"
    folder.mkdir(exist_ok=True)
    special = {"[UNK]": 0, "<s>": 1, "</s>": 2}
    pairs = ("".join(letters) for letters in itertools.product(string.ascii_lowercase, repeat=2))
    vocabulary = special | {pair: number for number, pair in enumerate(pairs, len(special))}
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": text, **added} for text, number in special.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "[UNK]",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "chat_template": "{% for message in messages %}{{ message['content'] }}{% endfor %}",
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder
