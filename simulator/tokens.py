"""A deterministic tokenizer: about four characters a token, stable over processes and machines.

Generated words survive a round trip (`encode(decode(ids)) == ids`), so that the next turn of a conversation,
which repeats the answer as text, finds the answer's tokens in the cache, as with a real tokenizer.
"""

import json
import re
import zlib
from collections.abc import Iterable
from itertools import product
from typing import Final

VOCABULARY_SIZE: Final = 128_256
"""Of the Llama 3 family, which the presets model."""

SPECIAL: Final = ("<|bos|>", "<|eos|>", "<|pad|>", "<|im_start|>", "<|im_end|>")
END_OF_TURN: Final = SPECIAL.index("<|im_end|>")

_FIRST_WORD: Final = 1024
_FIRST_PIECE: Final = 4096
_REMEMBERED_PIECES: Final = 200_000
PIECE: Final = re.compile(r"<\|\w+\|>| ?[A-Za-z]{1,6}| ?[0-9]{1,3}| ?[^\sA-Za-z0-9]| +|\s")
"""What becomes one token: special marks, up to six letters, three digits, one other character, spaces."""


def _spell_words() -> tuple[str, ...]:
    """2048 distinct words with their leading space: 1280 of three letters, 768 of four."""
    consonants, vowels = "bdfghjklmnprstvz", "aeiou"
    short = ("".join(letters) for letters in product(consonants, vowels, consonants))
    long = ("".join(letters) for letters in product("klmnrstv", vowels, "dlmnrst", "aeo"))
    words = [f" {word}" for word in (*short, *long)]
    return tuple(words[:2048])


WORDS: Final = _spell_words()
"""What a simulated model can say; word `i` has the token id `word_id(i)`."""


def word_id(index: int) -> int:
    """The token id of `WORDS[index]`."""
    return _FIRST_WORD + index


class _PieceIds(dict[str, int]):
    """Piece of text to token id; unknown pieces get a hashed id, a bounded number is remembered."""

    def __missing__(self, piece: str) -> int:
        token = _FIRST_PIECE + zlib.crc32(piece.encode(errors="surrogatepass")) % (
            VOCABULARY_SIZE - _FIRST_PIECE
        )
        if len(self) < _REMEMBERED_PIECES:
            self[piece] = token
            _TEXTS.setdefault(token, piece)
        return token


_TEXTS: Final[dict[int, str]] = {
    **dict(enumerate(SPECIAL)),
    **{word_id(index): word for index, word in enumerate(WORDS)},
}
_IDS: Final = _PieceIds({text: token for token, text in _TEXTS.items()})


def encode(text: str) -> tuple[int, ...]:
    """Token ids of a text. A longer text keeps the ids of its prefix, but for the last one or two."""
    return tuple(map(_IDS.__getitem__, PIECE.findall(text)))


def text_of(token: int) -> str:
    """The text of one token id; an id that was never seen reads as some word."""
    return _TEXTS.get(token) or WORDS[token % len(WORDS)]


class _Quoted(dict[int, bytes]):
    """Token id to the JSON of its text, made when first asked for."""

    def __missing__(self, token: int) -> bytes:
        self[token] = json.dumps(text_of(token)).encode()
        return self[token]


QUOTED: Final = _Quoted()
"""JSON of each token's text, as streams need it."""


def decode(tokens: Iterable[int]) -> str:
    """The text of token ids."""
    return "".join(map(text_of, tokens))


def render_chat(turns: Iterable[tuple[str, str]]) -> str:
    """The prompt of a conversation of (role, content), as a ChatML template would render it."""
    body = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in turns)
    return f"<|bos|>{body}<|im_start|>assistant\n"
