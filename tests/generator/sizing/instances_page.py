"""docs/instances.md: what the kit would run on instances that are for rent."""

from __future__ import annotations

from tests.generator.sizing.recorded import searched

PAGE = "docs/instances.md"
CONTEXT = 8192

# Instance -> its GPUs, and the recorded host that has the same ones.
INSTANCES = {
    "AWS g6.xlarge": ("1 x L4, 24 GB", "one-l4"),
    "AWS g6.12xlarge": ("4 x L4, 24 GB", "four-l4"),
    "AWS g6.48xlarge": ("8 x L4, 24 GB", "eight-l4"),
    "AWS g5.12xlarge": ("4 x A10G, 24 GB", "four-a10g"),
    "AWS p4de.24xlarge": ("8 x A100, 80 GB", "eight-a100"),
    "AWS p5.48xlarge": ("8 x H100, 80 GB", "eight-h100"),
}
MODELS = {
    "Llama 3.1 8B": "llama-3.1-8b",
    "Qwen2.5 32B AWQ": "qwen2.5-32b-awq",
    "Llama 3.3 70B": "llama-3.3-70b",
    "Qwen3 235B A22B FP8": "qwen3-235b-a22b-fp8",
}

_HEAD = f"""# What fits on which instance

The layout that `make plan` takes for throughput, with contexts of {CONTEXT} tokens, and how many such contexts the KV cache
holds at once. Made by `make golden` from the instances' published GPUs and the models' config.json: computed, not measured
([how](gpu-planning.md)). "-": does not fit.
"""

_TAIL = """
**g5 or g6?** An A10G reads its memory twice as fast as an L4 (600 and 300 GB/s by their data sheets), and that is what a single
answer waits for. An L4 has FP8 arithmetic and an A10G has none: FP8 checkpoints run there with their weights alone in 8 bits.
Neither has NVLink. Longer contexts need more of such cards: `make plan` says how many fit.

What a million tokens cost on one of them comes out of a load test, not out of a table: `--price-per-hour`
([load tests](loadtest.md)).
"""


def instances_page() -> str:
    """The whole page."""
    head = ["instance", "GPUs", *MODELS]
    rows = [head, ["---"] * len(head), *(_row(name) for name in INSTANCES)]
    return f"{_HEAD}\n{chr(10).join('| ' + ' | '.join(row) + ' |' for row in rows)}\n{_TAIL}"


def _row(instance: str) -> list[str]:
    gpus, host = INSTANCES[instance]
    return [instance, gpus, *(_cell(host, model) for model in MODELS.values())]


def _cell(host: str, model: str) -> str:
    best = searched(host, model, context=CONTEXT).best("throughput")
    if best is None:
        return "-"
    return f"{best.layout.name}, {best.layout.contexts} context{'s' * (best.layout.contexts != 1)}"
