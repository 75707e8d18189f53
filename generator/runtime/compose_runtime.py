"""The runtime `compose`: the services as containers of one Docker Compose project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import cast

from generator.errors import SglboxError, StartError
from generator.images import INPUTS_LABEL
from generator.plan.model import DeploymentPlan
from generator.runtime import compose
from generator.runtime.compose_definition import desired_of, hashes
from generator.runtime.compose_labels import remember
from generator.runtime.compose_state import (
    Inspection,
    container_state,
    network_state,
    published_ports,
    started_at,
)
from generator.runtime.contract import Report, Span, Tailing, Volumes
from generator.runtime.failure import start_error
from generator.runtime.image_builds import image_build
from generator.runtime.image_progress import BuildProgress, PullProgress
from generator.runtime.nginx_reload import Verdict, after_reload
from generator.runtime.observed import Images, Observed
from generator.runtime.ports import published_endpoints, require_free
from generator.runtime.wanted import Desired

FILE = "compose.yaml"


class ComposeRuntime:
    """The Compose project of one deployment: `directory` is build/<project>."""

    def __init__(self, plan: DeploymentPlan, *, directory: Path) -> None:
        self.plan = plan
        self.directory = directory

    @cached_property
    def docker(self) -> compose.DockerClient:
        """The client of this project."""
        return compose.client(self.plan.project, files=[self.directory / FILE])

    @compose.converted
    def preflight(self) -> None:
        """The engine answers, and the ports to publish are free or held by this project."""
        running = [each for each in self._containers().values() if each["State"]["Running"]]
        own = {port for container in running for port in published_ports(container)}
        require_free([endpoint for endpoint in published_endpoints(self.plan) if endpoint.port not in own])

    def desired(self) -> Desired:
        """Services as compose.yaml has them."""
        return desired_of(self.plan, directory=self.directory, compose=self._command_line)

    @compose.converted
    def observe(self) -> Observed:
        """Containers and networks that carry the project's label."""
        states = map(container_state, self._containers().values())
        networks = self.docker.network.list(filters=[("label", f"{compose.PROJECT}={self.plan.project}")])
        return Observed(tuple(states), tuple(map(network_state, networks)))

    @compose.converted
    def images(self, desired: Desired) -> Images:
        """Local images by name; one that is built here is stale when it was built from other inputs."""
        builds = {service.image: service.builds for service in desired.services}
        found = {name: image for name in builds if (image := compose.local_image(self.docker, name))}
        labels = {name: (image.config.labels or {}).get(INPUTS_LABEL) for name, image in found.items()}
        stale = [
            name for name in found if builds[name] and labels[name] != image_build(self.plan, name).digest
        ]
        return Images({name: image.id for name, image in found.items()}, tuple(stale))

    def build(self, images: Sequence[str], *, report: Report) -> None:
        """Build images, each marked with the digest of what it is built from."""
        for name in images:
            how = image_build(self.plan, name)
            output = self.docker.buildx.build(
                how.context,
                tags=[name],
                labels={INPUTS_LABEL: how.digest},
                load=True,
                progress="plain",
                stream_logs=True,
                **how.settings,
            )
            steps = BuildProgress(partial(report, name))
            compose.run(
                cast("Iterable[str]", output),
                f"image {name} could not be built; what runs was left alone",
                each=steps.feed,
                told=compose.build_complaints,
                hint="mend it, and run `make up` again",
            )

    def pull(self, images: Sequence[str], *, report: Report) -> None:
        """Pull one image after the other; the layers of one come in parallel anyway."""
        services = {service.image: service.name for service in self.desired().services}
        for name in images:
            progress = PullProgress(partial(report, name))
            output = self.docker.compose.pull([services[name]], stream_logs=True)
            compose.run(compose.lines(output), f"image {name} could not be pulled", each=progress.feed)

    @compose.converted
    def remove(self, services: Sequence[str]) -> None:
        """Stop with the service's own grace period, then remove; also what compose.yaml no longer has."""
        containers = self._containers()
        found = [containers[name]["Id"] for name in services if name in containers]
        self.docker.container.stop(found)
        self.docker.container.remove(found, force=True)

    @compose.converted
    def disconnect(self, networks: Sequence[str]) -> None:
        """Remove networks; their containers were removed before."""
        self.docker.network.remove([f"{self.plan.project}_{name}" for name in networks])

    def create(self, services: Sequence[str]) -> None:
        """`compose up` of just these: Compose makes, remakes or starts each as needed."""
        self._unpause(services)
        output = self.docker.compose.up(
            list(services), detach=True, dependencies=False, pull="never", no_build=True, stream_logs=True
        )
        try:
            compose.run(compose.lines(output), "the services could not be started", each=lambda _: None)
        except StartError as error:
            raise self._named(services, error) from error
        made = hashes(self._command_line, file=self.directory / FILE)
        remember({name: made[name] for name in services}, observed=self.observe(), directory=self.directory)

    @compose.converted
    def restart(self, services: Sequence[str]) -> None:
        """Stop and start the same containers."""
        self.docker.compose.restart(list(services))

    @compose.converted
    def check(self, service: str) -> str:
        """`nginx -t` inside the running container; Prometheus' `promtool check config`."""
        checks = {
            self.plan.edge.name: [*self._command(service), "-t"],
            self.plan.prometheus.name: ["promtool", "check", "config", "/etc/prometheus/prometheus.yml"],
        }
        return compose.refusal(self.docker, self._containers()[service]["Id"], checks[service])

    @compose.converted
    def reload(self, service: str) -> Verdict:
        """HUP from inside: `docker kill` would count as the operator's stop and end the restart policy."""
        container, since = self._containers()[service]["Id"], datetime.now(tz=UTC)
        if service != self.plan.edge.name:
            self.docker.container.execute(container, ["kill", "-HUP", "1"])
            return "reloaded"
        self.docker.container.execute(container, [*self._command(service), "-s", "reload"])
        return after_reload(lambda: self._log(container, since=since, lines=200))

    @compose.converted
    def tail(self, service: str, *, lines: int, span: Span) -> str:
        """A container's log is its whole life; `run` leaves out what was before its last restart."""
        container = self._containers().get(service)
        if container is None:
            return ""
        return self._log(container["Id"], since=started_at(container) if span == "run" else None, lines=lines)

    def logs(self, services: Sequence[str], *, lines: int, tailing: Tailing) -> Iterator[str]:
        """Compose's own multiplexed log, `service-1  | line`."""
        follow = tailing == "follow"
        yield from compose.lines(
            self.docker.compose.logs(list(services), tail=str(lines), follow=follow, stream=True)
        )

    @property
    def _command_line(self) -> list[object]:
        return list(self.docker.client_config.docker_compose_cmd)

    def _containers(self) -> dict[str, Inspection]:
        return compose.containers(self.docker, project=self.plan.project)

    def _command(self, service: str) -> list[str]:
        return list(self._containers()[service]["Config"]["Cmd"])

    def _log(self, container: str, *, since: datetime | None, lines: int) -> str:
        return cast("str", self.docker.container.logs(container, since=since, tail=lines))

    def _unpause(self, services: Sequence[str]) -> None:
        containers = self._containers()
        paused = [
            container["Id"]
            for name, container in containers.items()
            if name in services and container["State"]["Paused"]
        ]
        self.docker.container.unpause(paused)

    def _named(self, services: Sequence[str], error: StartError) -> SglboxError:
        """The error with the name of the service that Docker could not start, where it tells one."""
        failed = [state for state in self.observe().services if state.name in services and state.reason]
        if not failed:
            return error
        first = failed[0]
        return start_error(f"{first.name} could not be started", log=first.reason, exit_code=first.exit_code)


@compose.converted
def down(project: str, *, directory: Path, volumes: Volumes) -> None:
    """End and remove all that carries the project's label, whatever compose.yaml says by now. Raises StartError."""
    files = [file for file in (directory / FILE,) if file.exists()]
    docker = compose.client(project, files=files)
    if files and not compose.can_read(docker):
        docker = compose.client(project, files=[])
    output = docker.compose.down(remove_orphans=True, stream_logs=True)
    compose.run(compose.lines(output), f"{project} could not be taken down", each=lambda _: None)
    if volumes == "remove":
        # Compose knows only volumes of services that it finds; a second `down` finds none.
        for volume in docker.volume.list(filters=[("label", f"{compose.PROJECT}={project}")]):
            docker.volume.remove(volume)
