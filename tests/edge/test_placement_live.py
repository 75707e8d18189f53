"""What js/routing makes of load and health; only an NGINX that can be told a replica has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from generator.output import write
from generator.render import RenderedTree, render
from tests.edge.bodies import chat
from tests.edge.conftest import StartEdge
from tests.edge.placing import CHAT, ask, ask_all
from tests.edge.running import Edge, Nginx, eventually, planned
from tests.edge.specs import spec_of
from tests.edge.stub_behaviours import DONE
from tests.edge.stub_engine import EngineRoom, engine_room
from tests.ports import free_ports

COUNTS = """
import makeFleet from './fleet.js';

function show(r) {
    r.return(200, JSON.stringify(makeFleet().look()));
}

export default {show};
"""


@pytest.fixture
def nginx(image_nginx: Nginx) -> Nginx:
    """The generation that has `sticky route` and memory for scripts."""
    return image_nginx


@pytest.fixture
def four_engines() -> Iterator[EngineRoom]:
    """Enough that a mean says something."""
    with engine_room(free_ports(4)[0], count=4) as room:
        yield room


def with_counts(tree: RenderedTree) -> RenderedTree:
    """The tree with a page that shows what the edge counts."""
    page = "    location = /fleet { js_import counts from js/routing/counts.js; js_content counts.show; }\n"
    metrics = tree["nginx/conf.d/metrics.conf"].replace(
        "    access_log off;\n", "    access_log off;\n" + page
    )
    return {**tree, "nginx/js/routing/counts.js": COUNTS, "nginx/conf.d/metrics.conf": metrics}


def open_requests(edge: Edge) -> list[int]:
    answer = httpx.get(f"http://{edge.plan.edge.metrics_listen}/fleet", trust_env=False)
    return list(answer.json()["open"])


def test_a_tenants_conversations_land_together_while_there_is_room(
    four_engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(four_engines)
    for tenant in ("a", "b"):
        assert len({ask(edge, chat(1, topic=f"t{number}", tenant=tenant)) for number in range(6)}) == 1


def test_tenants_have_different_homes(four_engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(four_engines)
    assert len({ask(edge, chat(1, tenant=tenant)) for tenant in "abcd"}) == 4


def test_a_tenant_spreads_under_load(four_engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(four_engines)
    bodies = [chat(1, topic=f"t{number}") for number in range(40)]
    answers = Counter(ask_all(edge, bodies, **{"X-Stub": "answer:1"}))
    assert len(answers) >= 3
    assert max(answers.values()) <= 18


def test_a_conversation_leaves_a_replica_that_is_full_at_once(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines, limits={"requests_per_replica": 1})
    home = ask(edge, chat(1))
    with ThreadPoolExecutor(max_workers=1) as pool:
        held = pool.submit(ask, edge, chat(2), **{"X-Stub": "answer:2"})
        eventually(lambda: len(engines.arrivals) == 2)
        assert ask(edge, chat(2)) != home
        assert not held.done()
        assert held.result() == home


def test_every_request_that_is_over_is_counted_out(four_engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(four_engines, alter=with_counts)
    with httpx.stream(
        "POST", edge.url + CHAT, json=chat(1), headers={"X-Stub": "stream:100:0.1"}, trust_env=False
    ) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        eventually(lambda: sum(open_requests(edge)) == 1, what=lambda: str(open_requests(edge)))
    for behaviour in ("answer:0", "stream:3:0.01", "status:500", "reset", "cut:2"):
        for number in range(4):
            try:
                httpx.post(
                    edge.url + CHAT,
                    json=chat(1, topic=f"t{number}"),
                    headers={"X-Stub": behaviour},
                    trust_env=False,
                )
            except httpx.RemoteProtocolError:
                assert behaviour == "cut:2"
    eventually(lambda: open_requests(edge) == [0, 0, 0, 0], what=lambda: str(open_requests(edge)))


def test_counts_begin_anew_with_new_workers(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, alter=with_counts)
    with httpx.stream(
        "POST", edge.url + CHAT, json=chat(1), headers={"X-Stub": "stream:60:0.1"}, trust_env=False
    ) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        edge.reload()
        eventually(lambda: open_requests(edge) == [0, 0], what=lambda: str(open_requests(edge)))
        assert b"".join(chunks).endswith(DONE)
    assert open_requests(edge) == [0, 0]


def test_a_replica_that_is_not_ready_gets_nothing_until_it_is(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    home = ask(edge, chat(1))
    sick = engines.engines[int(home[-1])]
    sick.state = "hung"
    eventually(lambda: "gets no more requests: late" in edge.log(), what=edge.log)
    assert {ask(edge, chat(turn, topic=f"t{turn}")) for turn in range(1, 9)} == {
        f"replica-{1 - int(home[-1])}"
    }
    sick.state = "well"
    eventually(lambda: "is well again" in edge.log(), what=edge.log)
    answers = {ask(edge, chat(1, topic=f"u{number}", tenant=f"{number}")) for number in range(8)}
    assert answers == {"replica-0", "replica-1"}


@pytest.mark.parametrize(("before", "after"), [("affinity", "least_conn"), ("least_conn", "affinity")])
def test_routing_changes_under_open_streams_and_drops_none(
    engines: EngineRoom, start_edge: StartEdge, nginx: Nginx, before: str, after: str
) -> None:
    edge = start_edge(engines, routing=before)
    changed = planned(nginx, spec_of(engines, routing=after, **ports(edge)))
    assert changed.edge.upstream.placing != edge.plan.edge.upstream.placing

    def stream(number: int) -> bytes:
        body, headers = chat(1, topic=f"t{number}"), {"X-Stub": "stream:20:0.1"}
        return httpx.post(edge.url + CHAT, json=body, headers=headers, trust_env=False, timeout=30).content

    with ThreadPoolExecutor(max_workers=40) as pool:
        streams = [pool.submit(stream, number) for number in range(40)]
        eventually(lambda: len(engines.arrivals) == 40)
        write(render(changed), edge.directory)
        edge.reload()
        eventually(lambda: "gracefully shutting down" in edge.log(), what=edge.log)
        assert all(one.result().endswith(DONE) for one in streams)
    assert "emerg" not in edge.log()
    assert ask(edge, chat(1)) in ("replica-0", "replica-1")


def ports(edge: Edge) -> dict[str, Any]:
    """The keys of a spec that put another edge in this one's place."""
    metrics = int(edge.plan.edge.metrics_listen.rpartition(":")[2])
    monitoring = {"edge_metrics_port": metrics, "prometheus_port": edge.plan.prometheus.port}
    return {"port": edge.port, "monitoring": monitoring}
