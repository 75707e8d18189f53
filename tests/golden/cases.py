"""Which spec is rendered on which recorded host. Every golden tree and every fact file belongs to a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from generator.facts import BuildFacts, HostFacts
from generator.host.build import collect_build
from generator.host.record import read_facts
from generator.image_inputs import Recipe
from generator.plan.model import DeploymentPlan
from generator.plan.text import plan_text
from generator.planner import plan_deployment
from generator.render import RenderedTree, render
from generator.spec import DeploymentSpec, load_spec
from generator.spec.build import BuildSpec
from tests.golden.models import answer_of_the_hub

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = ROOT / "compose" / "examples"
TREES = HERE / "trees"
FACTS = HERE / "facts"
CHECKOUT = Path("/srv/sglbox")
"""Where the kit is on the recorded hosts."""


@dataclass(frozen=True)
class Case:
    """`example` is a file of compose/examples, "" the embedded default; `facts` a file beside this one.

    Presets differ in few files: what is rendered as in the case `like` is stored there only, and of the plan only its
    readable form.
    """

    name: str
    example: str
    facts: str
    like: str = ""
    rank: int = 0
    """Which of several hosts."""

    def spec(self) -> DeploymentSpec:
        """The example's."""
        return load_spec(EXAMPLES / f"{self.example}.yaml").spec if self.example else DeploymentSpec()

    def host(self) -> HostFacts:
        """The recorded host, as it would look at this spec: with the hub's answer for the spec's model."""
        host, spec = read_facts(FACTS / f"{self.facts}.json"), self.spec()
        host, handle = replace(host, build=recorded_build(spec.build)), spec.hf_model_handle
        if handle is None or (host.handle and host.handle.handle == handle):
            return host
        return replace(host, handle=answer_of_the_hub(handle))

    def plan(self) -> DeploymentPlan:
        """The plan on the recorded host."""
        return plan_deployment(self.spec(), self.host(), rank=self.rank)

    def tree(self) -> RenderedTree:
        """All that is rendered, with the plan's text form beside it."""
        plan = self.plan()
        return {**render(plan), "plan.txt": plan_text(plan)}

    def golden(self) -> RenderedTree:
        """The tree without what is only copied: a snippet would stand here once a case."""
        own = {path: text for path, text in self.tree().items() if not is_copied(path, text)}
        like = next((case.tree() for case in CASES if case.name == self.like), None)
        if like is None:
            return own
        return {path: text for path, text in own.items() if path != "plan.json" and like.get(path) != text}


def recorded_build(build: BuildSpec | None) -> BuildFacts | None:
    """The example's Dockerfile, as it would lie on the recorded host."""
    if build is None:
        return None
    folder = Path(build.context)
    found = collect_build(
        Recipe(folder, folder / build.dockerfile, build.target or "", tuple(build.args.items()))
    )
    there = CHECKOUT / folder.relative_to(ROOT)
    return replace(found, context=str(there), dockerfile=str(there / build.dockerfile))


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
    Case("dynamo", "dynamo", "two-a100", like="single-gpu"),
    Case("dynamo-etcd", "dynamo-etcd", "docker-no-gpu", like="simulator"),
    Case("two-nodes", "two-nodes", "eight-h100", like="tp4x2"),
    Case("two-nodes-rank-1", "two-nodes", "eight-h100", rank=1),
    *(
        Case(name, name, host, like="single-gpu")
        for name, host in {
            "sglang-aggregated-default": "one-l4",
            "sglang-router": "eight-l4",
            "sglang-disaggregated-default": "eight-l4",
            "sglang-disaggregated-70b": "eight-l4",
            "mini-lb": "eight-l4",
            "dynamo-infra": "one-l4",
            "dynamo-agg": "one-l4",
            "dynamo-agg-router": "eight-l4",
            "dynamo-disagg": "eight-l4",
            "dynamo-observability": "one-l4",
            "nemo-single-gpu": "one-h100",
            "nemo-multi-gpu-tp": "four-a100",
            "nemo-multi-gpu-dp": "four-a100",
            "nemo-model-fallback": "one-h100",
            "basic": "one-h100",
            "tp4-70b": "four-a100",
            "fp8": "four-h100",
            "awq": "two-a100",
            "gptq": "two-a100",
            "memory": "four-a100",
            "throughput": "one-h100",
            "latency": "one-h100",
            "docker-run": "eight-h100",
            "docker-build": "one-h100",
            "kubernetes-2x4": "eight-h100",
            "load-balanced": "eight-l4",
            "autoscaling": "eight-l4",
            "debug-logging": "one-l4",
            "api-keys": "one-l4",
        }.items()
    ),
)
