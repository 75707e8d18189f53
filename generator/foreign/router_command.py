"""SGLang's routers in command lines: which words name one."""

from __future__ import annotations

from collections.abc import Sequence

from generator.foreign.place import Word

# The last two are gone from SGLang's package; `--mini-lb` of the router is what is left of them.
_COMMANDS = (
    ("sglang_router.launch_router",),
    ("sglang-router", "launch"),
    ("smg.launch_router",),
    ("smg", "launch"),
    ("amg", "launch"),
    ("sgl-model-gateway", "launch"),
    ("sgl-model-gateway",),
    ("sglang.srt.disaggregation.mini_lb",),
    ("sglang.srt.disaggregation.launch_lb",),
)


def router_words(words: Sequence[Word]) -> int:
    """How many words name it, those in front included; 0 for something else."""
    texts = tuple(word.text.rpartition("/")[2] for word in words)
    ends = (
        at + len(each) for each in _COMMANDS for at in range(len(texts)) if texts[at : at + len(each)] == each
    )
    return next(ends, 0)
