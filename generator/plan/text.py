"""The plan as one stable text: what `make plan` prints, what tests compare, what belongs into a bug report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from math import ceil

from generator.plan.edge import TenantLimit
from generator.plan.engine_build import EngineBuild
from generator.plan.layouts_text import layouts_text
from generator.plan.model import DeploymentPlan, Environment, Mount, Replica, Service


def plan_text(plan: DeploymentPlan) -> str:
    """One fact a line, no alignment that a longer name would shift, a final newline."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: DeploymentPlan) -> Iterator[str]:
    yield f"deployment {plan.project}: {len(plan.replicas)} x {plan.engine}, runtime {plan.runtime}"
    if plan.node:
        yield f"  node {plan.node.name}, rank {plan.node.rank} of {plan.node.count}: {plan.node.address}, meets at {plan.node.meeting}"
    for choice in plan.choices:
        yield f"  chose {choice.what} {choice.value}: {choice.why}"
    for warning in plan.warnings:
        yield f"  WARNING {warning}"
    yield from _model(plan)
    if plan.layouts:
        yield from layouts_text(plan.layouts)
    yield from _timeouts(plan)
    if plan.engine_build:
        yield from _engine_build(plan.engine_build)
    for replica in plan.replicas:
        yield from _replica(replica, plan.engine)
    for service in (*plan.auxiliaries, *plan.routers, *plan.onlookers):
        yield from _service(service)
    if plan.leads:
        yield from _edge(plan)
        yield from _monitoring(plan)
    yield from _resources(plan)


def _model(plan: DeploymentPlan) -> Iterator[str]:
    model = plan.model
    size = f", {model.bytes / 1e9:.1f} GB" if model.bytes else ""
    yield f"model {model.served_name}: {model.source} {model.path}{size}"
    if plan.prefetch:
        yield f"  prefetch {shlex.join(plan.prefetch.argv)}"


def _timeouts(plan: DeploymentPlan) -> Iterator[str]:
    t = plan.timeouts
    yield f"timeouts: queue {t.queue} s + request {t.request} s < edge {t.edge_read} s < client {t.client} s"
    yield f"  stop after {t.stop_grace} s, connect {t.edge_connect_ms} ms"
    yield f"  idle: edge {t.edge_keepalive} s < engine {t.engine_keepalive} s"
    yield f"  ready within {plan.startup_deadline} s"


def _engine_build(build: EngineBuild) -> Iterator[str]:
    yield f"image {build.image}: built from {build.dockerfile}"
    stage = f"stage {build.target}, " if build.target else ""
    yield f"  {stage}on {build.base}: SGLang {build.release or 'of a release that nothing names'}"
    for image in build.pulled:
        if image != build.base:
            yield f"  takes from {image}"
    count = "1 file" if build.files == 1 else f"{build.files} files"
    yield f"  the builder gets {count}, {ceil(build.bytes / 1e3)} kB, of {build.context}"
    for name, value in build.arguments:
        yield f"  arg {name}={value}"
    for secret in build.secrets:
        yield f"  secret {secret.name} from {secret.source}"


def _replica(replica: Replica, engine: str) -> Iterator[str]:
    gpus = f" on {', '.join(replica.gpus)}" if replica.gpus else ""
    yield f"{replica.name}: {engine} at {replica.address}:{replica.port}{gpus}"
    if replica.image:
        yield f"  image {replica.image}"
    yield f"  argv {shlex.join(replica.argv)}"
    yield from _given(replica.environment, replica.mounts)
    if replica.mounts:
        yield f"  shm {replica.shm_size}{', the IPC namespace of the host' if replica.ipc == 'host' else ''}"
    for device in replica.devices:
        yield f"  device {device}"
    if replica.cpus:
        yield f"  cpus {replica.cpus:g}"
    if replica.memory:
        yield f"  memory {replica.memory}"


def _service(service: Service) -> Iterator[str]:
    yield f"{service.name}: at {service.address}:{service.port}"
    if service.image:
        yield f"  image {service.image}"
    yield f"  argv {shlex.join(service.argv)}"
    yield from _given(service.environment, service.mounts)


def _given(environment: Environment, mounts: Sequence[Mount]) -> Iterator[str]:
    for name, value in environment:
        yield f"  env {name}={value}"
    for mount in mounts:
        yield f"  mount {mount.source} at {mount.target} ({mount.kind}, {mount.mode})"


def _edge(plan: DeploymentPlan) -> Iterator[str]:
    edge = plan.edge
    version = ".".join(map(str, edge.nginx_version)) or "unknown"
    yield f"edge: {edge.url}, placing by {edge.upstream.placing} over {len(edge.upstream.servers)}, nginx {version}"
    yield f"  keys {'from ' + edge.api_keys_file if edge.api_keys_file else 'none asked for'}"
    if edge.tls:
        yield f"  tls with the {edge.tls.origin}'s certificate, plain http: {edge.tls.plain_http}"
    if edge.admin:
        yield f"  administrators at {edge.admin.url}, keys from {edge.admin.keys_file}"
    yield f"  admits {edge.limits.requests} requests at once, a sent one is sent again: {edge.retry_sent}"
    for limit in edge.limits.tenants:
        yield f"  {_limit(limit)}"


def _limit(limit: TenantLimit) -> str:
    who = f"tenant {limit.tenant}" if limit.tenant else "each other tenant"
    at_once = f"{limit.requests} at once" if limit.requests else "any number at once"
    return f"{who}: {at_once}, {f'{limit.per_minute} a minute' if limit.per_minute else 'at any rate'}"


def _monitoring(plan: DeploymentPlan) -> Iterator[str]:
    yield f"prometheus: {plan.prometheus.url}, every {plan.prometheus.scrape_interval} s"
    for job in plan.prometheus.jobs:
        yield f"  scrape {job.name}: {', '.join(target.address for target in job.targets)}"
    if plan.grafana:
        yield f"grafana: {plan.grafana.url}"
    if plan.tracing:
        logged = ", ".join(plan.tracing.logged)
        yield f"tracing: kept for {plan.tracing.retention_hours} h, with the logs of {logged}"


def _resources(plan: DeploymentPlan) -> Iterator[str]:
    for network in plan.networks:
        subnet = f" {network.subnet}" if network.subnet else ""
        yield f"network {network.name}{subnet}: {network.purpose}"
    for volume in plan.volumes:
        yield f"volume {volume}"
    for secret in plan.secrets:
        readers = f" for {', '.join(secret.services)}" if secret.services else ""
        yield f"secret {secret.name}{readers}: {secret.source or 'made by the kit'}"
