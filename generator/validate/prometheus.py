"""prometheus.yml and its rules, judged by promtool."""

from __future__ import annotations

from pathlib import Path

from generator.host.ask import Answer, ask
from generator.plan.model import DeploymentPlan
from generator.validate.container import REMEDY, TIMEOUT, Folder, in_image
from generator.validate.verdict import Verdict, not_checked, quoted, ran

FILE = "prometheus/prometheus.yml"
INSIDE = "/etc/prometheus"


def judge_prometheus(directory: Path, *, plan: DeploymentPlan) -> tuple[Verdict, ...]:
    """`promtool check config`, of the image under Compose, of the host in the host runtime."""
    if plan.runtime == "host":
        answer = ask(("promtool", "check", "config", FILE), timeout=TIMEOUT, cwd=directory)
        return (verdict(answer, judge="promtool", remedy="run `make setup RUNTIME=host`"),)
    image = plan.prometheus.image
    argv = ("promtool", "check", "config", f"{INSIDE}/prometheus.yml")
    command = in_image(image, folder=Folder(directory / "prometheus", INSIDE), argv=argv)
    return (verdict(ask(command, timeout=TIMEOUT), judge=f"promtool in {image}", remedy=REMEDY),)


def verdict(answer: Answer, *, judge: str, remedy: str) -> Verdict:
    """What promtool said, without its progress lines; `remedy` is for when it could not run."""
    if not ran(answer):
        return not_checked(FILE, judge=judge, reason=answer.said, remedy=remedy)
    if answer.status == 0:
        return Verdict(FILE, judge)
    said = answer.stderr.replace(f"{INSIDE}/", "prometheus/").strip() or answer.stdout.strip()
    lines = (line.strip().removeprefix("FAILED: ") for line in said.splitlines())
    # A line that ends with a colon only announces those that say what is wrong.
    return Verdict(FILE, judge, quoted([line for line in lines if line and line[-1] != ":"], file=FILE))
