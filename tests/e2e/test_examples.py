"""Every example starts on a bare box with simulated engines, and serves what a client relies on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from generator.cli.app import main_inner
from generator.errors import CheckError
from generator.examples.folder import file_of, names
from generator.host.packages import ensure_runtime
from generator.plan.serial import plan_from_json
from generator.smoke.cache import repeat
from generator.smoke.verdict import judge
from generator.spec import load_spec
from tests.deployments import Deployment, deployed
from tests.e2e.moved_example import PORTS, moved
from tests.ports import free_ports

pytestmark = pytest.mark.host

TOGETHER = 3
"""So many start beside each other: an example mostly waits, for its engines' warm-up and a health check's second."""

OF_ONE_HOST = [name for name in names() if not load_spec(file_of(name)).spec.nodes]
BATCHES = [OF_ONE_HOST[first : first + TOGETHER] for first in range(0, len(OF_ONE_HOST), TOGETHER)]


@dataclass(frozen=True)
class Life:
    """Exit status of each verb, and whether repeats of a prompt were found in the cache."""

    verbs: dict[str, int]
    reuses: bool


@pytest.fixture(scope="module")
def programs() -> None:
    """What the host runtime needs."""
    ensure_runtime("host", say=print)


@pytest.fixture
def folders(batch: Sequence[str]) -> Iterator[list[Path]]:
    """One an example. The path of a socket is below it, and pytest's own folders leave too little for a long name."""
    with ExitStack() as kept:
        yield [Path(kept.enter_context(TemporaryDirectory(prefix="ex"))) for _ in batch]


@pytest.mark.parametrize("batch", BATCHES, ids="+".join)
def test_examples_start_serve_and_end(batch: Sequence[str], programs: None, folders: Sequence[Path]) -> None:
    ports = free_ports(PORTS * len(batch))
    made = [
        Deployment(folder, moved(name, folder=folder, ports=ports[place * PORTS :][:PORTS]))
        for place, (name, folder) in enumerate(zip(batch, folders, strict=True))
    ]
    with ThreadPoolExecutor(len(batch)) as pool:
        lives = dict(zip(batch, pool.map(live, made), strict=True))
    assert {name: life.verbs for name, life in lives.items()} == {
        name: dict.fromkeys(life.verbs, 0) for name, life in lives.items()
    }
    for name, example in zip(batch, made, strict=True):
        assert lives[name].reuses or scatters(example.spec), name


def live(made: Deployment) -> Life:
    with deployed(made):
        keys = {"keys": verb(made, "keys", "add", "alice")} if "api_keys_file" in made.spec else {}
        up = verb(made, "up", "--engine", "simulator", "--runtime", "host")
        return Life({**keys, "up": up, "smoke": verb(made, "smoke")}, reuses(made))


def verb(made: Deployment, *words: str) -> int:
    """In this process: two dozen examples would otherwise spend their time on starting Python."""
    place = ["--spec", str(made.write()), "--build", str(made.folder / "build")]
    try:
        return main_inner([*words, *place])
    except CheckError as error:
        return error.exit_code


def reuses(made: Deployment) -> bool:
    """What `cache-check` looks at, without its verdict on times: this machine does other things too."""
    file = made.directory / "plan.json"
    plan = plan_from_json(file.read_text(encoding="utf-8"), source=str(file))
    faults = judge(repeat(plan, directory=made.directory), plan)
    return all(fault.path == "repeats" for fault in faults)


def scatters(spec: dict[str, Any]) -> bool:
    """Whether nobody looks at prompts, so that a repeated one may meet another replica's cache."""
    return spec.get("routing") == "least_conn" or spec["router"].get("policy") == "random"
