"""What is settled before the parts are planned: every part reads it, none changes it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.facts import HostFacts
from generator.plan.model import EngineBuild, EngineKind, Model, Node, RuntimeKind, Timeouts
from generator.planner.addresses import Addresses
from generator.planner.budgets import StartBudget
from generator.planner.gpu_sets import GpuSets
from generator.planner.roles import Cast
from generator.spec.model import DeploymentSpec


@dataclass(frozen=True)
class Outline:
    """Spec and facts with the decisions that concern more than one part."""

    spec: DeploymentSpec
    facts: HostFacts
    runtime: RuntimeKind
    engine: EngineKind
    model: Model
    gpus: GpuSets
    where: Addresses
    timeouts: Timeouts
    budget: StartBudget
    node: Node | None
    cast: Cast
    own_image: EngineBuild | None

    @property
    def leads(self) -> bool:
        """Whether this host has the edge and the monitoring."""
        return self.node is None or self.node.leads

    @property
    def contained(self) -> bool:
        """Whether services run in containers, with addresses and paths of their own."""
        return self.runtime == "compose"
