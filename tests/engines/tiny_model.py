"""Make a tiny random-weight Llama with its tokenizer: `python tiny_model.py DIRECTORY`.

Runs under the engine's interpreter. 2 layers, hidden size 64, a byte-level BPE of 2048 tokens, 8192 positions,
a third of a million bf16 weights, all from fixed seeds: the same tokens come out on every machine of one kind.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

VOCABULARY = 2048
POSITIONS = 8192
SPECIAL_TOKENS = ["<|bos|>", "<|pad|>", "<|im_start|>", "<|im_end|>"]
SYLLABLES = (
    "ba",
    "den",
    "fo",
    "gri",
    "hal",
    "in",
    "jo",
    "ke",
    "lum",
    "mer",
    "na",
    "ost",
    "per",
    "qui",
    "ra",
    "sol",
    "tin",
    "ur",
    "vel",
    "wa",
    "xi",
    "yor",
    "zan",
)
WORDS = (
    "a",
    "about",
    "again",
    "all",
    "and",
    "answer",
    "are",
    "ask",
    "be",
    "but",
    "can",
    "day",
    "do",
    "for",
    "from",
    "give",
    "have",
    "hello",
    "her",
    "how",
    "I",
    "in",
    "is",
    "it",
)
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def corpus() -> Iterator[str]:
    """Sentences of common and made-up words, enough to fill the vocabulary."""
    dice = random.Random(20)
    invented = ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(5000)]
    for _ in range(3000):
        yield (
            " ".join(dice.choice(dice.choice((WORDS, invented))) for _ in range(30))
            + '. 0123456789 {}[]":,\n'
        )


def tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE: every byte string round-trips."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL_TOKENS, initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(corpus(), trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<|bos|>",
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        model_max_length=POSITIONS,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def model(tokens: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Random weights in the shape of the smallest Llama that the engine loads."""
    torch.manual_seed(20)
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=POSITIONS,
        bos_token_id=tokens.bos_token_id,
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
        tie_word_embeddings=False,
        dtype="bfloat16",
    )
    return LlamaForCausalLM(config).to(torch.bfloat16)


def main(directory: Path) -> None:
    """Write tokenizer, configuration and weights into `directory`."""
    tokens = tokenizer()
    tokens.save_pretrained(directory)
    model(tokens).save_pretrained(directory)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
