"""Every recorded host with the models one would put on it, as one text: what the golden file holds."""

from __future__ import annotations

from generator.plan.layouts_text import layouts_text
from generator.planner.layouts import shown
from tests.generator.sizing.recorded import demand, searched

PAGE = "tests/generator/sizing/searches.txt"
PAIRS = (
    ("one-l4", "qwen2.5-1.5b"),
    ("one-l4", "llama-3.1-8b"),
    ("four-l4", "llama-3.1-8b"),
    ("four-l4", "qwen2.5-32b-awq"),
    ("eight-l4", "qwq-32b"),
    ("eight-l4", "gpt-oss-20b"),
    ("two-3090", "qwen2.5-7b"),
    ("four-3090", "qwen3-14b"),
    ("four-a10g", "llama-3.1-8b"),
    ("eight-a100", "llama-3.3-70b"),
    ("eight-h100", "llama-3.3-70b"),
    ("eight-h100", "qwen3-235b-a22b-fp8"),
    ("eight-h100", "deepseek-v3"),
    ("gb200-tray", "deepseek-v3"),
    ("mig", "qwen2.5-1.5b"),
    ("mixed", "qwen3-14b"),
)


def searches_text() -> str:
    """One block a pair, in the words of the plan."""
    return "\n".join(_block(host, model) for host, model in PAIRS)


def _block(host: str, model: str) -> str:
    found = searched(host, model)
    best = found.best("throughput")
    layouts = shown(found, best.layout if best else None, demand(model))
    return "\n".join((f"{model} on {host}", *layouts_text(layouts, rejected=20), ""))
