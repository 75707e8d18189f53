"""Networks, volumes and secrets of a Compose project. The host runtime has none of them."""

from __future__ import annotations

from generator.plan.model import Grafana, Network, Prefetch, Secret
from generator.planner import addresses as names
from generator.planner.edge import API_KEYS
from generator.planner.engine import HF_TOKEN
from generator.planner.monitoring import GRAFANA_PASSWORD
from generator.planner.outline import Outline


def networks(outline: Outline, prefetch: Prefetch | None) -> tuple[Network, ...]:
    """Only the prefetch has a way out: `engines` has no route, `front` no NAT."""
    if not outline.contained:
        return ()
    subnet = outline.where.subnet
    engines = Network("engines", subnet, internal=True, masquerade=False, purpose="replicas: no route out")
    front = Network(
        "front", "", internal=False, masquerade=False, purpose="published ports; no NAT, so no way out"
    )
    hub = Network(
        "hub", "", internal=False, masquerade=True, purpose="the prefetch alone reaches the model hub"
    )
    return (engines, front, hub) if prefetch else (engines, front)


def volumes(outline: Outline, prefetch: Prefetch | None, grafana: Grafana | None) -> tuple[str, ...]:
    """What outlives `down`."""
    if not outline.contained:
        return ()
    return (
        *((names.MODELS_VOLUME,) if prefetch else ()),
        *((names.COMPILED_VOLUME,) if outline.engine != "simulator" else ()),
        names.PROMETHEUS_VOLUME,
        *((names.GRAFANA_VOLUME,) if grafana else ()),
    )


def secrets(outline: Outline, prefetch: Prefetch | None, grafana: Grafana | None) -> tuple[Secret, ...]:
    """Each reaches its one service as a file."""
    if not outline.contained:
        return ()
    spec, found = outline.spec, []
    if spec.hf_token_file and prefetch:
        found.append(_secret(HF_TOKEN, names.PREFETCH, source=spec.hf_token_file))
    if spec.api_keys_file:
        found.append(_secret(API_KEYS, names.EDGE, source=spec.api_keys_file))
    if grafana:
        found.append(_secret(GRAFANA_PASSWORD, names.GRAFANA, source=""))
    return tuple(found)


def _secret(name: str, service: str, *, source: str) -> Secret:
    return Secret(name, f"secrets/{name}", source, (service,))
