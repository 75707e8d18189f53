"""Retrieval: questions over a stock of documents, some of which everybody asks about."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from loadtest.lengths import Fixed, Length, draw
from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded, zipf_weights

_TEXTS_KEPT = 512


class DocumentsSpec(Spec):
    """The documents come first, by popularity, so that popular ones make a prefix many prompts share."""

    kind: Literal["documents"]
    documents: PositiveInt = 100
    document_tokens: PositiveInt = 1024
    retrieved: PositiveInt = Field(3, description="Documents in one prompt.")
    skew: NonNegativeFloat = Field(1.1, description="Popularity falls as rank^-skew.")
    question: Length = Fixed(tokens=64)
    output: Length = Fixed(tokens=200)


class Documents:
    """Sessions of one question each."""

    arrivals = None

    def __init__(self, spec: DocumentsSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        self._popularity = tuple(accumulate(zipf_weights(spec.documents, skew=spec.skew)))
        self._document = lru_cache(_TEXTS_KEPT)(self._make_document)

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        spec, rng = self._spec, seeded(self._seed, "documents", number)
        chosen = sorted(
            {
                rng.choices(range(spec.documents), cum_weights=self._popularity)[0]
                for _ in range(spec.retrieved)
            }
        )
        question_tokens = draw(spec.question, rng)
        turn = Turn(
            (
                Message("system", "\n\n".join(map(self._document, chosen))),
                Message("user", self._maker.text(question_tokens, rng=rng)),
            ),
            max_tokens=draw(spec.output, rng),
            request_class=f"{len(chosen)} documents",
        )
        return Session(f"documents-{self._seed}-{number}", (turn,))

    def _make_document(self, document: int) -> str:
        return self._maker.text(self._spec.document_tokens, rng=seeded(self._seed, "document", document))
