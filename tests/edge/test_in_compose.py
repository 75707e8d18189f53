"""The edge in its container: what is reachable from where, and that keys, TLS and streams are as on the host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import httpx
import pytest

from generator.cli.deployment import Request
from generator.cli.keys import add, key_file, revoke
from generator.credentials.key_table import entry_of, new_key
from generator.images import KIT
from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json
from tests.deployments import Deployment, deployed
from tests.docker.engine import Engine
from tests.edge.running import eventually
from tests.ports import free_ports

CHAT = "/v1/chat/completions"
TRY = """
import socket, sys
for target in sys.argv[1:]:
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print(target, "open")
    except OSError:
        print(target, "closed")
"""


@pytest.fixture(scope="module")
def deployment(
    docker_engine: Engine, images: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Two simulated replicas behind an edge with everything on."""
    folder = tmp_path_factory.mktemp("compose-edge")
    ports = free_ports(4)
    keys, admins = folder / "keys", folder / "admins"
    keys.write_text("")
    admins.write_text(f"{entry_of('root', key='the-admin-key')}\n")
    spec = {
        "name": f"edge-{ports[0]}",
        "engine": "simulator",
        "runtime": "compose",
        "replicas": 2,
        "port": ports[0],
        "bind_address": "0.0.0.0",
        "api_keys_file": str(keys),
        "admin": {"keys_file": str(admins), "port": ports[1]},
        "tls": "self-signed",
        "monitoring": {"prometheus_port": ports[2], "grafana_port": ports[3]},
    }
    with deployed(Deployment(folder, spec, docker_engine.env)) as made:
        made.up()
        yield made


@pytest.fixture(scope="module")
def plan(deployment: Deployment) -> DeploymentPlan:
    return plan_from_json((deployment.directory / "plan.json").read_text(), source="plan.json")


def container(deployment: Deployment, service: str) -> str:
    return f"{deployment.spec['name']}-{service}-1"


def tried(engine: Engine, network: str, *targets: str) -> dict[str, str]:
    """From a container on that network: which of the targets take a connection."""
    said = engine.docker(
        "run", "--rm", "--network", network, "--entrypoint", "python3", KIT, "-c", TRY, *targets
    )
    return dict(line.split() for line in said.splitlines())


def test_no_container_beside_the_edge_reaches_an_engine(
    deployment: Deployment, docker_engine: Engine, plan: DeploymentPlan
) -> None:
    engines = [
        f"{replica.address}:{port}" for replica in plan.replicas for port in (replica.port, 29000, 80, 22)
    ]
    front = f"{deployment.spec['name']}_front"
    edge = docker_engine.docker(
        "inspect",
        "--format",
        f'{{{{(index .NetworkSettings.Networks "{front}").IPAddress}}}}',
        container(deployment, "edge"),
    )
    metrics = plan.edge.metrics_listen.rpartition(":")[2]
    found = tried(docker_engine, front, *engines, f"{edge}:8080", f"{edge}:{metrics}")
    assert {target: found[target] for target in engines} == dict.fromkeys(engines, "closed")
    assert (found[f"{edge}:8080"], found[f"{edge}:{metrics}"]) == ("open", "closed")
    inside = tried(
        docker_engine,
        f"{deployment.spec['name']}_engines",
        f"{plan.replicas[0].address}:{plan.replicas[0].port}",
    )
    assert set(inside.values()) == {"open"}, "the same attempt finds an engine where it may"


def test_an_engine_has_no_route_out(
    deployment: Deployment, docker_engine: Engine, plan: DeploymentPlan
) -> None:
    for replica in plan.replicas:
        table = docker_engine.docker("exec", container(deployment, replica.name), "cat", "/proc/net/route")
        destinations = [line.split()[1] for line in table.splitlines()[1:]]
        assert destinations
        assert "00000000" not in destinations


def test_only_the_endpoint_listens_beyond_loopback(deployment: Deployment, docker_engine: Engine) -> None:
    label = f"label=com.docker.compose.project={deployment.spec['name']}"
    lines = docker_engine.docker(
        "ps", "--filter", label, "--format", '{{.Label "com.docker.compose.service"}} {{.Ports}}'
    )
    published = [
        (line.split()[0], port.split("->")[0])
        for line in lines.splitlines()
        for port in line.partition(" ")[2].split(", ")
        if "->" in port and not port.startswith("[::]")
    ]
    beyond = [(service, address) for service, address in published if not address.startswith("127.0.0.1:")]
    assert beyond == [("edge", f"0.0.0.0:{deployment.spec['port']}")]
    assert {service for service, _ in published} == {"edge", "prometheus", "grafana"}


def test_a_key_that_is_added_counts_in_the_container(deployment: Deployment, plan: DeploymentPlan) -> None:
    request = Request(deployment.folder / "deployment.yaml", build=deployment.folder / "build")
    clients, out = key_file(request, whose="clients"), StringIO()
    add(clients, "alice", out=out, notes=StringIO())
    key = out.getvalue().strip()
    body = {"model": plan.model.served_name, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 2}
    with httpx.Client(verify=False, trust_env=False, base_url=plan.edge.url) as client:  # noqa: S501
        assert client.post(CHAT, json=body).status_code == 401
        assert client.post(CHAT, json=body, headers={"x-api-key": new_key()}).status_code == 401
        assert client.post(CHAT, json=body, headers={"x-api-key": key}).status_code == 200
        revoke(clients, "alice", notes=StringIO())
        eventually(
            lambda: client.post(CHAT, json=body, headers={"x-api-key": key}).status_code == 401, within=10
        )


def test_administrators_reach_a_replica_on_loopback(deployment: Deployment, plan: DeploymentPlan) -> None:
    assert plan.edge.admin
    url = f"{plan.edge.admin.url}/replica-1/flush_cache"
    assert httpx.post(url, trust_env=False).status_code == 401
    headers = {"Authorization": "Bearer the-admin-key"}
    assert httpx.post(url, headers=headers, trust_env=False).status_code == 200


def test_streams_are_faithful(deployment: Deployment) -> None:
    done = deployment.run("verify-edge", "--json")
    assert done.returncode == 0, done.stdout
    result = json.loads(done.stdout)
    assert result["findings"] == []
    assert result["wire"]["versions"] == ["HTTP/1.1"]


def test_the_secrets_are_closed_to_others_and_in_no_other_file(deployment: Deployment) -> None:
    secrets = deployment.directory / "secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    texts = {file: file.read_text() for file in secrets.iterdir()}
    private = [text.strip() for file, text in texts.items() if file.name in ("probe_key", "tls_key")]
    others = [file for file in deployment.directory.rglob("*") if file.is_file() and file.parent != secrets]
    for file in others:
        content = file.read_text(errors="replace")
        assert not any(text in content for text in private), file
