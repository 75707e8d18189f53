"""Which engine a text is about, where no command says so."""

from __future__ import annotations

from generator.foreign.engine_command import Program


def most_likely_program(text: str) -> Program:
    """The one that it speaks of most."""
    lowered = text.lower()
    return "vllm" if lowered.count("vllm") > lowered.count("sglang") else "sglang"
