"""compose.yaml, judged by Compose. It needs no engine."""

from __future__ import annotations

from pathlib import Path

from generator.host.ask import ask
from generator.plan.model import DeploymentPlan
from generator.validate.verdict import Verdict, not_checked, quoted

FILE = "compose.yaml"
JUDGE = "docker compose config"
TIMEOUT = 60.0


def judge_compose(directory: Path, *, plan: DeploymentPlan) -> tuple[Verdict, ...]:
    """One verdict; none in the host runtime, which has no such file."""
    if plan.runtime != "compose":
        return ()
    version = ask(("docker", "compose", "version", "--short"), timeout=TIMEOUT)
    if version.status != 0:
        reason = f"Docker Compose can't be run: {version.said}"
        return (not_checked(FILE, judge=JUDGE, reason=reason, remedy="run `make setup RUNTIME=compose`"),)
    answer = ask(("docker", "compose", "-f", FILE, "config", "--quiet"), timeout=TIMEOUT, cwd=directory)
    by = f"{JUDGE} ({version.stdout.strip()})"
    complaint = answer.stderr.replace(f"{directory.resolve()}/", "").strip().splitlines()
    faults = quoted(complaint or (answer.said,), file=FILE) if answer.status != 0 else ()
    return (Verdict(FILE, by, faults),)
