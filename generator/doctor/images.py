"""Whether each image is here already, or exists in its registry; and the nearest tags that do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from generator.doctor.finding import Finding, Subject
from generator.doctor.nearest import nearest_tags
from generator.doctor.reference import Reference, parse_reference
from generator.doctor.registry import Lookup, look_up
from generator.host.ask import ask, find_program
from generator.plan.model import DeploymentPlan

NEEDED = "present, or in its registry"


def check_images(subject: Subject) -> Iterator[Finding]:
    """Registries are asked at once and only for what is not here: one that is unreachable costs its time once."""
    docker = find_program("docker") if subject.facts.docker else ""
    images = pulled_images(subject.plan)
    absent = tuple(image for image in images if not is_present(image, docker=docker))
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = dict(zip(absent, pool.map(look_up, map(parse_reference, absent)), strict=True))
    for image in images:
        yield (
            judge(image, lookup=answers[image])
            if image in answers
            else Finding(image, "ok", "present", NEEDED)
        )


def pulled_images(plan: DeploymentPlan) -> tuple[str, ...]:
    """The images that come from a registry, each once: under Compose all but those built here, and what these take."""
    if plan.runtime != "compose":
        return ()
    engines = () if plan.build_context else tuple(replica.image for replica in plan.replicas)
    parts = (plan.prefetch, *((plan.edge, plan.prometheus) if plan.leads else ()), plan.grafana)
    inner = (*plan.auxiliaries, *plan.routers, *plan.onlookers)
    named = (*engines, *(part.image for part in (*inner, *parts) if part))
    own = plan.engine_build
    taken = (*own.pulled, *(image for image in named if image != own.image)) if own else named
    return tuple(dict.fromkeys(taken))


def is_present(image: str, *, docker: str) -> bool:
    """Whether the engine has it."""
    return (
        bool(docker)
        and ask((docker, "image", "inspect", "--format", "{{.Id}}", image), timeout=10).status == 0
    )


def judge(image: str, *, lookup: Lookup) -> Finding:
    """What the registry said about an image that is not here."""
    reference = parse_reference(image)
    match lookup.existence:
        case "exists":
            return Finding(image, "ok", f"in {reference.registry}", NEEDED)
        case "missing":
            return Finding(
                image, "fail", f"not in {reference.registry}", NEEDED, alternatives(reference, lookup.tags)
            )
        case "refused":
            remedy = "correct the name, or `docker login` if it is private"
            return Finding(image, "warn", f"{reference.registry} refuses anonymous access", NEEDED, remedy)
        case "unreachable":
            remedy = "check network and proxy, or `docker load` the image from a file"
            return Finding(
                image, "warn", f"{reference.registry} can't be reached: {lookup.reason}", NEEDED, remedy
            )


def alternatives(reference: Reference, tags: tuple[str, ...]) -> str:
    """What to use instead."""
    if not tags:
        return f"the registry lists no tags of {reference.repository}: correct the name"
    near = nearest_tags(reference.version, tags)
    return f"nearest that exist: {', '.join(near)}" if near else "no tag there is like it: correct the tag"
