"""`decide` must name every operation with its cause, in an order that can be carried out, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import pytest

from generator.plan.model import Network
from generator.runtime.decision import decide
from generator.runtime.observed import Images, NetworkState, Observed, ServiceState
from generator.runtime.wanted import Applied, Desired, Wanted
from tests.generator.runtime.situations import IMAGE, running, wanted

PRESENT = Images({IMAGE: "sha256:1"})
REPLICA = {
    "image": IMAGE,
    "environment": {"FOO": "a"},
    "networks": {"engines": {"ipv4_address": "10.0.0.11"}},
}
UPSTREAM = "nginx/conf.d/upstream.conf"


def edge(**changes: Any) -> Wanted:
    return wanted("edge", files=(UPSTREAM,), takes_files="reload", **changes)


def decided(
    services: tuple[Wanted, ...],
    states: tuple[ServiceState, ...],
    *,
    images: Images = PRESENT,
    files: Mapping[str, str] | None = None,
    applied: Applied | None = None,
) -> str:
    desired = Desired(services, files={UPSTREAM: "old"} if files is None else files)
    known = Applied(files={UPSTREAM: "old"}) if applied is None else applied
    return text_of(decide(desired, Observed(states), images=images, applied=known))


def text_of(operations: tuple[object, ...]) -> str:
    return "\n".join(map(str, operations))


def lines(block: str) -> str:
    return dedent(block).strip()


def test_nothing_is_done_when_everything_is_as_wanted() -> None:
    assert decided((wanted("replica-0"), edge()), (running("replica-0"), running("edge"))) == ""


def test_a_first_up_gets_the_images_before_it_makes_services() -> None:
    services = (wanted("replica-0", image="kit:1", builds=True), edge())
    assert decided(services, (), images=Images()) == lines(
        f"""
        build kit:1: not on this host
        pull {IMAGE}: not on this host
        create replica-0: not there
        create edge: not there
        """
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("exited", "start replica-0: not running"),
        ("dead", "start replica-0: not running"),
        ("created", "start replica-0: made but never started"),
        ("paused", "start replica-0: paused"),
        ("restarting", ""),
    ],
)
def test_a_service_that_is_there_but_does_not_run_is_started(state: Any, expected: str) -> None:
    assert decided((wanted("replica-0"),), (running("replica-0", state=state),)) == expected


def test_an_edit_remakes_only_what_it_touches_and_names_the_value() -> None:
    new = {**REPLICA, "environment": {"FOO": "b"}}
    operations = decided(
        (wanted("replica-0", definition=new), wanted("replica-1", definition=REPLICA)),
        (running("replica-0", definition=REPLICA), running("replica-1", definition=REPLICA)),
        applied=Applied({"replica-0": REPLICA, "replica-1": REPLICA}),
    )
    assert operations == "recreate replica-0: environment FOO: a -> b"


def test_without_a_record_of_what_was_applied_the_change_is_seen_but_not_named() -> None:
    operations = decided(
        (wanted("replica-0", definition=REPLICA),), (running("replica-0"),), applied=Applied()
    )
    assert operations == "recreate replica-0: its definition changed"


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


def test_a_changed_file_is_reread_by_the_service_that_reads_it() -> None:
    operations = decided(
        (wanted("replica-0"), edge()), (running("replica-0"), running("edge")), files={UPSTREAM: "new"}
    )
    assert operations == f"reload edge: {UPSTREAM} changed"


def test_a_file_that_left_counts_as_changed() -> None:
    applied = Applied(files={UPSTREAM: "old", "nginx/js/auth.js": "gone", "prometheus/p.yml": "other"})
    operations = decided((edge(),), (running("edge"),), applied=applied)
    assert operations == "reload edge: nginx/js/auth.js changed"


def test_a_service_that_is_remade_needs_no_reload_too() -> None:
    operations = decided((edge(),), (running("edge", state="exited"),), files={UPSTREAM: "new"})
    assert operations == "start edge: not running"


def test_a_service_that_keeps_crashing_on_its_old_file_is_restarted_with_the_new_one() -> None:
    operations = decided((edge(),), (running("edge", state="restarting"),), files={UPSTREAM: "new"})
    assert operations == f"restart edge: {UPSTREAM} changed"


def test_grafana_is_restarted_for_its_files() -> None:
    path = "grafana/provisioning/datasources/prometheus.yaml"
    operations = decided(
        (wanted("grafana", files=(path,)),), (running("grafana"),), files={path: "new"}, applied=Applied()
    )
    assert operations == f"restart grafana: {path} changed"


def test_the_edge_lets_go_of_a_replica_before_it_is_retired() -> None:
    operations = decided(
        (wanted("replica-0"), edge()),
        (running("replica-0"), running("replica-1"), running("edge")),
        files={UPSTREAM: "new"},
    )
    assert operations == lines(
        f"""
        reload edge: {UPSTREAM} changed
        retire replica-1: no longer part of the deployment
        """
    )


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


def test_a_stale_kit_image_is_rebuilt_and_its_services_are_remade() -> None:
    service = wanted("replica-0", image="kit:1", builds=True)
    operations = decided(
        (service, wanted("prometheus")),
        (running("replica-0"), running("prometheus")),
        images=Images({"kit:1": "sha256:1", IMAGE: "sha256:1"}, stale=("kit:1",)),
    )
    assert operations == lines(
        """
        build kit:1: its inputs changed
        recreate replica-0: image kit:1 is made anew
        """
    )


def test_an_image_that_was_replaced_under_the_same_name_remakes_the_service() -> None:
    operations = decided((wanted("replica-0"),), (running("replica-0", image="sha256:0"),))
    assert operations == f"recreate replica-0: image {IMAGE} was replaced"


def test_a_changed_secret_is_reread() -> None:
    key = "secrets/tls_key"
    service = wanted("edge", files=(key,), takes_files="reload")
    operations = decided((service,), (running("edge"),), files={key: "2"}, applied=Applied(files={key: "1"}))
    assert operations == "reload edge: secrets/tls_key changed"


def test_a_changed_token_does_not_repeat_a_download_that_is_done() -> None:
    task = running("prefetch", state="exited", exit_code=0)
    service = wanted("prefetch", runs="once", files=("secrets/hf_token",))
    assert decided((service,), (task,), files={"secrets/hf_token": "2"}) == ""


@pytest.mark.parametrize(("code", "expected"), [(0, ""), (1, "start prefetch: not running")])
def test_a_task_that_ended_well_is_done_and_one_that_failed_runs_again(code: int, expected: str) -> None:
    task = running("prefetch", state="exited", exit_code=code)
    assert decided((wanted("prefetch", runs="once"),), (task,)) == expected


def test_what_belongs_together_is_made_anew_together() -> None:
    old = wanted("prefill-0", unit="pair"), wanted("decode-0", unit="pair"), wanted("replica-0")
    states = tuple(running(service.name) for service in old)
    assert decided((*old, edge()), (*states, running("edge"))) == ""

    changed = wanted("decode-0", unit="pair", definition={"image": IMAGE, "command": ["b"]})
    applied = Applied({service.name: service.definition for service in old}, {UPSTREAM: "old"})
    services = (old[0], changed, old[2])
    assert decided(services, states, applied=applied) == lines(
        """
        recreate decode-0: command added: b
        recreate prefill-0: goes with decode-0
        """
    )
    assert decided(services, states[1:], applied=applied) == lines(
        """
        recreate decode-0: command added: b
        create prefill-0: not there
        """
    )


def test_one_of_a_unit_that_only_ended_is_started_alone() -> None:
    services = wanted("prefill-0", unit="pair"), wanted("decode-0", unit="pair")
    states = running("prefill-0", state="exited"), running("decode-0")
    assert decided(services, states) == "start prefill-0: not running"
