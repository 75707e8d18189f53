"""The runtime `host`: the services as processes on loopback, under one supervisord."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from generator.errors import HostError, StateError
from generator.plan.model import DeploymentPlan
from generator.runtime.applied import AppliedStore
from generator.runtime.contract import Report, Span, Tailing, Volumes
from generator.runtime.host_definition import desired_of, digest_of, longest_stop
from generator.runtime.host_state import program_state, restarts_of
from generator.runtime.log_files import LogFile, Mark, merged
from generator.runtime.nginx_reload import Verdict, after_reload
from generator.runtime.observed import Health, Images, Observed
from generator.runtime.ports import process_endpoints, require_free, servers
from generator.runtime.supervisord import Supervisord
from generator.runtime.wanted import Desired

PROBE_SECONDS = 3.0


class HostRuntime:
    """The processes of one deployment: `directory` is build/<project>."""

    def __init__(self, plan: DeploymentPlan, *, directory: Path) -> None:
        self.plan = plan
        self.directory = directory
        self.supervisord = Supervisord(directory)

    def preflight(self) -> None:
        """The programs are there, the socket's path fits, no earlier `down` is under way, the ports are free or held by
        this deployment's own processes."""
        missing = [program for program in self._programs() if shutil.which(program) is None]
        if missing:
            raise HostError(f"not installed: {', '.join(missing)}", hint="run `sglbox setup --runtime host`")
        self.supervisord.require_short_path()
        if self.supervisord.state() == "ending":
            raise StateError(
                f"{self.plan.project} is still ending: a `down` was interrupted while requests were being finished",
                hint="`make down` waits until they are done; then `make up`",
            )
        require_free(process_endpoints(self.plan), own=self.supervisord.session())

    def desired(self) -> Desired:
        """Programs as host/supervisord.conf has them."""
        return desired_of(self.plan, directory=self.directory)

    def observe(self) -> Observed:
        """Programs of the running supervisord; nothing when none runs."""
        programs = self.supervisord.programs()
        if not programs:
            return Observed(ending=self.supervisord.state() == "ending")
        definitions = AppliedStore(self.directory).read().definitions
        log = self._log("supervisord").text()
        health = self._health([info["name"] for info in programs])
        states = [
            program_state(
                info,
                health=health.get(info["name"], "none"),
                digest=digest_of(definitions.get(info["name"], {})),
                restarts=restarts_of(info["name"], log=log),
            )
            for info in programs
        ]
        return Observed(tuple(states))

    def images(self, desired: Desired) -> Images:  # noqa: ARG002 - the contract's
        """Processes have none."""
        return Images()

    def build(self, images: Sequence[str], *, report: Report) -> None:
        """Never asked for: processes have no images."""

    def pull(self, images: Sequence[str], *, report: Report) -> None:
        """Never asked for."""

    def disconnect(self, networks: Sequence[str]) -> None:
        """Never asked for: processes share the host's network."""

    def remove(self, services: Sequence[str]) -> None:
        """Stop programs and have supervisord forget them."""
        self.supervisord.remove(services)

    def create(self, services: Sequence[str]) -> None:
        """Start programs from their present definitions; the first time that starts supervisord itself."""
        (self.directory / self.plan.edge.run_dir).mkdir(parents=True, exist_ok=True)
        self._begin_logs(services)
        if self.supervisord.answers():
            self.supervisord.renew(services)
        else:
            self.supervisord.start()

    def restart(self, services: Sequence[str]) -> None:
        """Stop and start the same programs."""
        self._begin_logs(services)
        self.supervisord.restart(services)

    def check(self, service: str) -> str:
        """`nginx -t` with the edge's own arguments; `promtool check config` for Prometheus."""
        argv = next(process.argv for process in self.plan.processes if process.name == service)
        promtool = ("promtool", "check", "config", "prometheus/prometheus.yml")
        command = (*argv, "-t") if service == self.plan.edge.name else promtool
        result = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        return result.stdout + result.stderr if result.returncode else ""

    def reload(self, service: str) -> Verdict:
        """HUP; NGINX' log then tells whether it took the files."""
        log = self._log(service)
        log.skip()
        self.supervisord.signal(service, "HUP")
        return after_reload(log.text) if service == self.plan.edge.name else "reloaded"

    def tail(self, service: str, *, lines: int, span: Span) -> str:  # noqa: ARG002 - the contract's
        """Since the kit started the program: its log file does not tell one run from the next."""
        return self._log(service, begin=self._mark(service).read()).tail(lines)

    def logs(self, services: Sequence[str], *, lines: int, tailing: Tailing) -> Iterator[str]:
        """The log files merged, each line with its service in front."""
        names = services or [process.name for process in self.plan.processes]
        return merged({name: self._log(name) for name in names}, lines=lines, tailing=tailing)

    def _log(self, name: str, *, begin: int = 0) -> LogFile:
        return LogFile(self.directory / "logs" / f"{name}.log", begin=begin)

    def _mark(self, name: str) -> Mark:
        return Mark(self.directory / "run" / "marks" / name)

    def _begin_logs(self, services: Sequence[str]) -> None:
        for name in services:
            self._mark(name).write(self._log(name).size())

    def _programs(self) -> list[str]:
        return sorted({process.argv[0] for process in self.plan.processes})

    def _health(self, names: Sequence[str]) -> dict[str, Health]:
        """By asking each; a program that the plan no longer has can't be asked."""
        urls = {name: url for name, url in self._ready_urls().items() if name in names}
        with ThreadPoolExecutor() as pool:
            answers = pool.map(_answers, urls.values())
        return dict(zip(urls, answers, strict=True))

    def _ready_urls(self) -> Mapping[str, str]:
        urls = {service.name: service.ready_url for service in servers(self.plan)}
        if not self.plan.leads:
            return urls
        return {
            **urls,
            self.plan.edge.name: f"http://{self.plan.edge.metrics_listen}/healthz",
            self.plan.prometheus.name: f"{self.plan.prometheus.url}/-/ready",
        }


def down(directory: Path, *, volumes: Volumes) -> None:
    """End every process; data/ is the volume. Raises DeadlineError."""
    Supervisord(directory).end(seconds=longest_stop(directory))
    if volumes == "remove":
        shutil.rmtree(directory / "data", ignore_errors=True)


def _answers(url: str) -> Health:
    try:
        well = httpx.get(url, timeout=PROBE_SECONDS, trust_env=False).is_success
    except httpx.HTTPError:
        well = False
    return "healthy" if well else "starting"
