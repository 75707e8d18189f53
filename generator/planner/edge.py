"""The NGINX in front, in NGINX's words."""

from __future__ import annotations

from generator import images
from generator.facts import NginxFacts
from generator.plan.model import Edge, HealthCheck, Published
from generator.planner.addresses import EDGE, LOOPBACK
from generator.planner.admission import BODY_MIB, plan_limits
from generator.planner.decisions import Decisions
from generator.planner.engine import start_interval
from generator.planner.fleet import Fleet
from generator.planner.outline import Outline
from generator.planner.routing import choose_placing, plan_upstream
from generator.planner.security import INFERENCE_PATHS, keys_path, plan_admin, plan_tls
from generator.planner.trace_export import traced

# The same file in Debian's package and in the official image.
_NJS_MODULE = "/usr/lib/nginx/modules/ngx_http_js_module.so"
_CONTAINER_PORT = 8080
_IMAGE_NGINX = NginxFacts(
    "nginx", tuple(int(part) for part in images.NGINX_VERSION.split(".")), _NJS_MODULE, "shared"
)


def plan_edge(outline: Outline, fleet: Fleet, decisions: Decisions) -> Edge:
    """Container and process differ in where they listen and in which NGINX they are; the rest is the same."""
    spec, where, inside = outline.spec, outline.where, outline.contained
    target = _CONTAINER_PORT if inside else spec.port
    metrics = spec.monitoring.edge_metrics_port
    nginx = _IMAGE_NGINX if inside else outline.facts.nginx or NginxFacts("nginx", ())
    placing = choose_placing(spec, nginx, len(fleet.behind_edge), decisions)
    connections = 16384 if inside else 4096
    return Edge(
        name=EDGE,
        image=images.NGINX,
        binary=nginx.binary,
        nginx_version=nginx.version,
        njs_module=nginx.njs_module or _NJS_MODULE,
        njs_memory=nginx.njs_memory,
        address=where.edge,
        listen=f"{target}" if inside else f"{spec.bind_address}:{spec.port}",
        metrics_listen=f"{where.edge}:{metrics}",
        published=Published(spec.bind_address, spec.port, target),
        url=endpoint(spec.bind_address, spec.port, scheme="https" if spec.tls else "http"),
        upstream=plan_upstream(fleet.behind_edge, placing=placing, timeouts=outline.timeouts),
        health=_health(outline, metrics),
        api_keys_file=keys_path(outline),
        admin=plan_admin(outline),
        tls=plan_tls(outline, nginx.version),
        limits=plan_limits(spec, fleet.serving),
        inference_paths=INFERENCE_PATHS,
        retry_sent=spec.retry_sent,
        trace_context="made" if traced(outline) else "passed",
        max_body=f"{BODY_MIB}m",
        body_buffer="1m",
        worker_connections=connections,
        worker_files=2 * connections,
        run_dir="" if inside else "run/edge/",
        # The default user could not reach a checkout in a home directory that is closed to others.
        worker_user=outline.facts.superuser if not inside else "",
    )


def endpoint(bind: str, port: int, *, scheme: str = "http") -> str:
    """The URL to try on this host; an edge bound to every address also answers on loopback."""
    return f"{scheme}://{LOOPBACK if bind == '0.0.0.0' else bind}:{port}"


def _health(outline: Outline, port: int) -> HealthCheck:
    url = f"http://{outline.where.edge}:{port}/healthz"
    return HealthCheck(
        test=("CMD", "curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "2", url),
        interval=10,
        timeout=3,
        retries=3,
        start_period=10,
        start_interval=start_interval(outline.facts),
    )
