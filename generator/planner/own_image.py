"""The engine image of `build`: what it is called, and whether it will be the same one tomorrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.facts import BuildFacts, HostFacts
from generator.images import INPUTS_LABEL, names_version
from generator.plan.model import BuildSecret, EngineBuild, EngineKind, RuntimeKind
from generator.planner.decisions import Decisions
from generator.planner.engine_release import EngineRelease, Reader, engine_release
from generator.spec.build import BuildSpec
from generator.spec.model import DeploymentSpec

_TAG_LENGTH = 12
_NOTHING_READ = BuildFacts("", reason="nobody looked at the Dockerfile")


def plan_engine_build(
    spec: DeploymentSpec, facts: HostFacts, runtime: RuntimeKind, engine: EngineKind, decisions: Decisions
) -> EngineBuild | None:
    """None where no image of an engine is run; then the Dockerfile need not be there either."""
    ignored = _why_ignored(runtime, engine)
    if ignored and spec.build:
        decisions.choose("build", "ignored", why=ignored)
    elif ignored and spec.image and spec.routing != "dynamo":
        decisions.choose("image", "ignored", why=ignored)
    if ignored or spec.build is None:
        return None
    found = facts.build or _NOTHING_READ
    _judge(spec, found, decisions)
    image = spec.image or _named_by_content(spec, found)
    if not found.reason:
        decisions.choose("image", image, why=f"built from {found.dockerfile}, FROM {found.base}")
    return _engine_build(spec.build, found, image)


def _why_ignored(runtime: RuntimeKind, engine: EngineKind) -> str:
    """What is said of an engine's image where none is run."""
    if runtime == "host":
        return "processes have no image"
    return "the simulator runs from the kit's own image" if engine == "simulator" else ""


def with_own_image(spec: DeploymentSpec, own: EngineBuild | None) -> DeploymentSpec:
    """What is built is the image of the replicas; what is not built is none."""
    return spec.model_copy(update={"image": own.image if own else None}) if spec.build else spec


def knowing_own_image(readers: Sequence[Reader], own: EngineBuild | None) -> tuple[Reader, ...]:
    """What the built image has is told by what it stands on: its own name says nothing."""
    if own is None:
        return tuple(readers)
    release = EngineRelease(own.base, own.release, "say it in `build.release`")
    return tuple(
        replace(each, release=release) if each.release.image == own.image else each for each in readers
    )


def _judge(spec: DeploymentSpec, found: BuildFacts, decisions: Decisions) -> None:
    if found.reason:
        decisions.refuse(f"build.{found.key}", found.reason, found.remedy)
    if spec.image and (not names_version(spec.image) or "@" in spec.image):
        message = f"{spec.image!r} is to be the name of what `build` makes, and has no version"
        decisions.refuse("image", message, "give a tag, or leave it out: it is then named by its content")
    if spec.routing == "dynamo" and spec.dynamo.image:
        message = "the workers' image is named here and built by `build`"
        decisions.refuse("dynamo.image", message, "leave one of them out")
    for each in found.loose_images:
        decisions.refuse("build.dockerfile", f"line {each.line}: {each.message}", each.remedy)
    for each in found.loose_packages:
        decisions.warn(f"build.dockerfile: line {each.line}: {each.message}; {each.remedy}")


def _named_by_content(spec: DeploymentSpec, found: BuildFacts) -> str:
    """Another content is another tag: what ran before stays there, and going back needs no build."""
    return f"sglbox/{spec.name}-engine:{found.digest[:_TAG_LENGTH]}"


def _engine_build(build: BuildSpec, found: BuildFacts, image: str) -> EngineBuild:
    return EngineBuild(
        image=image,
        context=found.context,
        dockerfile=found.dockerfile,
        target=build.target or "",
        arguments=tuple(sorted(build.args.items())),
        secrets=tuple(BuildSecret(name, file) for name, file in sorted(build.secrets.items())),
        digest=found.digest,
        label=INPUTS_LABEL,
        base=found.base,
        pulled=found.images,
        release=build.release or engine_release(found.base).version,
        files=found.files,
        bytes=found.bytes,
    )
