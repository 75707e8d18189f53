"""Rendered files, parsed back, must agree with each other: the same replicas everywhere."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.render import RenderedTree
from tests.golden.cases import CASES, Case

COMPOSE = [case for case in CASES if case.name != "embedded"]
# The engine of a node is in the network of its host, where the other nodes reach it.
ISOLATED = [case for case in COMPOSE if not case.spec().nodes]


def parsed(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def replicas(tree: RenderedTree) -> dict[str, Any]:
    services = parsed(tree["compose.yaml"])["services"]
    roles = ("replica-", "prefill-", "decode-")
    return {name: service for name, service in services.items() if name.startswith(roles)}


def addresses(service: Any) -> str:
    command = service["command"]
    own = command[command.index("--port") + 1] if "--port" in command else ""
    port = own or service["environment"]["DYN_SYSTEM_PORT"]
    return f"{service['networks']['engines']['ipv4_address']}:{port}"


def upstream_servers(tree: RenderedTree) -> list[str]:
    return re.findall(r"^    server (\S+) ", tree["nginx/conf.d/upstream.conf"], re.MULTILINE)


def scrape_targets(tree: RenderedTree) -> list[str]:
    jobs = {job["job_name"]: job for job in parsed(tree["prometheus/prometheus.yml"])["scrape_configs"]}
    return [target for group in jobs["sglang"]["static_configs"] for target in group["targets"]]


def routers(tree: RenderedTree) -> list[str]:
    return [f"{router['address']}:{router['port']}" for router in json.loads(tree["plan.json"])["routers"]]


def device_ids(service: Any) -> list[str]:
    devices = service.get("deploy", {}).get("resources", {}).get("reservations", {}).get("devices", [])
    return [device for reservation in devices for device in reservation["device_ids"]]


@pytest.mark.parametrize("case", ISOLATED, ids=lambda case: case.name)
def test_replica_services_are_the_scrape_targets_and_the_edge_sends_to_them_or_to_routers(case: Case) -> None:
    tree = case.tree()
    services = [addresses(service) for service in replicas(tree).values()]
    assert services
    assert services == scrape_targets(tree)
    assert upstream_servers(tree) == (routers(tree) or services)


@pytest.mark.parametrize("case", COMPOSE, ids=lambda case: case.name)
def test_gpu_sets_are_disjoint(case: Case) -> None:
    granted = [device for service in replicas(case.tree()).values() for device in device_ids(service)]
    assert len(granted) == len(set(granted))


@pytest.mark.parametrize("case", COMPOSE, ids=lambda case: case.name)
def test_published_ports_are_distinct_and_never_a_replicas(case: Case) -> None:
    services = parsed(case.tree()["compose.yaml"])["services"]
    published = [
        (name, *entry.split(":")[:2])
        for name, service in services.items()
        for entry in service.get("ports", ())
    ]
    assert {name for name, _, _ in published} <= {"edge", "prometheus", "grafana"}
    assert len({port for _, _, port in published}) == len(published)


@pytest.mark.parametrize("case", COMPOSE, ids=lambda case: case.name)
def test_only_an_edge_that_asks_for_keys_leaves_loopback(case: Case) -> None:
    services = parsed(case.tree()["compose.yaml"])["services"]
    elsewhere = {
        name
        for name, service in services.items()
        for entry in service.get("ports", ())
        if not entry.startswith("127.0.0.1:")
    }
    assert elsewhere <= ({"edge"} if case.spec().api_keys_file else set())


@pytest.mark.parametrize("case", ISOLATED, ids=lambda case: case.name)
def test_only_the_prefetch_has_a_way_out(case: Case) -> None:
    compose = parsed(case.tree()["compose.yaml"])
    for name, service in compose["services"].items():
        # The load generator is in the network of another service.
        beside = service.get("network_mode", "").removeprefix("service:")
        for network in (compose["services"][beside] if beside else service)["networks"]:
            settings = compose["networks"][network] or {}
            closed = settings.get("internal") or "driver_opts" in settings
            assert closed or name == "prefetch", f"{name} reaches the outside through {network}"


@pytest.mark.parametrize("case", COMPOSE, ids=lambda case: case.name)
def test_weights_are_read_only_and_every_service_is_hardened(case: Case) -> None:
    for name, service in parsed(case.tree()["compose.yaml"])["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        # Where lines are gathered the bound is that of the engine's own copy.
        options = service["logging"]["options"]
        assert options.get("max-size") or options["cache-max-size"], name
        once = name in ("prefetch", "loadtest")
        assert service["restart"] in (("on-failure:3", "no") if once else ("unless-stopped",)), name
        assert not any(
            isinstance(volume, str) and re.match(r"models:.*:rw", volume) for volume in volumes(name, service)
        )


def volumes(name: str, service: Any) -> list[Any]:
    return [] if name == "prefetch" else list(service.get("volumes", []))


def test_a_large_model_gets_a_long_start_and_a_small_one_a_short_one() -> None:
    by_name = {case.name: parsed(case.tree()["compose.yaml"]) for case in COMPOSE}
    assert by_name["tp4x2"]["x-replica"]["healthcheck"]["start_period"] == "1711s"
    assert by_name["single-gpu"]["x-replica"]["healthcheck"]["start_period"] == "600s"


def test_no_secret_is_a_command_or_an_environment_value() -> None:
    for case in COMPOSE:
        for service in parsed(case.tree()["compose.yaml"])["services"].values():
            words = [*service["command"]] if "command" in service else []
            words += [f"{name}={value}" for name, value in service.get("environment", {}).items()]
            assert not [word for word in words if re.search(r"(KEY|TOKEN|PASSWORD)=(?!/run/secrets)", word)]
