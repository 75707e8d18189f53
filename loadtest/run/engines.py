"""Which version of the engine really runs: asked of the replicas, where they can be reached past the edge."""

from __future__ import annotations

import httpx

from loadtest.run.target import Target

_PATIENCE = 3.0
_METRICS, _INFO = "/metrics", "/server_info"


def engine_versions(target: Target) -> str:
    """Versions, each once, by SGLang's /server_info (0.5.23: its `version`); "" where no replica says."""
    with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
        found = {_version(url.removesuffix(_METRICS), client=client) for url in target.metrics.values()}
    return ", ".join(sorted(found - {""}))


def _version(replica: str, *, client: httpx.Client) -> str:
    try:
        reply = client.get(f"{replica}{_INFO}").raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return ""
    # The rest of the answer may have keys in it: nothing else of it is kept.
    return str(reply.get("version", "")) if isinstance(reply, dict) else ""
