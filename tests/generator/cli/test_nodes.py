"""Verbs over a deployment of several hosts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.deployment import Request, rendered_directory, rendered_plan, resolve
from generator.cli.operating import down
from generator.cli.render import write_tree
from generator.errors import HostError, StateError
from generator.facts import DockerFacts, Gpu, HostFacts
from generator.host.record import write_facts
from generator.runtime.ports import require_own_address
from loadtest.run.target import only_plan

SPEC = """
name: pair
checkpoint_path: /models/big
tensor_parallel_size: 2
nodes: [{address: 198.51.100.1}, {address: 198.51.100.2, name: far}]
"""


@pytest.fixture
def request_of(tmp_path: Path) -> Request:
    facts, spec = tmp_path / "facts.json", tmp_path / "deployment.yaml"
    write_facts(
        HostFacts(gpus=(Gpu(0, "GPU-0", "L4", 24 << 30),), docker=DockerFacts((28,), nvidia=True)), facts
    )
    spec.write_text(SPEC)
    return Request(spec, build=tmp_path / "build", facts=facts)


def with_node(request: Request, node: int) -> Request:
    return Request(request.spec, build=request.build, facts=request.facts, node=node)


def test_render_writes_a_tree_for_each(request_of: Request) -> None:
    assert write_tree(request_of) == 0
    ranks = {
        file.parent.name: json.loads(file.read_text())["node"]["rank"]
        for file in request_of.build.glob("pair/*/plan.json")
    }
    assert ranks == {"node-0": 0, "far": 1}
    assert not (request_of.build / "pair/far/nginx").exists()


def test_render_writes_the_one_that_is_asked_for(request_of: Request) -> None:
    write_tree(with_node(request_of, 1))
    assert [folder.name for folder in (request_of.build / "pair").iterdir()] == ["far"]


def test_a_host_uses_its_own_gpus_and_guesses_at_the_others(request_of: Request) -> None:
    write_tree(request_of)
    assert [rendered_plan(with_node(request_of, node))[0].replicas[0].gpus for node in (0, 1)] == [
        ("GPU-0",),
        ("0",),
    ]
    write_tree(with_node(request_of, 1))
    assert rendered_plan(with_node(request_of, 1))[0].replicas[0].gpus == ("GPU-0",)


def test_verbs_find_the_folder_of_a_node(request_of: Request) -> None:
    assert rendered_directory(request_of) == request_of.build / "pair/node-0"
    assert rendered_directory(with_node(request_of, 1)) == request_of.build / "pair/far"
    with pytest.raises(StateError, match="pair has no node 2"):
        rendered_directory(with_node(request_of, 2))


def test_down_ends_the_project_and_not_one_of_the_nodes_name(
    request_of: Request, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = []
    monkeypatch.setattr("generator.cli.down.take_down", lambda _, *, project, **_more: ended.append(project))
    write_tree(request_of)
    for node in (None, 1):
        capsys.readouterr()
        assert down(request_of.spec, build=request_of.build, node=node) == 0
    assert ended == ["pair", "pair"]
    assert "\nfar of pair is down, its volumes are kept" in capsys.readouterr().out


def test_a_host_without_the_nodes_address_is_told_so(request_of: Request) -> None:
    with pytest.raises(HostError, match=r"this host does not have 198\.51\.100\.2, the address of far"):
        require_own_address(resolve(with_node(request_of, 1)).plan)


def test_the_load_test_finds_the_host_that_clients_come_to(request_of: Request) -> None:
    write_tree(request_of)
    assert only_plan(request_of.build) == request_of.build / "pair/node-0/plan.json"
