"""The engine's real parser takes every command line that the kit makes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from generator.facts import HostFacts
from generator.planner import plan_deployment
from generator.spec import DeploymentSpec
from simulator.arguments import parse
from tests.generator.catalog.real_parser import RealParser
from tests.generator.catalog.specs import HOST, specs
from tests.golden.cases import CASES, Case

PLENTY = settings(
    max_examples=2000,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def served(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Without the launcher: what the server itself reads."""
    if "dynamo.sglang" in argv:
        # Dynamo's own flags stand at the end.
        return argv[argv.index("dynamo.sglang") + 1 : argv.index("--discovery-backend")]
    launchers = (("sglang", "serve"), ("-m", "sglang.launch_server"), ("-m", "simulator", "serve"))
    for words in launchers:
        for at in range(3):
            if argv[at : at + len(words)] == words:
                return argv[at + len(words) :]
    raise AssertionError(argv)


def command_lines(spec: DeploymentSpec, host: HostFacts) -> set[tuple[str, ...]]:
    """Of all replicas, on all hosts."""
    plans = [plan_deployment(spec, host, rank=rank) for rank in range(max(1, len(spec.nodes)))]
    found = {replica.argv for plan in plans for replica in plan.replicas}
    assert found
    return found


@PLENTY
@given(spec=specs())
def test_the_real_parser_takes_every_command_line(real: RealParser, spec: DeploymentSpec) -> None:
    for argv in command_lines(spec, HOST):
        assert real.refuses(served(argv)) == "", argv


@settings(PLENTY, max_examples=60)
@given(spec=specs(engines=("simulator",)))
def test_so_does_the_simulator(spec: DeploymentSpec) -> None:
    for argv in command_lines(spec, HostFacts(docker=HOST.docker)):
        assert parse(served(argv)).model_path


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.example not in ("", "simulator", "dynamo-etcd")],
    ids=lambda case: case.name,
)
def test_it_takes_those_of_every_example(real: RealParser, case: Case) -> None:
    for replica in case.plan().replicas:
        assert real.refuses(served(replica.argv)) == "", replica.argv


def test_the_real_parser_refuses_what_it_should(real: RealParser) -> None:
    assert "unrecognized arguments: --num-nodes" in real.refuses(["--model-path", "m", "--num-nodes", "2"])
    assert "required: --model-path" in real.refuses(["--port", "1"])
    assert real.refuses(["--model-path", "m"]) == ""
