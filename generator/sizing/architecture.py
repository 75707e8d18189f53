"""The shape of a model: what memory and legal layouts are computed from."""

from __future__ import annotations

from dataclasses import dataclass

from generator.sizing.quantization import Quantization


@dataclass(frozen=True)
class Experts:
    """The mixture-of-experts part. `layers` is how many layers have it, the others are dense."""

    count: int
    per_token: int
    intermediate: int
    layers: int
    shared_intermediate: int = 0
    """Width of what every token passes, all shared experts together."""
    input_width: int = 0
    """Of what an expert takes in, where the hidden state is compressed for it; 0 where it is not."""


@dataclass(frozen=True)
class Latent:
    """Multi-head latent attention (DeepSeek): one compressed vector a token and layer in place of K and V."""

    kv_rank: int
    rope_dim: int
    nope_dim: int
    value_dim: int
    query_rank: int = 0
    """0 where queries are not compressed."""
    index_dim: int = 0
    """Width of the sparse-attention index kept beside the latent, 0 without one."""


@dataclass(frozen=True)
class Architecture:
    """What the engine will build. Sizes are elements, not bytes."""

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    intermediate: int
    dtype_bytes: int = 2
    tied_embeddings: bool = False
    context: int = 0
    """Longest context the model knows; 0 where the file does not say."""
    window: int = 0
    """Tokens that a sliding-window layer looks back, 0 without such layers."""
    window_layers: int = 0
    linear_layers: int = 0
    """Layers that keep a constant state, and no KV unless `state_beside`."""
    linear_parameters: int = 0
    """Of one of them without its MLP; 0 where that is not known, and then it counts as attention does."""
    state_bytes: int = 0
    """What one of them keeps of a request; 0 where that is not known."""
    linear_heads: int = 0
    """What a TP group has to divide of them, 0 where nothing."""
    state_beside: bool = False
    """Each layer has attention and a state side by side (Falcon-H1)."""
    bare_layers: int = 0
    """Layers that are an MLP or experts and nothing else (Nemotron-H)."""
    mlp_layers: int | None = None
    """Layers with a dense MLP; None where it is those without experts."""
    value_dim: int = 0
    """Width of a head's values, 0 where it is that of its keys."""
    window_kv_heads: int = 0
    window_head_dim: int = 0
    """Of sliding-window layers, 0 where they are as the others."""
    gated_queries: bool = False
    """Attention's output has a gate as wide as its queries."""
    gate_projections: int = 2
    """Matrices from hidden to intermediate: 2 in a gated MLP, 1 in a plain one."""
    extra_layers: int = 0
    """Layers for multi-token prediction: in the files, not loaded without speculative decoding."""
    layer_table: int = 0
    """Elements of an embedding beside the first, for every layer's own input (Gemma 4 E2B and E4B)."""
    other_parameters: int = 0
    """Of a vision or audio tower: each GPU of a set holds them whole."""
    tower_share: float = 1.0
    """Of the memory that weights and KV may have elsewhere, what a tower's activations leave of it."""
    prefill_graphs: bool = True
    """Whether the engine captures graphs for prefill, which take memory."""
    experts: Experts | None = None
    latent: Latent | None = None
    quantization: Quantization | None = None

    @property
    def full_layers(self) -> int:
        """Layers whose KV grows with the whole context."""
        without = self.window_layers + self.bare_layers
        return self.layers - without - (0 if self.state_beside else self.linear_layers)
