"""Tracing: who is told to send spans, who keeps them, and where the switch does nothing and says so."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.errors import PlanError
from generator.facts import DockerFacts, Gpu, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text

BARE = HostFacts(nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1)), kit_root="/kit")
DOCKER = HostFacts(docker=DockerFacts((28,)))
GPUS = tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(2))
GPU_HOST = HostFacts(gpus=GPUS, docker=DockerFacts((28,), nvidia=True))
TRACING = "monitoring: {tracing: true}"
REAL = "checkpoint_path: /models/m\nreplicas: 2\n"


def plan(text: str, facts: HostFacts) -> DeploymentPlan:
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts)


def refusal(text: str, facts: HostFacts) -> str:
    with pytest.raises(PlanError) as caught:
        plan(text, facts)
    return str(caught.value)


def rendered(made: DeploymentPlan, file: str) -> Any:
    return YAML(typ="safe", pure=True).load(render(made)[file])


def endpoint(argv: tuple[str, ...]) -> str:
    assert "--enable-trace" in argv
    return dict(pairwise(argv))["--otlp-traces-endpoint"]


def test_engines_and_router_send_to_the_collector_and_it_sends_on() -> None:
    made = plan(f"{REAL}routing: sglang-router\nrouter: {{program: smg}}\n{TRACING}", GPU_HOST)
    assert made.tracing is not None
    collector = rendered(made, "collector/config.yaml")
    inlet = collector["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    assert inlet == "0.0.0.0:4317"
    told = {endpoint(server.argv) for server in (*made.replicas, *made.routers)}
    assert told == {f"{made.tracing.collector.address}:4317"}
    outlet = collector["exporters"]["otlp/tempo"]["endpoint"]
    tempo = rendered(made, "tempo/tempo.yaml")["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]
    assert outlet == f"{made.tracing.tempo.address}:{tempo['endpoint'].partition(':')[2]}"


def test_smg_makes_spans_only_where_it_logs() -> None:
    text = f"{REAL}routing: sglang-router\nrouter: {{program: smg}}\n"
    levels = [
        dict(pairwise(plan(given, GPU_HOST).routers[0].argv))["--log-level"]
        for given in (text, text + TRACING)
    ]
    assert levels == ["warn", "info"]


def test_sglang_router_is_left_alone_because_it_would_begin_a_trace_of_its_own() -> None:
    made = plan(f"{REAL}routing: sglang-router\n{TRACING}", GPU_HOST)
    assert not any("trace" in argument for argument in made.routers[0].argv)


@pytest.mark.parametrize("facts", [DOCKER, GPU_HOST], ids=["mocker", "sglang"])
def test_dynamo_sends_spans_under_the_names_of_its_services(facts: HostFacts) -> None:
    made = plan(f"checkpoint_path: /models/m\nreplicas: 2\nrouting: dynamo\n{TRACING}", facts)
    assert made.tracing is not None
    receiver = f"http://{made.tracing.collector.address}:4317"
    for server in (*made.routers, *made.replicas):
        told = dict(server.environment)
        assert told["OTEL_SERVICE_NAME"] == server.name
        assert told["OTEL_EXPORT_ENABLED"] == "true"
        assert told["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == receiver


def test_of_dynamos_lines_only_those_of_its_containers_are_kept() -> None:
    pipelines = rendered(plan(f"routing: dynamo\n{TRACING}", DOCKER), "collector/config.yaml")["service"][
        "pipelines"
    ]
    kept = [line["receivers"] for line in pipelines.values() if line["exporters"] == ["otlphttp/loki"]]
    assert kept == [["syslog"]]
    assert pipelines["logs/dynamo"] == {"receivers": ["otlp"], "exporters": ["nop"]}


def test_a_span_names_its_replica() -> None:
    made = plan(f"{REAL}{TRACING}", GPU_HOST)
    names = [dict(replica.environment)["OTEL_SERVICE_NAME"] for replica in made.replicas]
    assert names == ["replica-0", "replica-1"]


def test_what_serves_sends_its_lines_to_the_collector_and_what_looks_on_does_not() -> None:
    made = plan(f"routing: dynamo\ndynamo: {{store: etcd}}\n{TRACING}", DOCKER)
    assert made.tracing is not None
    services = rendered(made, "compose.yaml")["services"]
    tags = {
        name: service["logging"]["options"]["tag"]
        for name, service in services.items()
        if service["logging"]["driver"] == "syslog"
    }
    assert tags == {name: name for name in made.tracing.logged}
    assert set(tags) == {"edge", "router", "etcd", "nats", "replica-0", "replica-1"}
    address = services["edge"]["logging"]["options"]["syslog-address"]
    listening = rendered(made, "collector/config.yaml")["receivers"]["syslog"]["udp"]["listen_address"]
    assert address == f"udp://{made.tracing.collector.address}:{listening.partition(':')[2]}"


def test_grafana_gets_from_each_to_the_others() -> None:
    made = plan(TRACING, DOCKER)
    folder = "grafana/provisioning/datasources"
    sources = [
        rendered(made, f"{folder}/{name}.yaml")["datasources"][0] for name in ("prometheus", "tempo", "loki")
    ]
    known = {source["uid"] for source in sources}
    linked = {
        link["datasourceUid"]
        for source in sources
        for key in ("tracesToLogsV2", "tracesToMetrics", "derivedFields")
        for link in _links(source.get("jsonData", {}).get(key))
    }
    assert linked == known


def _links(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def test_days_are_the_hours_of_both_keepers() -> None:
    made = plan("monitoring: {tracing: true, tracing_days: 7}", DOCKER)
    assert rendered(made, "tempo/tempo.yaml")["compactor"]["compaction"]["block_retention"] == "168h"
    assert rendered(made, "loki/loki.yaml")["limits_config"]["retention_period"] == "168h"


def test_all_that_looks_on_is_scraped_and_nothing_of_it_published() -> None:
    made = plan(
        f"{REAL}routing: dynamo\ndynamo: {{store: etcd}}\nmonitoring: {{tracing: true, gpu_metrics: true}}",
        GPU_HOST,
    )
    names = {service.name for service in made.onlookers}
    assert names == {"collector", "tempo", "loki", "nats-exporter", "gpu-exporter"}
    assert names <= {job.name for job in made.prometheus.jobs}
    services = rendered(made, "compose.yaml")["services"]
    assert not any("ports" in services[name] for name in names)
    assert all(set(services[name]["networks"]) == {"engines"} for name in names)


def test_the_gpu_exporter_sees_the_gpus_in_use_alone() -> None:
    text = "checkpoint_path: /models/m\nreplicas: [{gpus: [GPU-0001]}]\nmonitoring: {gpu_metrics: true}"
    made = plan(text, GPU_HOST)
    assert made.gpu_exporter is not None
    assert made.gpu_exporter.gpus == ("GPU-0001",)
    (reservation,) = rendered(made, "compose.yaml")["services"]["gpu-exporter"]["deploy"]["resources"][
        "reservations"
    ]["devices"]
    assert reservation["device_ids"] == ["GPU-0001"]


@pytest.mark.parametrize("facts", [BARE, DOCKER], ids=["host", "compose"])
def test_without_gpus_there_is_no_exporter_and_the_plan_says_so(facts: HostFacts) -> None:
    made = plan("monitoring: {gpu_metrics: true}", facts)
    assert made.gpu_exporter is None
    assert "GPU metrics" in {choice.what for choice in made.choices}


def test_the_host_runtime_leaves_tracing_out_and_says_so() -> None:
    made = plan(TRACING, BARE)
    assert made.tracing is None
    assert "tracing" in {choice.what for choice in made.choices}
    assert not any("trace" in argument for replica in made.replicas for argument in replica.argv)
    assert made.edge.trace_context == "passed"


def test_without_the_switch_nothing_of_it_is_there() -> None:
    text = json.dumps(dict(render(plan(REAL, GPU_HOST))))
    assert "otlp" not in text
    assert "syslog" not in text


@pytest.mark.parametrize(
    "own", ["--enable-trace", "--otlp-traces-endpoint 10.0.0.1:4317", "--otlp-service-name a"]
)
def test_the_plans_own_flags_are_refused_with_the_switch_and_free_without(own: str) -> None:
    text = f"{REAL}extra_args: {own}\n"
    assert "with `monitoring.tracing` the plan sets it" in refusal(text + TRACING, GPU_HOST)
    assert plan(text, GPU_HOST).tracing is None


def test_what_nobody_could_look_at_is_refused() -> None:
    assert "leave out `grafana: false`" in refusal("monitoring: {tracing: true, grafana: false}", DOCKER)


def test_a_model_over_several_hosts_is_not_traced() -> None:
    nodes = "nodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]"
    assert "monitoring.tracing" in refusal(f"{REAL}{nodes}\n{TRACING}", GPU_HOST)
