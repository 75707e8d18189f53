"""The images that are built here and how: the kit's own, and the operator's for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import images
from generator.plan.model import DeploymentPlan, EngineBuild
from generator.runtime import kit_image


@dataclass(frozen=True)
class ImageBuild:
    """`settings` are those of `docker buildx build`, in python-on-whales' words."""

    context: Path
    digest: str
    """Over all inputs; the image carries it as its label, and is stale when it carries another one."""
    settings: Mapping[str, Any] = field(default_factory=dict)


def is_built_here(plan: DeploymentPlan, image: str) -> bool:
    """Whether it is made rather than pulled."""
    return image == images.KIT or (plan.engine_build is not None and image == plan.engine_build.image)


def image_build(plan: DeploymentPlan, image: str) -> ImageBuild:
    """Of an image that is built here."""
    own = plan.engine_build
    if own is not None and image == own.image:
        return ImageBuild(Path(own.context), own.digest, _settings(own))
    return ImageBuild(kit_image.CONTEXT, kit_image.digest_of())


def _settings(own: EngineBuild) -> dict[str, Any]:
    return {
        "file": own.dockerfile,
        "target": own.target or None,
        "build_args": dict(own.arguments),
        "secrets": [f"id={secret.name},src={secret.source}" for secret in own.secrets],
    }
