"""An engine image of the operator's own on a real Docker engine: built before anything stops, and only when it must be.

The release image that it stands on is the stand-in of tests/docker, in which the simulator answers to `sglang`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator import images
from tests.deployments import Deployment, operations
from tests.docker.engine import Engine
from tests.e2e.conftest import Compose

DOCKERFILE = f"""FROM {images.SGLANG_CPU}
ARG GREETING=none
COPY greeting.txt /opt/greeting.txt
RUN echo "$GREETING" >> /opt/greeting.txt
"""


@pytest.fixture(scope="module")
def stack(lasting_compose: Compose, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    checkpoint = tmp_path_factory.mktemp("checkpoint")
    (checkpoint / "config.json").write_text('{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}')
    (checkpoint / "model.safetensors").write_bytes(b"weights")
    made = lasting_compose(
        "own-image",
        engine="sglang-cpu",
        checkpoint_path=str(checkpoint),
        replicas=2,
        build={"context": "engine", "args": {"GREETING": "hello"}},
    )
    folder = made.folder / "engine"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "greeting.txt").write_text("from the context\n")
    return made


def image(stack: Deployment) -> str:
    return str(json.loads((stack.directory / "plan.json").read_text())["engine_build"]["image"])


def greeting(engine: Engine, stack: Deployment, replica: str = "replica-0") -> str:
    return engine.docker("exec", f"{stack.spec['name']}-{replica}-1", "cat", "/opt/greeting.txt")


def since(stack: Deployment, *services: str) -> list[str]:
    status = stack.status()
    return [status[service]["since"] for service in services]


@pytest.fixture(scope="module")
def built(stack: Deployment) -> str:
    """The output of the first `up`."""
    return stack.up()


def test_the_image_is_built_with_progress_and_run(
    stack: Deployment, built: str, docker_engine: Engine
) -> None:
    assert operations(built)[0] == f"build {image(stack)}: not on this host"
    assert f"{image(stack)}: building (2/3)" in built
    assert greeting(docker_engine, stack) == "from the context\nhello"
    assert "a chat request was answered by replica-" in built


def test_a_second_up_builds_nothing(stack: Deployment, built: str) -> None:
    output = stack.up()
    assert operations(output) == []
    assert "nothing to do" in output


def test_docker_compose_can_build_it_too(stack: Deployment, built: str, docker_engine: Engine) -> None:
    """By hand, from the rendered file; `up` takes what came of it for its own."""
    docker_engine.docker("image", "tag", image(stack), "own-image-before")
    docker_engine.docker("compose", "--project-directory", str(stack.directory), "build", "replica-0")
    try:
        assert not any(line.startswith("build") for line in operations(stack.up()))
    finally:
        docker_engine.docker("image", "rm", "own-image-before")


def test_an_edit_of_the_dockerfile_remakes_the_replicas_and_nothing_else(
    stack: Deployment, built: str, docker_engine: Engine
) -> None:
    before, others = image(stack), since(stack, "edge", "prometheus", "grafana")
    file = stack.folder / "engine" / "Dockerfile"
    file.write_text(f"{DOCKERFILE}RUN echo edited >> /opt/greeting.txt\n")
    done = operations(stack.up())
    after = image(stack)
    assert done == [
        f"build {after}: not on this host",
        f"recreate replica-0: image: {before} -> {after}",
        f"recreate replica-1: image: {before} -> {after}",
    ]
    assert greeting(docker_engine, stack, "replica-1").endswith("edited")
    assert since(stack, "edge", "prometheus", "grafana") == others


def test_a_build_that_fails_leaves_what_runs_alone(
    stack: Deployment, built: str, docker_engine: Engine
) -> None:
    file = stack.folder / "engine" / "Dockerfile"
    whole, services = file.read_text(), ("replica-0", "replica-1", "edge")
    stack.up()
    before = since(stack, *services)
    file.write_text(f"{DOCKERFILE}RUN echo the disk is on strike >&2 && exit 3\n")
    done = stack.run("up")
    assert done.returncode == 6, done.stdout
    assert "could not be built" in done.stdout
    assert "the disk is on strike" in done.stdout
    assert "Dockerfile:5" in done.stdout
    assert since(stack, *services) == before
    assert {row["phase"] for row in stack.status().values()} == {"ready"}
    file.write_text(whole)
    assert operations(stack.up()) == []


def test_going_back_needs_no_build(stack: Deployment, built: str, docker_engine: Engine) -> None:
    (stack.folder / "engine" / "Dockerfile").write_text(DOCKERFILE)
    done = operations(stack.up())
    assert [line.split(":")[0] for line in done] == ["recreate replica-0", "recreate replica-1"]
    assert greeting(docker_engine, stack) == "from the context\nhello"


def test_an_image_with_a_name_is_built_again_under_it(
    stack: Deployment, built: str, docker_engine: Engine
) -> None:
    name = f"own-image-{stack.spec['name']}:1"
    stack.edit(image=name)
    try:
        assert operations(stack.up())[0] == f"build {name}: not on this host"
        stack.edit(build={"context": "engine", "args": {"GREETING": "goodbye"}})
        assert operations(stack.up()) == [
            f"build {name}: its inputs changed",
            f"recreate replica-0: image {name} is made anew",
            f"recreate replica-1: image {name} is made anew",
        ]
        assert greeting(docker_engine, stack).endswith("goodbye")
    finally:
        stack.run("down")
        docker_engine.try_docker("image", "rm", "--force", name)


def test_a_step_reads_a_secret_that_is_not_in_the_image(
    compose: Compose, checkpoint: Path, docker_engine: Engine
) -> None:
    stack = compose("own-secret", engine="sglang-cpu", checkpoint_path=str(checkpoint), replicas=1)
    folder = stack.folder / "engine"
    folder.mkdir()
    (stack.folder / "index_token").write_text("tell-nobody")
    step = "RUN --mount=type=secret,id=index wc -c < /run/secrets/index > /opt/seen"
    (folder / "Dockerfile").write_text(f"FROM {images.SGLANG_CPU}\n{step}\n")
    stack.edit(build={"context": "engine", "secrets": {"index": "index_token"}})
    stack.up()
    replica = f"{stack.spec['name']}-replica-0-1"
    assert docker_engine.docker("exec", replica, "cat", "/opt/seen") == "11"
    assert docker_engine.docker("exec", replica, "sh", "-c", "cat /run/secrets/* 2>/dev/null || true") == ""
    docker_engine.docker("compose", "--project-directory", str(stack.directory), "build", "replica-0")
