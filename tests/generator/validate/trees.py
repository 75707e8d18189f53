"""Rendered trees, sound and spoilt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator.errors import Fault
from generator.facts import DockerFacts, HostFacts
from generator.host.nginx import collect_nginx
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import RenderedTree, render
from generator.spec import DeploymentSpec
from generator.validate.judge import judge

HOST = HostFacts(cpus=2, memory_bytes=4 << 30)
DOCKER = replace(HOST, docker=DockerFacts(engine=(28, 5, 2), compose=(2, 40, 3)))

# The same mistake an operator makes in a file: a name that is not one.
SLIPS = {
    "compose.yaml": ("read_only:", "read_onli:"),
    "nginx/conf.d/server.conf": ("client_max_body_size", "client_max_size"),
    "prometheus/prometheus.yml": ("scrape_configs", "scrap_configs"),
    "collector/config.yaml": ("listen_address", "listen_adress"),
    "tempo/tempo.yaml": ("block_retention", "retention"),
    "loki/loki.yaml": ("retention_period", "retention"),
}


def on_host(spec: DeploymentSpec | None = None) -> DeploymentPlan:
    """A plan for this machine's own NGINX and Prometheus."""
    return plan_deployment(spec or DeploymentSpec(), replace(HOST, nginx=collect_nginx()))


def on_docker(spec: DeploymentSpec | None = None) -> DeploymentPlan:
    """A plan for Docker, without a GPU."""
    return plan_deployment(spec or DeploymentSpec(), DOCKER)


def spoilt(tree: RenderedTree) -> RenderedTree:
    """`tree` with a slip in each file that has a judge."""
    wrong = dict(tree)
    for file, (right, slip) in SLIPS.items():
        if file in tree:
            assert right in tree[file]
            wrong[file] = tree[file].replace(right, slip)
    return wrong


def faults_of(plan: DeploymentPlan, tree: RenderedTree | None = None, *, place: Path) -> list[Fault]:
    """All faults of `tree`, by default the plan's own."""
    verdicts = judge(render(plan) if tree is None else tree, plan=plan, place=place)
    return [fault for verdict in verdicts for fault in verdict.faults]
