"""Which spec is rendered on which recorded host. Every golden tree and every fact file belongs to a case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.host.record import read_facts
from generator.plan.model import DeploymentPlan
from generator.plan.text import plan_text
from generator.planner import plan_deployment
from generator.render import RenderedTree, render
from generator.spec import DeploymentSpec, load_spec

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = ROOT / "compose" / "examples"
TREES = HERE / "trees"
FACTS = HERE / "facts"


@dataclass(frozen=True)
class Case:
    """`example` is a file of compose/examples, "" the embedded default; `facts` a file beside this one."""

    name: str
    example: str
    facts: str

    def plan(self) -> DeploymentPlan:
        """The plan on the recorded host."""
        spec = load_spec(EXAMPLES / f"{self.example}.yaml").spec if self.example else DeploymentSpec()
        return plan_deployment(spec, read_facts(FACTS / f"{self.facts}.json"))

    def tree(self) -> RenderedTree:
        """All that is rendered, with the plan's text form beside it."""
        plan = self.plan()
        return {**render(plan), "plan.txt": plan_text(plan)}

    def golden(self) -> RenderedTree:
        """The tree without what is only copied: a snippet would stand here once a case."""
        return {path: text for path, text in self.tree().items() if not is_copied(path, text)}


def is_copied(path: str, text: str) -> bool:
    """Whether a file of the kit goes into the tree as it is."""
    sources = (ROOT / path, ROOT / "compose" / path)
    return any(source.is_file() and source.read_text(encoding="utf-8") == text for source in sources)


CASES = (
    Case("single-gpu", "single-gpu", "one-l4"),
    Case("two-replicas", "two-replicas", "two-a100"),
    Case("tp4x2", "tp4x2", "eight-h100-no-hub"),
    Case("cpu", "cpu", "docker-no-gpu"),
    Case("simulator", "simulator", "docker-no-gpu"),
    Case("embedded", "", "bare"),
)
