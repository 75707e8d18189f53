"""`decide` must name every operation with its cause, in an order that can be carried out, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from generator.runtime.observed import Images
from generator.runtime.wanted import Applied
from tests.generator.runtime.deciding import REPLICA, UPSTREAM, decided, edge, lines
from tests.generator.runtime.situations import IMAGE, running, wanted


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
