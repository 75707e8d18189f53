"""The host runtime with real supervisord, NGINX and Prometheus, and an engine that does what the test says."""

from __future__ import annotations

import os
import socket

import httpx
import pytest

from generator.errors import StartError
from generator.runtime.applied import AppliedStore
from generator.runtime.decision import decide
from generator.runtime.execution import Execution
from generator.runtime.host_runtime import HostRuntime
from generator.runtime.processes import running
from generator.runtime.progress import PlainProgress
from tests.deployments import Deployment, operations
from tests.eventually import eventually
from tests.generator.runtime.operated import plan, processes

pytestmark = pytest.mark.host


def briefly(output: str) -> list[str]:
    """The operations without their causes."""
    return [line.split(":")[0] for line in operations(output)]


def test_up_ends_with_what_runs_the_endpoint_and_a_request_that_was_answered(deployment: Deployment) -> None:
    output = deployment.up()
    assert operations(output) == [
        "create replica-0: not there",
        "create replica-1: not there",
        "create edge: not there",
        "create prometheus: not there",
    ]
    assert "a chat request was answered by replica-" in output
    assert f"endpoint  {deployment.url}/v1" in output
    assert {row["phase"] for row in deployment.status().values()} == {"ready"}


def test_the_curl_line_works(deployment: Deployment) -> None:
    line = next(line for line in deployment.up().splitlines() if line.startswith("try it"))
    with os.popen(line.removeprefix("try it")) as shell:  # noqa: S605 - what the operator would do
        assert '"content": "hello ' in shell.read()


def test_a_second_up_does_nothing(deployment: Deployment) -> None:
    deployment.up()
    before = deployment.status()
    output = deployment.up()
    assert operations(output) == []
    assert "nothing to do" in output
    assert deployment.status() == before


def test_an_edit_changes_only_what_it_touches(deployment: Deployment) -> None:
    deployment.up()
    before = deployment.status()
    deployment.edit(replicas=[{}, {"env_vars": {"DOUBLE": "edited"}}])
    output = deployment.up()
    assert operations(output) == ["recreate replica-1: environment DOUBLE added: edited"]
    assert "\nwhat ends finishes its requests first, for 705 s at most\n" in output
    after = deployment.status()
    assert {name: row["since"] for name, row in after.items() if name != "replica-1"} == {
        name: row["since"] for name, row in before.items() if name != "replica-1"
    }


def test_replicas_come_and_go_without_the_edge_being_restarted(deployment: Deployment) -> None:
    deployment.up()
    edge = deployment.status()["edge"]["since"]
    deployment.edit(replicas=3)
    assert briefly(deployment.up()) == ["create replica-2", "reload edge", "reload prometheus"]
    deployment.edit(replicas=1)
    assert briefly(deployment.up()) == [
        "reload edge", "reload prometheus", "retire replica-1", "retire replica-2",
    ]  # fmt: skip
    assert deployment.status()["edge"]["since"] == edge


def test_what_was_rendered_earlier_is_applied_by_the_next_up(deployment: Deployment) -> None:
    deployment.up()
    deployment.edit(replicas=1)
    assert deployment.run("render").returncode == 0
    assert "reload edge" in briefly(deployment.up())


def test_a_crash_loop_ends_up_with_the_last_lines_and_the_cause(deployment: Deployment) -> None:
    deployment.edit(replicas=[{}, {"env_vars": {"DOUBLE": "crash"}}])
    done = deployment.run("up")
    assert done.returncode == 6
    assert "error: replica-1 ended 3 times\ncause: GPU memory is exhausted" in done.stdout
    assert "torch.OutOfMemoryError: CUDA out of memory." in done.stdout
    assert httpx.get(f"{deployment.url}/v1/models").status_code == 200


def test_a_failure_that_was_mended_is_no_cause_any_more(deployment: Deployment) -> None:
    deployment.edit(replicas=[{"env_vars": {"DOUBLE": "crash"}}])
    assert deployment.run("up").returncode == 6
    deployment.edit(replicas=[{"env_vars": {"DOUBLE": "deaf"}}], startup_timeout=10)
    done = deployment.run("up")
    assert done.returncode == 7
    assert "test-host is not ready after 10 s; at last: replica-0 loading weights" in done.stdout
    assert "OutOfMemory" not in done.stdout


