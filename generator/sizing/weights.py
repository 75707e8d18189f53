"""Bytes of weights on the fullest GPU of a set.

How SGLang 0.5.23 splits a model: linear layers, embeddings and heads over the TP group; K and V projections as far as
there are KV heads (each GPU keeps at least one); routers, norms, towers and the down-projections of latent attention
whole on every GPU (srt/models/deepseek_v2.py: ReplicatedLinear); layers over the PP stages, the last ones getting the
remainder (srt/distributed/utils.py get_pp_indices).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from generator.sizing.architecture import Architecture, Latent


@dataclass(frozen=True)
class Split:
    """How one replica's model is cut: `tensor` ways within each of `pipeline` stages."""

    tensor: int = 1
    pipeline: int = 1

    @property
    def gpus(self) -> int:
        """GPUs in one set."""
        return self.tensor * self.pipeline


WHOLE = Split()


@dataclass(frozen=True)
class Parameters:
    """Elements of one layer on one GPU, by how they are stored: linear and expert matrices may be quantised."""

    linear: float = 0.0
    experts: float = 0.0
    plain: float = 0.0

    def __add__(self, other: Parameters) -> Parameters:
        return Parameters(self.linear + other.linear, self.experts + other.experts, self.plain + other.plain)

    def times(self, factor: float) -> Parameters:
        """The same for `factor` layers."""
        return Parameters(self.linear * factor, self.experts * factor, self.plain * factor)


def weight_bytes(model: Architecture, split: Split = WHOLE, *, file_bytes: int = 0) -> int:
    """On the fullest GPU. Scaled by the size of the files where it is known."""
    on_gpu = _stored(model, _on_fullest_gpu(model, split))
    if not file_bytes:
        return int(on_gpu)
    return int(file_bytes * on_gpu / files_by_shape(model))


def files_by_shape(model: Architecture) -> int:
    """Bytes that the weights' files should have."""
    return int(_stored(model, _in_files(model)))


def active_bytes(model: Architecture, batch: int) -> float:
    """Bytes of weights that one step over `batch` tokens reads in the whole model: each expert only if chosen."""
    whole = _on_fullest_gpu(model, WHOLE)
    if model.experts is None:
        return _stored(model, whole)
    share = 1 - (1 - model.experts.per_token / model.experts.count) ** batch
    return _stored(model, Parameters(whole.linear, whole.experts * share, whole.plain))


def active_parameters(model: Architecture) -> float:
    """Elements that one token is multiplied with."""
    whole = _on_fullest_gpu(model, WHOLE)
    share = model.experts.per_token / model.experts.count if model.experts else 1.0
    return whole.linear + whole.experts * share + model.vocabulary * model.hidden


def _stored(model: Architecture, parameters: Parameters) -> float:
    plain, quantization = model.dtype_bytes, model.quantization
    experts = quantization.bits / 8 if quantization else plain
    linear = experts if quantization and quantization.scope == "linear" else plain
    return parameters.linear * linear + parameters.experts * experts + parameters.plain * plain


def _on_fullest_gpu(model: Architecture, split: Split) -> Parameters:
    """The last stage: it has the remainder of the layers, and the head (with one stage the embedding too)."""
    stage_share = -(-model.layers // split.pipeline) / model.layers
    body = _layers(model, split.tensor).times(stage_share)
    table = model.vocabulary * model.hidden / split.tensor
    tables = 1 if split.pipeline > 1 or model.tied_embeddings else 2
    own = model.layer_table / split.tensor
    return body + Parameters(plain=table * tables + own + model.other_parameters)


def _in_files(model: Architecture) -> Parameters:
    """One GPU's share of one: everything, with the layers that are not loaded."""
    one_layer = _attention(model, 1) + (_sparse(model, 1) if model.experts else _mlp(model, 1))
    return _on_fullest_gpu(model, WHOLE) + one_layer.times(model.extra_layers)


def _layers(model: Architecture, tensor: int) -> Parameters:
    sparse = model.experts.layers if model.experts else 0
    dense = model.layers - sparse if model.mlp_layers is None else model.mlp_layers
    return (
        _attention(model, tensor).times(model.full_layers)
        + _attention(_windowed(model), tensor).times(model.window_layers)
        + _state(model, tensor).times(model.linear_layers)
        + _mlp(model, tensor).times(dense)
        + _sparse(model, tensor).times(sparse)
    )


def _windowed(model: Architecture) -> Architecture:
    """With the heads that its sliding-window layers have."""
    heads, width = model.window_kv_heads or model.kv_heads, model.window_head_dim or model.head_dim
    return replace(model, kv_heads=heads, head_dim=width)


def _state(model: Architecture, tensor: int) -> Parameters:
    """In place of attention; as large where its matrices are not known."""
    if not model.linear_parameters:
        return _attention(model, tensor)
    return Parameters(linear=model.linear_parameters / tensor)


def _mlp(model: Architecture, tensor: int) -> Parameters:
    return Parameters(linear=(model.gate_projections + 1) * model.hidden * model.intermediate / tensor)


def _sparse(model: Architecture, tensor: int) -> Parameters:
    """Experts, those that every token passes, the router, and what compresses the hidden state for them."""
    experts = model.experts
    if experts is None:
        return Parameters()
    matrices = model.gate_projections + 1
    width = experts.input_width or model.hidden
    return Parameters(
        linear=matrices * model.hidden * experts.shared_intermediate / tensor,
        experts=matrices * width * experts.intermediate * experts.count / tensor,
        plain=model.hidden * (experts.count + 2 * experts.input_width),
    )


def _attention(model: Architecture, tensor: int) -> Parameters:
    if model.latent:
        return _latent_attention(model, model.latent, tensor)
    value = model.value_dim or model.head_dim
    queries = model.hidden * model.heads * model.head_dim * (2 if model.gated_queries else 1) / tensor
    output = model.hidden * model.heads * value / tensor
    kv_heads = max(model.kv_heads / tensor, 1)
    return Parameters(linear=queries + output + model.hidden * kv_heads * (model.head_dim + value))


def _latent_attention(model: Architecture, latent: Latent, tensor: int) -> Parameters:
    query_width = model.heads * (latent.nope_dim + latent.rope_dim)
    into_queries = latent.query_rank or model.hidden
    compressed = model.hidden * (latent.query_rank + latent.kv_rank + latent.rope_dim)
    expanded = latent.kv_rank * model.heads * (latent.nope_dim + latent.value_dim)
    output = model.heads * latent.value_dim * model.hidden
    # The expansion is kept a second time in the model's type, absorbed into queries and output.
    return Parameters(
        linear=compressed + (into_queries * query_width + expanded + output) / tensor,
        plain=expanded / tensor,
    )
