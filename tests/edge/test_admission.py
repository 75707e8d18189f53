"""What the edge admits, what it refuses and when the refused should come back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from generator.credentials.key_table import entry_of
from generator.render import RenderedTree
from tests.edge.conftest import StartEdge
from tests.edge.load import CHAT, closed, goodput, paced
from tests.edge.running import Edge, Nginx, running_edge
from tests.edge.specs import spec_of
from tests.edge.stub_engine import EngineRoom, engine_room
from tests.ports import free_ports

SERVICE = 0.5
SLOTS = 4
PLACES = 2 * SLOTS
BEHAVIOUR = f"answer:{SERVICE}"


@pytest.fixture
def small_engines() -> Iterator[EngineRoom]:
    """Two engines that run some requests at once and let others wait."""
    with engine_room(free_ports(2)[0], count=2, slots=SLOTS) as room:
        yield room


def test_at_three_times_capacity_as_much_is_done_as_at_capacity_and_nobody_sees_an_error(
    small_engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(small_engines, limits={"requests_per_replica": PLACES})
    full = closed(edge.url, clients=2 * PLACES, seconds=5, behaviour=BEHAVIOUR)
    capacity = 2 * SLOTS / SERVICE
    over = paced(edge.url, per_second=3 * capacity, seconds=5, behaviour=BEHAVIOUR)
    assert {outcome.status for outcome in full} == {200}
    assert {outcome.status for outcome in over} == {200, 429}
    assert all(1 <= int(outcome.retry_after) <= 60 for outcome in over if outcome.status == 429)
    at_capacity = goodput(full, since=1, until=5)
    assert goodput(over, since=1, until=5) >= 0.95 * at_capacity
    assert max(engine.most_open for engine in small_engines.engines) <= PLACES


def test_a_burst_far_above_capacity_is_admitted_to_the_last_place(
    small_engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(small_engines, limits={"requests_per_replica": PLACES})
    outcomes = paced(edge.url, per_second=2000, seconds=0.05, behaviour="answer:3")
    assert sorted(outcome.status for outcome in outcomes) == [200] * 2 * PLACES + [429] * (100 - 2 * PLACES)
    assert [engine.most_open for engine in small_engines.engines] == [PLACES, PLACES]


def keys_of(*tenants: str, file: Path) -> dict[str, dict[str, str]]:
    """A file with a key for each; the headers that each sends."""
    file.write_text("".join(f"{entry_of(tenant, key=f'key-of-{tenant}')}\n" for tenant in tenants))
    return {tenant: {"Authorization": f"Bearer key-of-{tenant}"} for tenant in tenants}


def test_each_tenant_has_places_of_its_own(
    engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    sent = keys_of("alice", "Alice", "bob", "big", file=tmp_path / "keys")
    limits = {"per_tenant": {"requests": 1}, "tenants": {"big": {"requests": 2}}}
    edge = start_edge(engines, api_keys_file=str(tmp_path / "keys"), limits=limits)
    long = {"X-Stub": "stream:10000:0.05"}
    with httpx.Client(trust_env=False) as client:
        for tenant in ("alice", "Alice", "bob", "big", "big"):
            stream = client.build_request("POST", edge.url + CHAT, headers={**sent[tenant], **long}, json={})
            assert client.send(stream, stream=True).status_code == 200
        for headers in sent.values():
            refused = client.post(edge.url + CHAT, json={}, headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_requests")
            assert client.get(edge.url + "/v1/models", headers=headers).status_code == 200


def test_each_tenant_has_a_rate_and_is_told_when_it_lets_one_more_in(
    engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    sent = keys_of("alice", "bob", file=tmp_path / "keys")
    limits = {"per_tenant": {"requests_per_minute": 12}, "tenants": {"bob": {"requests_per_minute": 2}}}
    edge = start_edge(engines, api_keys_file=str(tmp_path / "keys"), limits=limits)
    with httpx.Client(trust_env=False) as client:

        def burst(tenant: str) -> tuple[int, httpx.Response]:
            answers = [client.post(edge.url + CHAT, json={}, headers=sent[tenant]) for _ in range(6)]
            return sum(answer.status_code == 200 for answer in answers), answers[-1]

        for tenant, admitted, wait in (("alice", 3, "5"), ("bob", 2, "30")):
            count, last = burst(tenant)
            assert (count, last.status_code, last.headers["Retry-After"]) == (admitted, 429, wait)
            assert last.json()["error"]["code"] == "rate_limit_exceeded"
        assert client.get(edge.url + "/v1/models", headers=sent["bob"]).status_code == 200


PROBE = """
import admission from './admission.js';

function told(r) {
    Object.keys(r.args).forEach((name) => ngx.shared.admission.set(name, Number(r.args[name])));
    r.return(200, `${admission.retryAfter()} ${ngx.shared.admission.get('per_second')}`);
}

export default {told};
"""


def asked_directly(tree: RenderedTree, *, measuring: bool) -> RenderedTree:
    """With a location that says how long to wait; without the measuring it may be given what was measured."""
    metrics = "nginx/conf.d/metrics.conf"
    answer = "js_import probe from js/probe.js; js_content probe.told;"
    probe = f"    location = /told {{ {answer} }}\n    location = /metrics {{"
    listener = tree[metrics].replace("    location = /metrics {", probe)
    return {
        **tree,
        "nginx/js/probe.js": PROBE,
        metrics: listener
        if measuring
        else listener.replace("js_periodic admission.measure interval=1s;", ""),
    }


def told(edge: Edge, query: str = "") -> list[str]:
    return httpx.get(f"http://{edge.plan.edge.metrics_listen}/told?{query}", trust_env=False).text.split()


def test_a_refused_client_waits_for_as_many_as_were_refused_before_it(
    image_nginx: Nginx, engines: EngineRoom, tmp_path: Path
) -> None:
    alter = partial(asked_directly, measuring=False)
    with running_edge(image_nginx, spec_of(engines), directory=tmp_path, alter=alter) as edge:
        for per_second, refused, wait in (
            (0, 0, "1"),
            (100, 50, "1"),
            (10, 45, "5"),
            (0.5, 3, "8"),
            (0.01, 0, "60"),
            (2, 1, "1"),
        ):
            query = f"per_second={per_second}&turned_away={100 + refused}&turned_away_before=100"
            assert told(edge, query)[0] == wait, query


def test_how_fast_requests_are_done_is_measured_and_refusals_do_not_count(
    image_nginx: Nginx, small_engines: EngineRoom, tmp_path: Path
) -> None:
    alter = partial(asked_directly, measuring=True)
    spec = spec_of(small_engines, limits={"requests_per_replica": PLACES})
    with running_edge(image_nginx, spec, directory=tmp_path, alter=alter) as edge:
        capacity = 2 * SLOTS / SERVICE
        paced(edge.url, per_second=3 * capacity, seconds=8, behaviour=BEHAVIOUR)
        # A mean that counted refusals would be at three times the capacity.
        assert capacity / 2 < float(told(edge)[1]) < capacity * 1.5