def test_a_port_that_somebody_holds_is_named_before_anything_is_started(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", int(deployment.spec["replica_port"]))):
        done = deployment.run("up")
    assert done.returncode == 5
    assert (
        f"port {deployment.spec['replica_port']}, which replica-0 needs on 127.0.0.1, is in use by"
        in done.stdout
    )
    assert not (deployment.directory / "plan.json").exists()


def test_down_leaves_no_process_and_keeps_the_data(deployment: Deployment) -> None:
    deployment.up()
    before = processes(deployment)
    assert len(before) >= 5
    done = deployment.run("down")
    assert done.returncode == 0, done.stdout
    assert running(before) == ()
    assert not (deployment.directory / "run").exists()
    assert (deployment.directory / "data" / "prometheus").is_dir()


def test_down_needs_no_spec_and_volumes_go_when_asked(deployment: Deployment) -> None:
    deployment.up()
    (deployment.directory / "plan.json").write_text("{broken")
    done = deployment.run("down", "--volumes")
    assert done.returncode == 0, done.stdout
    assert not processes(deployment)
    assert not (deployment.directory / "data").exists()


def test_files_that_nginx_refuses_are_put_back_and_it_goes_on_serving(deployment: Deployment) -> None:
    deployment.up()
    file = deployment.directory / "nginx/conf.d/upstream.conf"
    good = file.read_text()
    file.write_text("garbage;")
    with pytest.raises(StartError, match=r"edge refuses its new files.*\n.*unknown directive"):
        apply_by_hand(deployment)
    assert file.read_text() == good
    assert httpx.get(f"{deployment.url}/v1/models").status_code == 200


def test_an_address_that_is_held_does_not_take_the_edge_down(deployment: Deployment) -> None:
    deployment.up()
    file = deployment.directory / "nginx/conf.d/metrics.conf"
    good = file.read_text()
    with socket.create_server(("127.0.0.1", 0)) as server:
        old = str(deployment.spec["monitoring"]["edge_metrics_port"])
        file.write_text(good.replace(old, str(server.getsockname()[1])))
        with pytest.raises(StartError, match="the edge can't listen as its new files say"):
            apply_by_hand(deployment)
    assert file.read_text() == good
    assert httpx.get(f"{deployment.url}/v1/models").status_code == 200


def test_a_change_that_a_reload_cannot_make_restarts_the_edge(deployment: Deployment) -> None:
    deployment.up()
    file = deployment.directory / "nginx/conf.d/upstream.conf"
    limit = "limit_req_zone $binary_remote_addr zone=t:1m rate=9r/s;\n"
    file.write_text(file.read_text() + limit)
    assert apply_by_hand(deployment) == []
    file.write_text(file.read_text().replace("$binary_remote_addr zone=t", "$host zone=t"))
    assert apply_by_hand(deployment) == ["edge can't take the change while it runs: restarting it"]
    eventually(lambda: deployment.status()["edge"]["phase"] == "ready", "the edge is not back")


def test_logs_have_the_service_in_front(deployment: Deployment) -> None:
    deployment.up()
    output = deployment.run("logs", "replica-0", "--tail", "1").stdout
    assert output == "replica-0 | The server is fired up and ready to roll!\n"


def test_a_folder_too_deep_for_the_socket_is_named(deployment: Deployment) -> None:
    deployment.folder = deployment.folder / ("deep" * 20)
    deployment.folder.mkdir(parents=True)
    done = deployment.run("up")
    assert done.returncode == 5
    assert "is too long for a socket" in done.stdout
    assert not (deployment.directory / "plan.json").exists()


def apply_by_hand(deployment: Deployment) -> list[str]:
    """What `up` does with the files as they lie there, without writing them anew; what it says."""
    said: list[str] = []
    runtime = HostRuntime(plan(deployment), directory=deployment.directory)
    desired, store = runtime.desired(), AppliedStore(deployment.directory)
    todo = decide(desired, runtime.observe(), images=runtime.images(desired), applied=store.read())
    execution = Execution(runtime, desired=desired, store=store, progress=PlainProgress(said.append))
    execution.carry_out(todo)
    return said
