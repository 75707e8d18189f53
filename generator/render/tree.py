"""Which files a plan becomes. Templates live in compose/ and nginx/; static files are copied as they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.plan.model import DeploymentPlan, Edge
from generator.plan.serial import plan_json
from generator.render.awake_view import awake_view
from generator.render.filters import FILTERS
from generator.render.replica_view import own_lines
from generator.render.simulated_model import simulated_model

ROOT = Path(__file__).resolve().parents[2]

RenderedTree = Mapping[str, str]
"""Path relative to build/<project>/ -> text, in sorted order."""


def render(plan: DeploymentPlan) -> RenderedTree:
    """The same plan gives the same bytes."""
    files = {"plan.json": plan_json(plan)}
    plan = awake_view(plan)
    if plan.simulated_model:
        files |= simulated_model(plan.simulated_model)
    if plan.leads:
        files |= {**_edge(plan), **_prometheus(plan)}
    if plan.runtime == "compose":
        files |= {"compose.yaml": _compose(plan), **_grafana(plan), **_tracing(plan)}
    else:
        files |= _host(plan)
    return dict(sorted(files.items()))


def _compose(plan: DeploymentPlan) -> str:
    return _template(
        "compose/compose.yaml.j2",
        plan=plan,
        shared=plan.replicas[0],
        replicas=own_lines(plan.replicas, plan.engine_build.image if plan.engine_build else ""),
        services=(*plan.auxiliaries, *plan.routers),
        onlookers=(*(plan.tracing.services if plan.tracing else ()), *plan.exporters),
        edge_secrets=[secret.name for secret in plan.secrets if plan.edge.name in secret.services],
        secrets=[secret for secret in plan.secrets if secret.services],
        build_secrets=plan.engine_build.secrets if plan.engine_build else (),
    )


def _host(plan: DeploymentPlan) -> dict[str, str]:
    name = "supervisord.conf"
    return {
        f"host/{name}": _template(f"compose/host/{name}.j2", plan=plan),
        **_static("compose/host", "host", suffix=".sh"),
    }


def _edge(plan: DeploymentPlan) -> dict[str, str]:
    edge = plan.edge
    return {
        "nginx/nginx.conf": _template("nginx/nginx.conf.j2", plan=plan),
        "nginx/conf.d/tracing.conf": _template("nginx/conf.d/tracing.conf.j2", edge=edge),
        "nginx/conf.d/keys.conf": _template("nginx/conf.d/keys.conf.j2", edge=edge),
        "nginx/conf.d/limits.conf": _template("nginx/conf.d/limits.conf.j2", edge=edge),
        "nginx/conf.d/admission.conf": _template("nginx/conf.d/admission.conf.j2", limits=edge.limits),
        "nginx/conf.d/upstream.conf": _template("nginx/conf.d/upstream.conf.j2", edge=edge),
        "nginx/conf.d/server.conf": _template(
            "nginx/conf.d/server.conf.j2", edge=edge, timeouts=plan.timeouts
        ),
        "nginx/conf.d/metrics.conf": _template("nginx/conf.d/metrics.conf.j2", edge=edge),
        **_admin(plan),
        **_static("nginx/snippets", "nginx/snippets"),
        **_static("nginx/js", "nginx/js"),
        **_routing(edge),
    }


def _routing(edge: Edge) -> dict[str, str]:
    if edge.upstream.placing == "none":
        return {}
    replicas = _template("nginx/js/routing/replicas.js.j2", upstream=edge.upstream)
    return {
        **_static("nginx/js/routing", "nginx/js/routing", suffix=".js"),
        "nginx/js/routing/replicas.js": replicas,
    }


def _admin(plan: DeploymentPlan) -> dict[str, str]:
    if not plan.edge.admin:
        return {}
    servers = (*plan.routers, *plan.replicas)
    name = "nginx/conf.d/admin.conf"
    return {name: _template(f"{name}.j2", edge=plan.edge, timeouts=plan.timeouts, servers=servers)}


def _prometheus(plan: DeploymentPlan) -> dict[str, str]:
    template = "compose/prometheus/prometheus.yml.j2"
    return {
        "prometheus/prometheus.yml": _template(template, prometheus=plan.prometheus, project=plan.project)
    }


def _grafana(plan: DeploymentPlan) -> dict[str, str]:
    if not plan.grafana:
        return {}
    data_source = "grafana/provisioning/datasources/prometheus.yaml"
    return {
        data_source: _template(f"compose/{data_source}.j2", grafana=plan.grafana),
        **_static("compose/grafana/provisioning/dashboards", "grafana/provisioning/dashboards"),
        **_dashboards(plan),
    }


def _dashboards(plan: DeploymentPlan) -> dict[str, str]:
    """Those that there are metrics for."""
    names = ("overview", *(("gpus",) if plan.gpu_exporter else ()))
    files = [f"grafana/dashboards/{name}.json" for name in names]
    return {file: (ROOT / "compose" / file).read_text(encoding="utf-8") for file in files}


def _tracing(plan: DeploymentPlan) -> dict[str, str]:
    tracing = plan.tracing
    if not tracing:
        return {}
    files = ("collector/config.yaml", "tempo/tempo.yaml", "loki/loki.yaml")
    sources = ("tempo", "loki")
    return {
        **{file: _template(f"compose/{file}.j2", tracing=tracing) for file in files},
        **{
            f"grafana/provisioning/datasources/{source}.yaml": _template(
                f"compose/grafana/provisioning/datasources/{source}.yaml.j2", tracing=tracing
            )
            for source in sources
        },
    }


def _static(source: str, target: str, *, suffix: str = "") -> dict[str, str]:
    files = [
        file for file in sorted((ROOT / source).iterdir()) if file.is_file() and file.name.endswith(suffix)
    ]
    return {f"{target}/{file.name}": file.read_text(encoding="utf-8") for file in files}


def _template(name: str, **values: Any) -> str:
    return _jinja().get_template(name).render(**values)


@cache
def _jinja() -> Environment:
    """An unknown name stops the render; nothing prints empty by mistake. No HTML, so nothing is escaped."""
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    environment.filters.update(FILTERS)
    return environment
