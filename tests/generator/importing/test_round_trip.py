"""A Compose file that the kit rendered comes back as a spec whose plan starts the same engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import load
from generator.errors import SpecError
from generator.host.record import read_facts
from generator.importing import import_text
from generator.plan.model import DeploymentPlan, Replica
from generator.planner import plan_deployment
from generator.spec.loading import load_spec_text
from tests.golden.cases import CASES, FACTS, Case

CATALOG = load("0.5.23")
COMPOSED = [case for case in CASES if case.plan().runtime == "compose"]
SEVERAL_HOSTS = [case for case in COMPOSED if "--nnodes" in case.plan().replicas[0].argv]
ONE_HOST = [case for case in COMPOSED if case not in SEVERAL_HOSTS]


def engine(replica: Replica) -> dict[str, object]:
    """What a container is started with. A handle that was fetched comes back as the handle."""
    return {
        "image": replica.image,
        "argv": sorted(replica.argv),
        "environment": replica.environment,
        "gpus": replica.gpus,
        "shm_size": replica.shm_size,
    }


def again(case: Case) -> DeploymentPlan:
    text = import_text(case.tree()["compose.yaml"], source="compose.yaml", catalog=CATALOG).text
    facts = replace(read_facts(FACTS / f"{case.facts}.json"), build=case.host().build)
    return plan_deployment(load_spec_text(text, source="imported").spec, facts)


@pytest.mark.parametrize("case", SEVERAL_HOSTS, ids=lambda case: case.name)
def test_one_host_of_several_is_refused(case: Case) -> None:
    with pytest.raises(SpecError, match="not for a single host"):
        again(case)


@pytest.mark.parametrize("case", ONE_HOST, ids=lambda case: case.name)
def test_the_same_engines_are_started(case: Case) -> None:
    before, after = case.plan(), again(case)
    assert [engine(each) for each in after.replicas] == [engine(each) for each in before.replicas]
    assert (after.project, after.edge.published.port) == (before.project, before.edge.published.port)
    assert [router.argv for router in after.routers] == [router.argv for router in before.routers]
