"""What should run: one value per service, alike for both runtimes, made from the rendered tree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from generator.plan.model import DeploymentPlan, Network

Definition = Mapping[str, object]
"""A service as its runtime's file says it: Compose's mapping, or the keys of supervisord's section."""


@dataclass(frozen=True)
class Wanted:
    """One service that should exist."""

    name: str
    digest: str
    definition: Definition
    files: tuple[str, ...] = ()
    """Configuration files it reads, relative to the deployment's directory, sorted."""
    takes_files: Literal["reload", "restart"] = "restart"
    """How it takes a changed file while it runs."""
    runs: Literal["always", "once"] = "always"
    image: str = ""
    """"" in the host runtime."""
    builds: bool = False
    """Whether its image is built here rather than pulled."""
    networks: tuple[str, ...] = ()
    unit: str = ""
    """Services of one unit are made anew together; "" for one that stands for itself."""


@dataclass(frozen=True)
class Desired:
    """The whole deployment as it should be."""

    services: tuple[Wanted, ...]
    networks: tuple[Network, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """The files that services read, as they lie in the deployment's directory, see `service_files`."""


@dataclass(frozen=True)
class Applied:
    """What the running services were last given: their definitions, and the files' texts."""

    definitions: Mapping[str, Definition] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


RENDERED = ("nginx", "prometheus", "grafana", "collector", "tempo", "loki")
"""Folders of the tree that services have mounted; the rest of it is read by the runtimes themselves."""


def service_files(plan: DeploymentPlan, *, directory: Path) -> dict[str, str]:
    """All files that services read, by path relative to `directory` -> text, of a secret only its digest."""
    files = sorted(path for top in RENDERED for path in (directory / top).rglob("*") if path.is_file())
    texts = {str(path.relative_to(directory)): path.read_text(encoding="utf-8") for path in files}
    secrets = [secret.file for secret in plan.secrets if (directory / secret.file).is_file()]
    return texts | {file: hashlib.sha256((directory / file).read_bytes()).hexdigest() for file in secrets}


def files_of(plan: DeploymentPlan, *, service: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the `paths` of `service_files` that the service reads."""
    top = {plan.edge.name: "nginx/", plan.prometheus.name: "prometheus/"}
    if plan.grafana is not None:
        top[plan.grafana.name] = "grafana/"
    if plan.tracing is not None:
        top |= {keeper.name: f"{keeper.name}/" for keeper in plan.tracing.services}
    prefix = top.get(service)
    secrets = {secret.file for secret in plan.secrets if service in secret.services}
    mounted = {path for path in paths if prefix is not None and path.startswith(prefix)}
    return tuple(sorted(mounted | (secrets & set(paths))))


def takes_files(plan: DeploymentPlan, *, service: str) -> Literal["reload", "restart"]:
    """NGINX and Prometheus reread their files on HUP; others read theirs when they start."""
    return "reload" if service in (plan.edge.name, plan.prometheus.name) else "restart"


def unit_of(plan: DeploymentPlan, *, service: str) -> str:
    """Prefill and decode replicas hand KV caches over as they are: both must be of one image and one making."""
    roles = {replica.name: replica.role for replica in plan.replicas}
    return "" if roles.get(service, "unified") == "unified" else "disaggregation"
