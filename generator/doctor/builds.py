"""What building images needs: BuildKit, and versions that stay what they are."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject
from generator.host.ask import ask, find_program
from generator.plan.model import DeploymentPlan

CHECK = "image build"
BUILDX = "docker buildx"
INSTALL = "install the buildx plugin: Debian's docker-buildx, Docker's docker-buildx-plugin"


def check_builds(subject: Subject) -> Iterator[Finding]:
    """Nothing where all images are pulled."""
    if not _builds(subject.plan):
        return
    docker = find_program("docker")
    answer = ask((docker, "buildx", "version"), timeout=10) if docker else None
    well = answer is not None and answer.status == 0
    yield Finding(
        CHECK, "ok" if well else "fail", BUILDX if well else "none", BUILDX, "" if well else INSTALL
    )
    own, facts = subject.plan.engine_build, subject.facts.build
    for each in facts.loose_packages if own and facts else ():
        found = f"{facts.dockerfile}:{each.line}: {each.message}" if facts else ""
        yield Finding(CHECK, "warn", found, "exact versions", each.remedy)


def _builds(plan: DeploymentPlan) -> bool:
    return plan.runtime == "compose" and bool(plan.build_context or plan.engine_build)
