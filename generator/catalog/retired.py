"""Flags that people still write and the engine no longer knows, or never did.

`RETIRED`: read from srt/server_args.py and srt/arg_groups/ of the releases 0.3.6, 0.4.0, .4, .6, .9, 0.5.2 and every one from
0.5.3 to 0.5.23; `last` is the last of them that had the flag, and the advice is the engine's own where it gave any.
`FOREIGN`: what guides, tutorials and other servers call the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Retired:
    """`last` is the last examined release with the flag, "" where none had it; `advice` begins with a verb."""

    last: str
    advice: str


_ON = "leave it out: it is the default"
_GONE = "leave it out: nothing took its place"


def _prefill_graph(backend: str) -> str:
    return f"use --cuda-graph-backend-prefill {backend}"


RETIRED = {
    "--disable-disk-cache": Retired("0.4.0", "use --disable-outlines-disk-cache"),
    "--disable-flashinfer": Retired("0.4.0", "use --attention-backend triton"),
    "--disable-flashinfer-sampling": Retired("0.4.0", "use --sampling-backend pytorch"),
    "--disable-jump-forward": Retired("0.4.0", _GONE),
    "--disable-nan-detection": Retired("0.4.0", _GONE),
    "--enable-overlap-schedule": Retired("0.4.0", _ON),
    "--file-storage-pth": Retired("0.4.0", _GONE),
    "--disable-mla": Retired("0.4.4", _GONE),
    "--enable-flashinfer-mla": Retired("0.4.6", "use --attention-backend flashinfer"),
    "--enable-flashmla": Retired("0.4.6", "use --attention-backend flashmla"),
    "--n-share-experts-fusion": Retired("0.4.6", _ON),
    "--disable-overlap-cg-plan": Retired("0.4.9", _GONE),
    "--enable-flashinfer-moe": Retired("0.4.9", "use --moe-runner-backend flashinfer_cutlass"),
    "--impl": Retired("0.4.9", "use --model-impl"),
    "--pdlb-url": Retired("0.4.9", _GONE),
    "--debug-tensor-dump-prefill-only": Retired("0.5.3", _GONE),
    "--max-micro-batch-size": Retired("0.5.3", "use --pp-max-micro-batch-size"),
    "--nsa-decode": Retired("0.5.3", "use --dsa-decode-backend"),
    "--nsa-prefill": Retired("0.5.3", "use --dsa-prefill-backend"),
    "--enable-beta-spec": Retired("0.5.4", _ON),
    "--enable-deepep-moe": Retired("0.5.4", "use --moe-a2a-backend deepep"),
    "--enable-ep-moe": Retired("0.5.4", "use --ep-size with the value of tensor_parallel_size"),
    "--enable-flashinfer-cutedsl-moe": Retired("0.5.4", "use --moe-runner-backend flashinfer_cutedsl"),
    "--enable-flashinfer-cutlass-moe": Retired("0.5.4", "use --moe-runner-backend flashinfer_cutlass"),
    "--enable-flashinfer-mxfp4-moe": Retired("0.5.4", "use --moe-runner-backend flashinfer_mxfp4"),
    "--enable-flashinfer-trtllm-moe": Retired("0.5.4", "use --moe-runner-backend flashinfer_trtllm"),
    "--enable-triton-kernel-moe": Retired("0.5.4", "use --moe-runner-backend triton_kernel"),
    "--oltp-traces-endpoint": Retired("0.5.4", "use --otlp-traces-endpoint"),
    "--kt-amx-method": Retired("0.5.5", "use --kt-method"),
    "--kt-amx-weight-path": Retired("0.5.5", "use --kt-weight-path"),
    "--dllm-block-size": Retired("0.5.6", "use --dllm-algorithm-config"),
    "--enable-flashinfer-autotune": Retired("0.5.6", _ON),
    "--load-watch-interval": Retired("0.5.6", _GONE),
    "--disaggregation-decode-enable-fake-auto": Retired("0.5.8", _GONE),
    "--disable-hicache-numa-detect": Retired("0.5.9", _GONE),
    "--disaggregation-decode-dp": Retired("0.5.9", _GONE),
    "--disaggregation-decode-tp": Retired("0.5.9", _GONE),
    "--disaggregation-prefill-pp": Retired("0.5.9", _GONE),
    "--mm-max-concurrent-calls": Retired("0.5.9", _GONE),
    "--mm-per-request-timeout": Retired("0.5.9", _GONE),
    "--speculative-ngram-branch-length": Retired("0.5.9", "use --speculative-ngram-max-trie-depth"),
    "--speculative-ngram-max-match-window-size": Retired("0.5.9", "use --speculative-ngram-max-trie-depth"),
    "--speculative-ngram-min-match-window-size": Retired("0.5.9", _GONE),
    "--ds-channel-config-path": Retired("0.5.10", _GONE),
    "--ds-heavy-channel-num": Retired("0.5.10", _GONE),
    "--ds-heavy-channel-type": Retired("0.5.10", _GONE),
    "--ds-heavy-token-num": Retired("0.5.10", _GONE),
    "--ds-sparse-decode-threshold": Retired("0.5.10", _GONE),
    "--enable-double-sparsity": Retired("0.5.10", _GONE),
    "--multi-item-scoring-delimiter": Retired("0.5.10", "use --enable-mis"),
    "--enable-nan-detection": Retired(
        "0.5.12", "set SGLANG_SPEC_NAN_DETECTION=1 and SGLANG_SPEC_OOB_DETECTION=1 in env_vars"
    ),
    "--record-nolora-graph": Retired("0.5.12", _GONE),
    "--no-record-nolora-graph": Retired("0.5.12", _GONE),
    "--debug-tensor-dump-inject": Retired("0.5.13", _GONE),
    "--enable-piecewise-cuda-graph": Retired("0.5.13", _ON),
    "--hybrid-kvcache-ratio": Retired("0.5.13", "use --swa-full-tokens-ratio"),
    "--enable-deepep-waterfill": Retired("0.5.15", "use --enable-waterfill"),
    "--optimistic-prefill-retries": Retired("0.5.15", "use --optimistic-prefill-attempts"),
    "--torchao-config": Retired("0.5.17", "use --quantization"),
    "--collect-tokens-histogram": Retired("0.5.19", _ON),
    "--cuda-graph-bs": Retired("0.5.19", "use --cuda-graph-bs-decode"),
    "--cuda-graph-max-bs": Retired("0.5.19", "use --cuda-graph-max-bs-decode"),
    "--custom-sigquit-handler": Retired("0.5.19", _GONE),
    "--disable-piecewise-cuda-graph": Retired("0.5.19", _prefill_graph("disabled")),
    "--dsa-prefill-cp-mode": Retired("0.5.19", "use --cp-strategy"),
    "--enable-breakable-cuda-graph": Retired("0.5.19", _prefill_graph("breakable")),
    "--enable-dsa-prefill-context-parallel": Retired("0.5.19", "use --enable-prefill-cp"),
    "--enable-expert-distribution-metrics": Retired("0.5.19", _GONE),
    "--enable-gdn-replayssm-spec": Retired("0.5.19", "use --enable-linear-replayssm-spec"),
    "--enable-nsa-prefill-context-parallel": Retired("0.5.19", "use --enable-prefill-cp"),
    "--enable-prefill-context-parallel": Retired("0.5.19", "use --enable-prefill-cp"),
    "--enforce-piecewise-cuda-graph": Retired("0.5.19", _prefill_graph("breakable")),
    "--mamba-scheduler-strategy": Retired("0.5.19", "use --mamba-radix-cache-strategy"),
    "--nsa-decode-backend": Retired("0.5.19", "use --dsa-decode-backend"),
    "--nsa-prefill-backend": Retired("0.5.19", "use --dsa-prefill-backend"),
    "--nsa-prefill-cp-mode": Retired("0.5.19", "use --cp-strategy"),
    "--piecewise-cuda-graph-compiler": Retired("0.5.19", _GONE),
    "--piecewise-cuda-graph-max-tokens": Retired("0.5.19", "use --cuda-graph-max-bs-prefill"),
    "--piecewise-cuda-graph-tokens": Retired("0.5.19", "use --cuda-graph-bs-prefill"),
    "--prefill-cp-mode": Retired("0.5.19", "use --cp-strategy"),
    "--prefill-round-robin-balance": Retired("0.5.19", _GONE),
    "--speculative-dflash-draft-window-size": Retired("0.5.19", "use --speculative-draft-window-size"),
    "--stat-loggers": Retired("0.5.19", _GONE),
    "--stream-output": Retired("0.5.19", "use --incremental-streaming-output"),
    "--elastic-ep-rejoin": Retired("0.5.20", "use --elastic-ep-join-mode recover"),
    "--keep-mm-feature-on-device": Retired("0.5.20", "use --mm-feature-transport cuda_ipc"),
    "--cuda-graph-tc-compiler": Retired("0.5.21", _GONE),
    "--speculative-skip-dp-mlp-sync": Retired("0.5.22", _GONE),
}

FOREIGN = {
    # of guides
    "--log-file": Retired("", "the engine logs to its container: see `sglbox logs`; for requests, --log-requests-target"),
    "--max-radix-cache-len": Retired("", "the cache has what --max-total-tokens or --mem-fraction-static leaves it"),
    "--num-nodes": Retired("", "use --nnodes"),
    # of vLLM
    "--disable-log-requests": Retired("", _ON),
    "--enable-auto-tool-choice": Retired("", "use --tool-call-parser"),
    "--enable-chunked-prefill": Retired("", _ON),
    "--enable-prefix-caching": Retired("", _ON),
    "--enforce-eager": Retired("", "use --cuda-graph-backend-decode disabled"),
    "--gpu-memory-utilization": Retired("", "use --mem-fraction-static"),
    "--guided-decoding-backend": Retired("", "use --grammar-backend"),
    "--lora-modules": Retired("", "use --lora-paths"),
    "--max-model-len": Retired("", "use --context-length"),
    "--max-num-batched-tokens": Retired("", "use --chunked-prefill-size"),
    "--max-num-seqs": Retired("", "use --max-running-requests"),
    "--no-enable-prefix-caching": Retired("", "use --disable-radix-cache"),
    "--seed": Retired("", "use --random-seed"),
    "--tokenizer": Retired("", "use --tokenizer-path"),
    "--uvicorn-log-level": Retired("", "use --log-level-http"),
    # of Text Generation Inference
    "--max-concurrent-requests": Retired("", "use --max-queued-requests"),
    "--max-input-length": Retired("", "use --context-length"),
    "--model-id": Retired("", "use --model-path"),
    "--num-shard": Retired("", "use --tp-size"),
    "--quantize": Retired("", "use --quantization"),
}  # fmt: skip


def retired(spelling: str) -> Retired | None:
    """What became of a spelling that the engine's release does not have; None where nothing is known."""
    return RETIRED.get(spelling) or FOREIGN.get(spelling)
