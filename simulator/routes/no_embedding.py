"""What `/model_info` says of embeddings where the model generates text (recorded from SGLang 0.5.23)."""

from __future__ import annotations

from typing import Any, Final

_OFF: Final = (
    *("normalize", "supports_dimensions", "supports_token_embeddings", "supports_multimodal"),
    *("requires_embedding_flag", "auto_enable_embedding", "safe_disable_kv_cache"),
    *("safe_disable_radix_cache", "safe_disable_chunked_prefill", "enabled"),
)
_BATCH_SIZES: Final = (
    *(*range(4, 33, 4), *range(48, 257, 16), *range(288, 513, 32)),
    *(*range(576, 1025, 64), *range(1280, 4097, 256)),
)

NO_EMBEDDING: Final[dict[str, Any]] = {
    **dict.fromkeys(("family", "task", "execution", "attention", "postprocessor"), "none"),
    "pooling": "model_defined",
    "tokenizer_special_tokens": "model_default",
    **dict.fromkeys(_OFF, False),
    "bcg_eligibility": "disabled",
    "matryoshka_dimensions": [],
    "bcg": {
        "prefill_backend": "disabled",
        "enabled": False,
        "capture_token_budget": 4096,
        "capture_batch_sizes": list(_BATCH_SIZES),
    },
    "cache": {
        "kv_cache_disabled": False,
        "radix_cache_disabled": False,
        "chunked_prefill_disabled": False,
    },
}
