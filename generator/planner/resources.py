"""Networks and volumes of a Compose project, and the secrets of either runtime."""

from __future__ import annotations

from generator.plan.model import Grafana, Making, Network, Prefetch, Secret, Tracing
from generator.planner import addresses as names
from generator.planner import security
from generator.planner.engine import HF_TOKEN
from generator.planner.monitoring import GRAFANA_PASSWORD
from generator.planner.outline import Outline


def networks(outline: Outline, prefetch: Prefetch | None) -> tuple[Network, ...]:
    """Only the prefetch has a way out: `engines` has no route, `front` no NAT. Without the edge both have no use."""
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
    return (*((engines, front) if outline.leads else ()), *((hub,) if prefetch else ()))


def volumes(
    outline: Outline, prefetch: Prefetch | None, grafana: Grafana | None, tracing: Tracing | None
) -> tuple[str, ...]:
    """What outlives `down`."""
    if not outline.contained:
        return ()
    return (
        *((names.MODELS_VOLUME,) if prefetch else ()),
        *((names.COMPILED_VOLUME,) if outline.engine != "simulator" else ()),
        *((names.PROMETHEUS_VOLUME,) if outline.leads else ()),
        *((names.GRAFANA_VOLUME,) if grafana else ()),
        *((names.TEMPO_VOLUME, names.LOKI_VOLUME) if tracing else ()),
    )


def secrets(outline: Outline, prefetch: Prefetch | None, grafana: Grafana | None) -> tuple[Secret, ...]:
    """Each reaches its one service as a file; the host runtime's edge reads them where the kit puts them."""
    spec, found = outline.spec, _edge_secrets(outline) if outline.leads else []
    if spec.hf_token_file and prefetch:
        found.append(_secret(HF_TOKEN, names.PREFETCH, "copy", source=spec.hf_token_file))
    if grafana:
        found.append(_secret(GRAFANA_PASSWORD, names.GRAFANA, "random"))
    return tuple(found)


def _edge_secrets(outline: Outline) -> list[Secret]:
    """The probe's key before the table that takes it up."""
    spec, found = outline.spec, []
    if spec.api_keys_file:
        found.append(_secret(security.PROBE_KEY, "", "random"))
        found.append(_secret(security.API_KEYS, names.EDGE, "client-keys", source=spec.api_keys_file))
    if spec.admin:
        found.append(_secret(security.ADMIN_KEYS, names.EDGE, "admin-keys", source=spec.admin.keys_file))
    if spec.tls == "self-signed":
        found.append(_secret(security.TLS_CERTIFICATE, names.EDGE, "self-signed"))
        found.append(_secret(security.TLS_KEY, names.EDGE, "self-signed"))
    elif spec.tls:
        found.append(_secret(security.TLS_CERTIFICATE, names.EDGE, "copy", source=spec.tls.certificate))
        found.append(_secret(security.TLS_KEY, names.EDGE, "copy", source=spec.tls.key))
    return found


def _secret(name: str, service: str, making: Making, *, source: str = "") -> Secret:
    return Secret(name, f"secrets/{name}", source, (service,) if service else (), making)
