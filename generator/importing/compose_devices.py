"""GPUs of a Compose service: `deploy.resources.reservations.devices`, or `gpus` of newer Compose."""

from __future__ import annotations

from generator.foreign.nodes import Mapping, Scalar
from generator.foreign.nodes import Sequence as Items
from generator.importing.engine import GpuId
from generator.importing.references import resolved
from generator.importing.variables import gpu_ids


def gpus(service: Mapping) -> tuple[GpuId, ...]:
    """By id, none where they are only counted."""
    for device in _devices(service):
        ids = device.get("device_ids")
        if isinstance(ids, Items):
            return gpu_ids(
                ",".join(resolved(each.text, {}) for each in ids.items if isinstance(each, Scalar))
            )
    return ()


def count(service: Mapping) -> int:
    """How many, 0 where they are not counted."""
    counts = [resolved(device.text("count"), {}) for device in _devices(service)]
    return next((int(text) for text in counts if text.isdigit()), 0)


def _devices(service: Mapping) -> list[Mapping]:
    found = service.get("deploy", "resources", "reservations", "devices") or service.get("gpus")
    return [each for each in found.items if isinstance(each, Mapping)] if isinstance(found, Items) else []
