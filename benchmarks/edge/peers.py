"""Five ways to reach four engines, each as its own guide would run it, on one port of loopback each.

`edge` is this kit with everything on: keys, JSON log, limits, placing by cache. `plain` is what production guides write:
least_conn and no more. `haproxy` is leastconn with `http-no-delay`, without which its first tokens wait 200 ms. The
router and LiteLLM come from PyPI into environments of their own under build/peers/.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, free_ports, started, wait_for_answer
from generator.credentials.files import ensure_secrets
from generator.credentials.key_table import entry_of, new_key
from generator.facts import HostFacts
from generator.host import apt
from generator.host.machine import superuser
from generator.output import write
from generator.planner import plan_deployment
from generator.render import RenderedTree, render
from generator.spec.loading import validated

HOME: Final = Path("build/peers").absolute()
WORK: Final = Path("build/bench/edge").absolute()
ROUTER: Final = "sglang-router==0.3.2"
LITELLM: Final = "litellm[proxy]==1.102.4"
KEY: Final = new_key()

_PLAIN: Final = """
worker_processes auto;
error_log stderr warn;
pid nginx.pid;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path temp-body;
    proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi;
    uwsgi_temp_path temp-uwsgi;
    scgi_temp_path temp-scgi;
    client_max_body_size 64m;
    client_body_buffer_size 1m;
    keepalive_requests 100000;
    upstream engines {{ least_conn; zone engines 64k; {servers} keepalive 256; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://engines;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_read_timeout 600s;
        }}
    }}
}}
"""
_HAPROXY: Final = """
global
    maxconn 8192
defaults
    mode http
    timeout connect 1s
    timeout client 600s
    timeout server 600s
    option http-no-delay
frontend clients
    bind 127.0.0.1:{port}
    default_backend engines
backend engines
    balance leastconn
{servers}
"""

Peer = Callable[[Sequence[Server], Nginx], AbstractContextManager[Server]]
"""Started over these engines."""


def spec_keys(engines: Sequence[Server], port: int, keys: Path) -> dict[str, object]:
    """The full production configuration over these engines."""
    return {
        "engine": "simulator",
        "runtime": "host",
        "replicas": len(engines),
        "replica_port": engines[0].port,
        "port": port,
        "routing": "affinity",
        "api_keys_file": str(keys),
        "limits": {"per_tenant": {"requests": 2000, "requests_per_minute": 1_000_000}},
        "extra_args": ["--max-running-requests", "512"],
        "monitoring": {"edge_metrics_port": port + 1, "prometheus_port": port + 2},
    }


@contextmanager
def edge(
    engines: Sequence[Server],
    nginx: Nginx,
    *,
    routing: str = "affinity",
    folder: str = "edge",
    edit: Callable[[RenderedTree], RenderedTree] = lambda tree: tree,
) -> Iterator[Server]:
    """This kit, in a folder of its own; `edit` changes what was rendered."""
    port = free_ports(3)[0]
    directory = fresh(folder)
    keys = directory / "keys"
    keys.write_text(f"{entry_of('bench', key=KEY)}\n", encoding="utf-8")
    given = {**spec_keys(engines, port, keys), "routing": routing}
    spec = validated(given, source="benchmark", lines={})
    plan = plan_deployment(spec, HostFacts(nginx=nginx.facts, superuser=superuser()))
    write(edit(render(plan)), directory)
    ensure_secrets(plan, directory)
    (directory / plan.edge.run_dir).mkdir(parents=True, exist_ok=True)
    with nginx.running(directory, port=port) as server:
        yield server


@contextmanager
def plain(engines: Sequence[Server], nginx: Nginx) -> Iterator[Server]:
    """NGINX as the production guides write it."""
    port = free_ports(1)[0]
    directory = fresh("plain")
    (directory / "nginx").mkdir()
    servers = " ".join(f"server 127.0.0.1:{engine.port};" for engine in engines)
    (directory / "nginx/nginx.conf").write_text(_PLAIN.format(port=port, servers=servers), encoding="utf-8")
    with nginx.running(directory, port=port) as server:
        yield server


@contextmanager
def haproxy(engines: Sequence[Server], nginx: Nginx) -> Iterator[Server]:  # noqa: ARG001 - as the others
    """HAProxy of the distribution."""
    if shutil.which("haproxy", path="/usr/sbin:/usr/bin") is None:
        apt.install(["haproxy"])
    port = free_ports(1)[0]
    directory = fresh("haproxy")
    servers = "\n".join(f"    server e{engine.port} 127.0.0.1:{engine.port}" for engine in engines)
    (directory / "haproxy.cfg").write_text(_HAPROXY.format(port=port, servers=servers), encoding="utf-8")
    with started(
        "haproxy", ["/usr/sbin/haproxy", "-db", "-f", str(directory / "haproxy.cfg")], port=port
    ) as server:
        yield server


@contextmanager
def router(engines: Sequence[Server], nginx: Nginx) -> Iterator[Server]:  # noqa: ARG001 - as the others
    """sglang-router with its default policy, cache_aware."""
    python = installed("router", ROUTER)
    port, metrics = free_ports(2)
    urls = [engine.url for engine in engines]
    flags = ["--worker-urls", *urls, "--policy", "cache_aware", "--host", "127.0.0.1", "--port", str(port)]
    quiet = ["--log-level", "warn", "--prometheus-port", str(metrics), "--prometheus-host", "127.0.0.1"]
    command = [str(python), "-m", "sglang_router.launch_router", *flags, *quiet]
    with started("router", command, port=port) as server:
        wait_for_answer(f"{server.url}/readiness")
        yield server


@contextmanager
def litellm(engines: Sequence[Server], nginx: Nginx) -> Iterator[Server]:  # noqa: ARG001 - as the others
    """The LiteLLM proxy with least-busy routing."""
    python = installed("litellm", LITELLM)
    port = free_ports(1)[0]
    directory = fresh("litellm")
    models = "".join(
        f"  - {{model_name: stub, litellm_params: {{model: openai/stub, api_base: {engine.url}/v1, api_key: none}}}}\n"
        for engine in engines
    )
    settings = "router_settings: {routing_strategy: least-busy}\n"
    (directory / "config.yaml").write_text(f"model_list:\n{models}{settings}", encoding="utf-8")
    command = [
        str(python.parent / "litellm"),
        "--config",
        str(directory / "config.yaml"),
        "--port",
        str(port),
    ]
    with started("litellm", [*command, "--host", "127.0.0.1"], port=port) as server:
        yield server


def installed(name: str, package: str) -> Path:
    """The Python of an environment that has `package`."""
    python = HOME / name / "bin" / "python"
    stamp = HOME / name / "installed"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != package:
        print(f"installing {package} from PyPI into {HOME / name}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
        stamp.write_text(package, encoding="utf-8")
    return python


def fresh(name: str) -> Path:
    """An empty folder of this run."""
    directory = WORK / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
