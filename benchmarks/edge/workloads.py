"""Three ways in which prompts share beginnings, the same for every peer: chat of several tenants, questions about shared
documents, agents that call tools in a loop.

A workload is asked for the next request, and told the answer; so a conversation goes on with what the engine said. All
texts are the same for every peer; in which order turns come depends on who is answered first.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

USERS: Final = 32
ANSWER_TOKENS: Final = 24
WORDS: Final = (
    *("alpha", "beta", "gamma", "delta", "system", "vector", "river", "stone", "cloud", "matrix", "tensor"),
    *("piano", "garden", "window", "planet", "rocket", "silver", "copper", "engine", "bridge", "market"),
    *("forest", "valley", "ocean", "island", "bottle", "candle", "mirror", "pocket", "thread"),
)

Message = dict[str, str]


@dataclass
class Conversation:
    """Messages so far, and what will be said in the turns to come."""

    messages: list[Message]
    coming: list[Message]

    def body(self) -> bytes:
        """The request for the next answer, as a client writes it."""
        return json.dumps(
            {
                "model": "sim",
                "messages": self.messages,
                "max_tokens": ANSWER_TOKENS,
                "stream": True,
                "stream_options": {"include_usage": True},
            }
        ).encode()


class Workload(Protocol):
    """What all users together do."""

    def next(self) -> Conversation | None:
        """Whose turn it is; None when nothing is to be asked at this moment."""

    def answered(self, conversation: Conversation, text: str) -> None:
        """The answer to what `next` gave."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever be asked again, once all is answered."""


@dataclass
class Turns:
    """Conversations of several turns. `order`: "any" draws the next of those that wait, "first" takes the longest
    waiting and begins a new one only where none waits, as agents do."""

    waiting: list[Conversation]
    later: list[Conversation] = field(default_factory=list)
    order: str = "any"
    draws: random.Random = field(default_factory=random.Random)

    def next(self) -> Conversation | None:
        """The next of those that wait, else one that begins."""
        if self.waiting:
            at = self.draws.randrange(len(self.waiting)) if self.order == "any" else 0
            return self.waiting.pop(at)
        return self.later.pop() if self.later else None

    def answered(self, conversation: Conversation, text: str) -> None:
        """The answer becomes part of it, and the next turn follows."""
        if conversation.coming:
            conversation.messages.append({"role": "assistant", "content": text})
            conversation.messages.append(conversation.coming.pop(0))
            self.waiting.append(conversation)

    @property
    def is_over(self) -> bool:
        """Conversations in flight come back to `waiting`."""
        return not self.waiting and not self.later


def chat(seed: int) -> Workload:
    """200 conversations of 8 turns, 25 each of 8 tenants with system prompts of 2.4 kB, in random interleaving."""
    draws = random.Random(seed)
    systems = [_text(draws, 2400) for _ in range(8)]
    conversations = [
        _conversation(systems[number % 8], [_text(draws, 320) for _ in range(8)]) for number in range(200)
    ]
    return Turns(conversations, draws=draws)


def documents(seed: int) -> Workload:
    """1,600 questions about 40 documents of 6 kB, whose popularity follows Zipf's law."""
    draws = random.Random(seed)
    texts = [_text(draws, 6000) for _ in range(40)]
    popularity = [1 / (rank + 1) for rank in range(40)]
    system = "Answer the question about the document. Be brief and exact."
    asked = draws.choices(texts, popularity, k=1600)
    questions = [
        _conversation(system, [f"{document}\n\nQuestion: {_text(draws, 100)}"]) for document in asked
    ]
    return Turns(questions, order="first")


def agents(seed: int) -> Workload:
    """64 agents of two kinds, 5 kB of instructions each, that get 12 tool results of 900 bytes one after another."""
    draws = random.Random(seed)
    systems = [_text(draws, 5000) for _ in range(2)]
    loops = []
    for number in range(64):
        agent = _conversation(systems[number % 2], [f"Task: {_text(draws, 300)}"])
        agent.coming = [
            {"role": "tool", "tool_call_id": "call", "content": _text(draws, 900)} for _ in range(11)
        ]
        loops.append(agent)
    return Turns([], later=loops[::-1], order="first")


def _conversation(system: str, said: list[str]) -> Conversation:
    first, *coming = ({"role": "user", "content": text} for text in said)
    return Conversation([{"role": "system", "content": system}, first], coming)


def _text(draws: random.Random, length: int) -> str:
    return " ".join(_words(draws, length))[:length]


def _words(draws: random.Random, length: int) -> Iterator[str]:
    written = 0
    while written < length:
        word = f"{draws.choice(WORDS)}{draws.randrange(100)}"
        written += len(word) + 1
        yield word
