"""A Compose deployment that is traced: a request's id finds its lines, and nobody waits for who looks on.

The real engine, NGINX and Prometheus; collector, Tempo and Loki are stand-ins (tests/docker/standins/telemetry).
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.deployments import Deployment
from tests.docker.engine import Engine
from tests.e2e.clients import chat, unhealthy_targets
from tests.e2e.conftest import Compose
from tests.eventually import eventually

PROJECT = f"test-tracing-{os.getpid()}"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture(scope="module")
def stack(lasting_compose: Compose) -> Deployment:
    made = lasting_compose(PROJECT, replicas=1)
    made.edit(monitoring=made.spec["monitoring"] | {"tracing": True})
    made.up()
    return made


def asked(engine: Engine, service: str, url: str) -> str:
    """What a service answers inside its own container: none of them is published."""
    done = engine.try_docker(
        "exec", f"{PROJECT}-{service}-1", "/busybox/wget", "-q", "-O", "-", f"http://127.0.0.1:{url}"
    )
    return done.stdout


def lines(engine: Engine, query: str) -> list[dict[str, Any]]:
    """Streams that Loki has for a query, with their labels."""
    answer = asked(engine, "loki", f"3100/loki/api/v1/query_range?query={quote(query)}")
    return [found["stream"] for found in json.loads(answer)["data"]["result"]] if answer else []


def of_trace(engine: Engine, trace: str) -> list[dict[str, Any]]:
    """As Grafana asks for them."""
    return lines(engine, f'{{service_name=~".+"}} | trace_id="{trace}"')


def spans(engine: Engine, trace: str) -> list[dict[str, str]]:
    """What Tempo has of a trace."""
    answer = asked(engine, "tempo", f"3200/api/traces/{trace}")
    return list(json.loads(answer)) if answer else []


def test_everything_that_looks_on_runs_and_is_scraped(stack: Deployment) -> None:
    phases = {name: row["phase"] for name, row in stack.status().items()}
    assert phases == dict.fromkeys(
        ("replica-0", "edge", "prometheus", "grafana", "collector", "tempo", "loki"), "ready"
    )
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")


def test_the_id_of_an_answer_finds_its_line(stack: Deployment, docker_engine: Engine) -> None:
    own = chat(stack.url).headers["X-Request-Id"]
    eventually(lambda: bool(of_trace(docker_engine, own)), "the line is not in Loki")
    (line,) = of_trace(docker_engine, own)
    assert line["service_name"] == "edge"
    assert json.loads(line["line"])["request_id"] == own


def test_the_id_of_an_answer_finds_what_the_replica_did(stack: Deployment, docker_engine: Engine) -> None:
    own = chat(stack.url).headers["X-Request-Id"]
    eventually(lambda: bool(spans(docker_engine, own)), "no span is in Tempo")
    found = spans(docker_engine, own)
    assert {span["service"] for span in found} == {"replica-0"}
    assert {"prefill_waiting", "prefill_forward", "decode_forward"} <= {span["name"] for span in found}
    # The half of its id that the edge gave as its own place in the trace.
    assert own[:16] in {span["parent"] for span in found}


def test_a_clients_own_trace_finds_both(stack: Deployment, docker_engine: Engine) -> None:
    context = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    httpx.post(f"{stack.url}/v1/completions", json={"prompt": "a", "max_tokens": 1}, headers=context)
    eventually(lambda: bool(of_trace(docker_engine, TRACE)), "the line is not in Loki")
    eventually(lambda: bool(spans(docker_engine, TRACE)), "no span is in Tempo")
    assert CALLER in {span["parent"] for span in spans(docker_engine, TRACE)}


def test_a_replicas_lines_stand_under_its_name(stack: Deployment, docker_engine: Engine) -> None:
    eventually(
        lambda: any(
            "fired up" in line["line"] for line in lines(docker_engine, '{service_name="replica-0"}')
        ),
        "the replica's lines are not in Loki",
    )


def test_docker_logs_have_every_line_still(stack: Deployment, docker_engine: Engine) -> None:
    own = chat(stack.url).headers["X-Request-Id"]
    eventually(lambda: own in docker_engine.docker("logs", f"{PROJECT}-edge-1"), "the line is not there")
    assert "fired up" in stack.run("logs", "replica-0").stdout


def test_grafana_has_all_three_sources(stack: Deployment) -> None:
    password = (stack.directory / "secrets/grafana_admin_password").read_text()
    url = f"http://127.0.0.1:{stack.spec['monitoring']['grafana_port']}/api/datasources"
    sources = httpx.get(url, auth=("admin", password)).json()
    assert {source["uid"] for source in sources} == {"prometheus", "tempo", "loki"}


def test_without_the_collector_all_goes_on_and_starts_and_ends_by_itself(
    stack: Deployment, docker_engine: Engine
) -> None:
    edge = f"{PROJECT}-edge-1"

    def answers() -> bool:
        with suppress(httpx.TransportError):
            return chat(stack.url).status_code == 200
        return False

    docker_engine.docker("stop", f"{PROJECT}-collector-1")
    try:
        assert all(chat(stack.url).status_code == 200 for _ in range(20))
        docker_engine.docker("stop", "--time", "20", edge)
        # 137 would be Docker's: it was killed, because its log held it up.
        assert docker_engine.docker("inspect", "--format", "{{.State.ExitCode}}", edge).strip() == "0"
        docker_engine.docker("start", edge)
        eventually(answers, "the edge is not back")
    finally:
        docker_engine.docker("start", f"{PROJECT}-collector-1")

    def arrives() -> bool:
        own = chat(stack.url).headers["X-Request-Id"]
        time.sleep(1.5)
        return bool(of_trace(docker_engine, own))

    eventually(arrives, "no line arrives after the collector is back")
