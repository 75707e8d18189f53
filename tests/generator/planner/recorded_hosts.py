"""Plans of a checkpoint on recorded hosts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator.facts import CheckpointFacts, HostFacts
from generator.host.record import read_facts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.spec import load_spec_text
from tests.generator.sizing.start_up_logs import model

HOSTS = Path(__file__).parents[1] / "sizing" / "hosts"


def host(name: str, model_name: str = "") -> HostFacts:
    """A recorded host that has the model as a checkpoint; without its shape where no model is named."""
    facts = read_facts(HOSTS / f"{name}.json")
    shape = model(model_name) if model_name else None
    return replace(facts, checkpoint=CheckpointFacts("/srv/m", architecture=shape))


def plan(facts: HostFacts, text: str = "") -> DeploymentPlan:
    """The plan of a checkpoint, with more lines of spec."""
    spec = load_spec_text(f"checkpoint_path: /srv/m\n{text}", source="test").spec
    return plan_deployment(spec, facts)


def sizes(planned: DeploymentPlan) -> tuple[int, int, int]:
    """(replicas, TP, PP) as the engines get them."""
    argv = planned.replicas[0].argv
    stages = int(argv[argv.index("--pp-size") + 1]) if "--pp-size" in argv else 1
    return len(planned.replicas), int(argv[argv.index("--tp-size") + 1]), stages
