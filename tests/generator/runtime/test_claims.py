"""What one service gives back is there before another takes it: addresses, ports, GPUs, subnets."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.plan.model import Network
from generator.runtime.claims import claims
from generator.runtime.decision import decide
from generator.runtime.observed import NetworkState, Observed
from generator.runtime.wanted import Applied, Desired
from tests.generator.runtime.deciding import PRESENT, REPLICA, decided, lines, text_of
from tests.generator.runtime.situations import IMAGE, running, wanted
from tests.golden.cases import CASES, Case


def test_swapped_addresses_are_given_back_before_they_are_given_out() -> None:
    def at(address: str) -> dict[str, Any]:
        return {**REPLICA, "networks": {"engines": {"ipv4_address": address}}}

    operations = decided(
        (wanted("replica-0", definition=at("10.0.0.12")), wanted("replica-1", definition=at("10.0.0.11"))),
        (running("replica-0", definition=at("10.0.0.11")), running("replica-1", definition=at("10.0.0.12"))),
        applied=Applied({"replica-0": at("10.0.0.11"), "replica-1": at("10.0.0.12")}),
    )
    assert operations == lines(
        """
        remove replica-0: networks engines ipv4_address: 10.0.0.11 -> 10.0.0.12
        remove replica-1: networks engines ipv4_address: 10.0.0.12 -> 10.0.0.11
        create replica-0: networks engines ipv4_address: 10.0.0.11 -> 10.0.0.12
        create replica-1: networks engines ipv4_address: 10.0.0.12 -> 10.0.0.11
        """
    )


def test_another_subnet_empties_the_network_before_it_is_replaced() -> None:
    network = Network("engines", "10.2.0.0/24", internal=True, masquerade=False, purpose="")
    desired = Desired((wanted("replica-0", networks=("engines",)), wanted("grafana")), (network,))
    observed = Observed(
        (running("replica-0"), running("grafana"), running("replica-1")),
        (NetworkState("engines", "10.1.0.0/24"),),
    )
    operations = decide(desired, observed, images=PRESENT, applied=Applied())
    assert text_of(operations) == lines(
        """
        remove replica-1: no longer part of the deployment
        remove replica-0: network engines: subnet 10.1.0.0/24 -> 10.2.0.0/24
        disconnect engines: subnet 10.1.0.0/24 -> 10.2.0.0/24
        create replica-0: network engines: subnet 10.1.0.0/24 -> 10.2.0.0/24
        """
    )


def test_a_network_without_a_subnet_of_its_own_choice_is_left_as_docker_made_it() -> None:
    network = Network("front", "", internal=False, masquerade=False, purpose="")
    observed = Observed((running("edge"),), (NetworkState("front", "172.18.0.0/16"),))
    assert decide(Desired((wanted("edge"),), (network,)), observed, images=PRESENT, applied=Applied()) == ()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.plan().runtime == "compose"], ids=lambda case: case.name
)
def test_no_two_replicas_of_a_deployment_claim_the_same(case: Case) -> None:
    services = YAML(typ="safe", pure=True).load(case.tree()["compose.yaml"])["services"]
    found = {name: claims(service) for name, service in services.items()}
    of_replicas = [found[replica.name] for replica in case.plan().replicas]
    assert all(of_replicas)
    assert sum(map(len, of_replicas)) == len(frozenset().union(*of_replicas))


def test_what_leaves_gives_its_port_back_before_another_listens_there() -> None:
    """`topology` was changed: the pair takes the ports of the replicas."""
    old = {
        name: {"command": ["serve", "--port", port]} for name, port in (("replica-0", "1"), ("router", "9"))
    }
    decode = wanted("decode-0", definition={"command": ["serve", "--port", "1"]})
    states = (running("replica-0"), running("router"))
    assert decided((decode,), states, applied=Applied(old)) == lines(
        """
        remove replica-0: no longer part of the deployment; port 1 goes to decode-0
        create decode-0: not there
        retire router: no longer part of the deployment
        """
    )


def test_what_leaves_gives_its_gpu_back_before_another_computes_there() -> None:
    """`tensor_parallel_size` was doubled: one replica takes the GPUs of two."""
    old = {f"replica-{number}": on_gpus(f"GPU-{number}") for number in range(2)}
    states = tuple(running(name, definition=definition) for name, definition in old.items())
    both = wanted("replica-0", definition=on_gpus("GPU-0", "GPU-1"))
    assert decided((both,), states, applied=Applied(old)) == lines(
        """
        remove replica-1: no longer part of the deployment; GPU GPU-1 goes to replica-0
        recreate replica-0: deploy resources reservations devices device_ids added: GPU-1
        """
    )


def test_replicas_that_swap_gpus_are_ended_before_either_is_made() -> None:
    old = {f"replica-{number}": on_gpus(f"GPU-{number}") for number in range(2)}
    states = tuple(running(name, definition=definition) for name, definition in old.items())
    swapped = tuple(
        wanted(f"replica-{number}", definition=on_gpus(f"GPU-{1 - number}")) for number in range(2)
    )
    operations = decided(swapped, states, applied=Applied(old)).splitlines()
    assert [line.split(":")[0] for line in operations] == [
        *("remove replica-0", "remove replica-1"),
        *("create replica-0", "create replica-1"),
    ]


def on_gpus(*gpus: str) -> dict[str, Any]:
    devices = [{"driver": "nvidia", "device_ids": [*gpus]}]
    return {"image": IMAGE, "deploy": {"resources": {"reservations": {"devices": devices}}}}
