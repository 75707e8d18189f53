"""docs/gpu-estimates.md: the memory model beside SGLang's own start-up logs."""

from __future__ import annotations

from tests.generator.sizing.start_up_logs import HERE, figures, table

PAGE = "docs/gpu-estimates.md"

_HEAD = """# Memory estimates against SGLang's own logs

SGLang prints what it does with a GPU's memory when it starts. These are such lines from public threads and files, beside what the
kit computes from the model's config.json and the size of the GPU alone. Made by `make golden` from
tests/generator/sizing/logs.json; a test fails when an estimate that is not marked as a miss is off by a tenth. Rows that end in
"no issue" were found in a collection of public text without their address: a reader can't look them up, so they count for less.
"""

_TAIL = """
GPUs without a name are told by their memory only. Where a thread does not give `--mem-fraction-static`, the default of
that release is used, which the size of the logged pool confirms; 0.5.23 computes another one (docs/gpu-planning.md).

gpustack (gpustack/policies/utils.py) claims 1.2 times the weights and 2 GiB for a model, whatever the context, and has four
such figures, in 16 bits, in its docstring. They name sizes only; Qwen2.5 has models of all four. Put into the same formula,
the kit's weights give the same claims: that compares weights, there is no KV in it.

Three constants are fitted to these logs - what the driver and a CUDA context take, what communicators take, what lies
beside the weights - so the agreement of "free at the start" says little; SemiAnalysisAI/InferenceX#2128, RyanRosario/llm-d and
sgl-project/sglang#9162 were left out of the fit. Everything else follows from config.json and the engine's source, but for
Gemma 4 E4B, where the size of the file is used as the kit does it: its towers are no part of the estimate. What is missing of
DeepSeek V3 in NVFP4 is its attention, most of which NVIDIA's checkpoints keep in 16 bits; the size of the files would tell.

What needs no GPU is held against the engine itself, on its CPU installation (tests/engines/test_sizing.py): the fraction of
memory that SGLang 0.5.23 keeps for weights and KV equals the kit's in 1,080 cases of model, GPU, cut and arguments; layers, KV heads,
head size, latent, window and states of the {count} models in tests/generator/sizing/models equal what its ModelConfig reads;
the parameters are within one per cent of those of the model that transformers builds. Those files hold only what is computed with; about a dozen were written from what is
known of the family (Gemma 3, Command R+, GLM 4.5 Air, Yi and others), not copied from the published config.json.

KiB of KV a token are the size of the pool over its tokens, on one GPU. In the log of Nemotron 3 Nano Omni states have 0.9 of
what KV has, as the kit takes it; with `--max-mamba-cache-size` or `--mamba-full-memory-ratio` they have another share, which
it does not look at.

Not compared: pipeline stages on a GPU. There was no GPU to try them on.
"""


def estimates_page() -> str:
    """The whole page."""
    misses = {figure.source: figure.miss for figure in figures() if figure.miss}
    explained = "\n".join(f"Miss, {source}: {why}." for source, why in misses.items())
    count = len(list((HERE / "models").glob("*.json")))
    return f"{_HEAD}\n{table()}\n\n{explained}\n{_TAIL.format(count=count)}"
