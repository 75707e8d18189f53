"""The load generator: the kit's image beside the edge, with the plan it reads and a place for its reports."""

from __future__ import annotations

from collections.abc import Sequence

from generator import images
from generator.plan.edge import Edge
from generator.plan.load import LoadGenerator
from generator.plan.replica import Replica
from generator.plan.service import Mount
from generator.planner.addresses import LOOPBACK
from generator.planner.outline import Outline
from generator.planner.security import PROBE_KEY

_APP = "/app"
"""The image's working directory; it has the same build/ below it as the checkout."""


def plan_load_generator(outline: Outline, edge: Edge) -> LoadGenerator | None:
    """None without an edge here, and in the host runtime, where `python -m loadtest` runs beside it anyway."""
    if not (outline.contained and outline.leads):
        return None
    scheme = "https" if edge.tls else "http"
    here = f"{_APP}/build/{outline.spec.name}"
    certificate = edge.tls.trusted if edge.tls and edge.tls.origin == "kit" else ""
    key = f"secrets/{PROBE_KEY}" if edge.api_keys_file else ""
    read = [f"./{path}" for path in ("plan.json", key, certificate) if path]
    return LoadGenerator(
        name="loadtest",
        image=images.KIT,
        build_context=build_context(outline),
        beside=edge.name,
        environment=(
            ("LOADTEST_PROJECT", outline.spec.name),
            ("LOADTEST_URL", f"{scheme}://{LOOPBACK}:{edge.published.target}"),
        ),
        mounts=(
            *(Mount("bind", source, f"{here}/{source.removeprefix('./')}", "ro") for source in read),
            Mount("bind", f"{_build(outline)}/loadtest", f"{_APP}/build/loadtest", "rw"),
        ),
    )


def runs_kit_image(replicas: Sequence[Replica]) -> bool:
    """Whether replicas run from the image that is built here."""
    return any(replica.image == images.KIT for replica in replicas)


def build_context(outline: Outline) -> str:
    """From the folder of compose.yaml to the checkout that holds the Dockerfile."""
    return f"{_build(outline)}/.."


def _build(outline: Outline) -> str:
    """From build/<project>/ to build/; a node has a folder of its own below that."""
    return "../.." if outline.node else ".."
