"""An `up` that can't succeed must end by itself, non-zero, with the last lines and the cause."""

from __future__ import annotations

import socket
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.deployment import Request, resolve
from generator.cli.up import up
from generator.errors import StartError
from tests import stub_http
from tests.deployments import Deployment, environment
from tests.docker.engine import Engine
from tests.e2e.clients import chat
from tests.e2e.conftest import Compose

# The planner leaves the simulator's own flags to the simulator; any other unknown one would not get this far.
UNKNOWN_FLAG = {"extra_args": ["--sim-no-such-flag"]}


@pytest.fixture
def deployment(compose: Compose, request: pytest.FixtureRequest) -> Deployment:
    """One replica, so that a failure is not seen twice."""
    name = request.node.name.removeprefix("test_").split("[")[0].replace("_", "-")
    made = compose(name, replicas=1)
    made.edit(monitoring=made.spec["monitoring"] | {"grafana": False})
    return made


def failed(deployment: Deployment, *, status: int) -> str:
    done = deployment.run("up")
    assert done.returncode == status, done.stdout
    return done.stdout


def containers(deployment: Deployment, engine: Engine) -> list[str]:
    label = f"label=com.docker.compose.project={deployment.spec['name']}"
    return engine.docker("ps", "--all", "--quiet", "--filter", label).splitlines()


def registry(request: stub_http.Request) -> stub_http.Reply:
    """A registry that answers, and has nothing."""
    if request.path == "/v2/":
        return stub_http.Reply(200, {})
    error = {"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}
    return stub_http.Reply(404, {"errors": [error]}, {"Content-Type": "application/json"})


def test_image_that_does_not_exist(deployment: Deployment, checkpoint: Path, docker_engine: Engine) -> None:
    deployment.edit(engine="sglang-cpu", checkpoint_path=str(checkpoint))
    with stub_http.stub_server(registry) as address:
        deployment.edit(image=f"{address}/sglang:v9")
        output = failed(deployment, status=6)
    assert f"error: image {address}/sglang:v9 could not be pulled" in output
    assert "cause: the image does not exist in its registry" in output
    assert containers(deployment, docker_engine) == []


def test_registry_that_does_not_answer(deployment: Deployment, checkpoint: Path) -> None:
    deployment.edit(engine="sglang-cpu", checkpoint_path=str(checkpoint), image="127.0.0.1:1/sglang:v9")
    assert "cause: the registry can't be reached" in failed(deployment, status=6)


def test_port_in_use(deployment: Deployment, docker_engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", int(deployment.spec["port"]))):
        output = failed(deployment, status=5)
    assert f"port {deployment.spec['port']}, which edge needs on 127.0.0.1, is in use by" in output
    assert containers(deployment, docker_engine) == []


def test_model_path_that_does_not_exist(deployment: Deployment, tmp_path: Path) -> None:
    deployment.edit(engine="sglang-cpu", checkpoint_path=str(tmp_path / "nowhere"))
    assert f"{tmp_path}/nowhere" in failed(deployment, status=3)


def test_engine_that_never_gets_ready(deployment: Deployment) -> None:
    deployment.edit(simulator={"startup_seconds": 3600}, startup_timeout=10)
    output = failed(deployment, status=7)
    name = deployment.spec["name"]
    assert f"error: {name} is not ready after 10 s; at last: replica-0 loading weights" in output
    assert "last lines:" in output
    assert "startup_timeout" in output


def test_engine_that_ends_again_and_again(deployment: Deployment) -> None:
    deployment.edit(**UNKNOWN_FLAG)
    output = failed(deployment, status=6)
    assert "replica-0 ended " in output
    assert "cause: the server does not take --sim-no-such-flag" in output


def test_broken_replica_beside_a_good_one(deployment: Deployment) -> None:
    deployment.edit(replicas=[{}, UNKNOWN_FLAG])
    assert "replica-1 ended " in failed(deployment, status=6)
    assert chat(deployment.url, model="any").status_code == 200


def test_mended_spec(deployment: Deployment) -> None:
    deployment.edit(**UNKNOWN_FLAG)
    failed(deployment, status=6)
    deployment.edit(extra_args=None)
    assert "recreate replica-0: command removed: --sim-no-such-flag" in deployment.up()


@pytest.mark.parametrize("verb", ["down", "status", "logs"])
def test_nothing_to_work_on(compose: Compose, verb: str) -> None:
    done = compose(f"nothing-{verb}").run(verb)
    assert done.returncode == 9
    assert "nothing is rendered" in done.stdout


def test_files_that_nginx_refuses(deployment: Deployment) -> None:
    deployment.up()
    with pytest.raises(StartError, match=r"edge refuses its new files") as raised:
        up_with_garbage(deployment)
    assert "cause: NGINX refuses its configuration: unknown directive" in raised.value.message
    assert "garbage" not in (deployment.directory / "nginx/conf.d/upstream.conf").read_text()
    assert chat(deployment.url, model="any").status_code == 200


def up_with_garbage(deployment: Deployment) -> None:
    """`up` of a tree with a broken file in it, as a defect of the kit would render it."""
    with environment(deployment.environment):
        resolved = resolve(Request(deployment.write(), build=deployment.folder / "build"))
        # The tree is rendered on first use: this is as if it had been rendered so.
        vars(resolved)["tree"] = {**resolved.tree, "nginx/conf.d/upstream.conf": "garbage;"}
        up(resolved, out=StringIO())
