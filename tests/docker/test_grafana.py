"""The Grafana stand-in reads provisioning as Grafana does, and is hard on mistakes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator import images as names
from tests.docker.engine import Engine
from tests.eventually import eventually

pytestmark = pytest.mark.usefixtures("images")

NETWORK = "sglbox-test-grafana"
PASSWORD = "from-a-file"
SOURCE = {
    "name": "Prometheus",
    "uid": "prometheus",
    "type": "prometheus",
    "access": "proxy",
    "url": "http://prometheus:9090",
}
NOWHERE = SOURCE | {"name": "Nowhere", "uid": "nowhere", "url": "http://nowhere:9090"}
PROVIDER = {"name": "kit", "options": {"path": "/etc/grafana/provisioning/boards"}}
PANEL = {"datasource": {"type": "prometheus", "uid": "prometheus"}, "type": "stat"}
BOARD = {"uid": "overview", "title": "Overview", "panels": [PANEL]}


def provision(directory: Path, *, sources: list[dict[str, Any]], board: dict[str, Any] = BOARD) -> Path:
    """Write provisioning files; JSON is YAML too."""
    documents = {
        "datasources/kit.yaml": {"apiVersion": 1, "datasources": sources},
        "dashboards/kit.yaml": {"apiVersion": 1, "providers": [PROVIDER]},
        "boards/overview.json": board,
    }
    for name, document in documents.items():
        (directory / name).parent.mkdir(parents=True)
        (directory / name).write_text(json.dumps(document))
    return directory


def mount(directory: Path) -> tuple[str, str]:
    return ("--volume", f"{directory}:/etc/grafana/provisioning:ro")


def refusal(engine: Engine, directory: Path) -> str:
    """What a Grafana that refuses to start says."""
    server = ("30", "/usr/bin/python3", "/usr/share/grafana/server.py")  # one that starts would run for ever
    done = engine.try_docker(
        "run", "--rm", *mount(directory), "--entrypoint", "timeout", names.GRAFANA, *server
    )
    assert done.returncode == 1
    return done.stderr


@pytest.fixture
def grafana(docker_engine: Engine, tmp_path: Path) -> Iterator[str]:
    """Base URL of a Grafana beside a Prometheus; its password is PASSWORD."""
    directory = provision(tmp_path / "provisioning", sources=[SOURCE, NOWHERE])
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    secret = ("--volume", f"{tmp_path}/password:/run/password:ro")
    setting = ("--env", "GF_SECURITY_ADMIN_PASSWORD__FILE=/run/password")
    run = ("run", "--detach", "--rm", "--network", NETWORK)
    started = []
    docker_engine.docker("network", "create", NETWORK)
    try:
        started.append(docker_engine.docker(*run, "--network-alias", "prometheus", names.PROMETHEUS))
        options = (*mount(directory), *secret, *setting, "--publish", "127.0.0.1::3000")
        started.append(docker_engine.docker(*run, *options, names.GRAFANA))
        yield f"http://{docker_engine.docker('port', started[-1], '3000/tcp')}"
    finally:
        docker_engine.docker("rm", "--force", *started)
        docker_engine.docker("network", "rm", NETWORK)


def ask(url: str, *, password: str = PASSWORD) -> tuple[int, Any]:
    """Status and body; (0, {}) while nothing answers."""
    try:
        reply = httpx.get(url, auth=("admin", password), timeout=10, trust_env=False)
    except httpx.TransportError:
        return 0, {}
    return reply.status_code, reply.json()


def test_it_answers_from_its_provisioning_and_really_asks_prometheus(grafana: str) -> None:
    eventually(lambda: ask(f"{grafana}/api/health")[0] == 200, "Grafana does not answer")
    assert ask(f"{grafana}/api/search", password="wrong")[0] == 401
    _, (board,) = ask(f"{grafana}/api/search")
    assert (board["uid"], board["title"]) == ("overview", "Overview")
    assert [source["uid"] for source in ask(f"{grafana}/api/datasources")[1]] == ["prometheus", "nowhere"]
    healthy = f"{grafana}/api/datasources/uid/prometheus/health"
    eventually(lambda: ask(healthy)[1]["status"] == "OK", "Grafana does not reach Prometheus")
    assert ask(f"{grafana}/api/datasources/uid/nowhere/health")[0] == 400


def test_a_data_source_without_an_address_is_refused(docker_engine: Engine, tmp_path: Path) -> None:
    broken = {key: value for key, value in SOURCE.items() if key != "url"}
    assert "data source without url" in refusal(docker_engine, provision(tmp_path / "p", sources=[broken]))


def test_two_default_data_sources_are_refused(docker_engine: Engine, tmp_path: Path) -> None:
    two = [source | {"isDefault": True} for source in (SOURCE, NOWHERE)]
    assert "Only one datasource" in refusal(docker_engine, provision(tmp_path / "p", sources=two))


def test_a_dashboard_on_an_unknown_data_source_is_refused(docker_engine: Engine, tmp_path: Path) -> None:
    panel = {"datasource": {"type": "prometheus", "uid": "promethues"}}
    said = refusal(
        docker_engine, provision(tmp_path / "p", sources=[SOURCE], board=BOARD | {"panels": [panel]})
    )
    assert "no data source has the uid promethues" in said
