"""What runs of a deployment, and which load tests it had. Asks and reads only; no prompt is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx

from generator.audit.finding import Report, Running
from generator.errors import SglboxError, StateError
from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json, plan_json
from generator.runtime.choice import runtime_of
from generator.runtime.overview import overview
from loadtest.derive.cache import CACHED_COUNTER, PROMPT_COUNTER
from loadtest.errors import TargetError
from loadtest.record import RUN_FILE, RecordError, RunRecord
from loadtest.run.counters import read_counters
from loadtest.run.target import PLAN_FILE, digest_of, from_plan

_PATIENCE = 3.0


def look(plan: DeploymentPlan, *, text: str, directory: Path) -> Running | str:
    """`text` is the plan as it would be written now. A str says why there is nothing to look at."""
    file = directory / PLAN_FILE
    if not file.is_file():
        return "nothing runs"
    now = _parked_now(plan, file.read_text(encoding="utf-8"), text)
    if now is None:
        return "what is rendered is of an earlier plan"
    try:
        phases = _phases(now, directory=directory)
    except SglboxError as error:
        return f"what runs can't be seen: {error.message}"
    if set(phases.values()) == {"stopped"}:
        return "nothing runs"
    prompt, cached = _tokens(file)
    return Running(phases, prompt, cached, _scraped(plan))


def _parked_now(plan: DeploymentPlan, rendered: str, text: str) -> DeploymentPlan | None:
    """The plan with what is parked, which is no edit; None where something else differs."""
    if rendered == text:
        return plan
    try:
        now = plan_from_json(rendered, source=PLAN_FILE)
    except StateError:
        return None
    return now if plan_json(replace(now, parked=())) == text else None


def _phases(plan: DeploymentPlan, *, directory: Path) -> Mapping[str, str]:
    runtime = runtime_of(plan, directory=directory)
    rows = overview(plan, runtime, observed=runtime.observe()).services
    names = {replica.name for replica in plan.awake}
    return {row.service: row.phase for row in rows if row.service in names}


def _tokens(file: Path) -> tuple[float, float] | tuple[None, None]:
    """Of all replicas together. A replica has no series for its cached tokens before its first hit."""
    try:
        counters = read_counters(from_plan(file, model="", key_file=""))
    except TargetError:
        return None, None
    if not counters:
        return None, None
    sums = (
        sum(values.get(name, 0.0) for values in counters.values())
        for name in (PROMPT_COUNTER, CACHED_COUNTER)
    )
    return next(sums), next(sums)


def _scraped(plan: DeploymentPlan) -> Mapping[str, str] | None:
    """Replica -> health, as https://prometheus.io/docs/prometheus/latest/querying/api/#targets tells it."""
    with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
        try:
            answer = client.get(f"{plan.prometheus.url}/api/v1/targets").raise_for_status()
            targets = answer.json()["data"]["activeTargets"]
        except (httpx.HTTPError, ValueError, KeyError):
            return None
    labelled = ((target["labels"], target["health"]) for target in targets)
    return {labels["replica"]: health for labels, health in labelled if "replica" in labels}


def reports_of(text: str, *, build: Path) -> tuple[Report, ...]:
    """The runs below `build` that were made against the plan of this text."""
    digest = digest_of(text)
    files = sorted((build / "loadtest").rglob(RUN_FILE))
    found = ((file.parent, _read(file)) for file in files)
    return tuple(_report(folder, run) for folder, run in found if run and run.plan_digest == digest)


def _read(file: Path) -> RunRecord | None:
    """None for what another version of the kit wrote, or did not finish writing."""
    try:
        return RunRecord.from_json(file.read_text(encoding="utf-8"))
    except RecordError:
        return None


def _report(folder: Path, run: RunRecord) -> Report:
    doubt = ""
    if run.ended != "complete":
        doubt = f"{run.scenario} was {run.ended}"
    elif run.generator.valid != "yes":
        doubt = f"{run.scenario} did not keep its schedule"
    return Report(str(folder), run.started, run.scenario, doubt)
