"""plan <-> JSON. What `down`, `status` and the load test read back."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from generator.errors import StateError
from generator.plan.model import DeploymentPlan


def plan_json(plan: DeploymentPlan) -> str:
    """Stable: field order of the model, two spaces, a final newline."""
    return json.dumps(asdict(plan), indent=2, ensure_ascii=False) + "\n"


def plan_from_json(text: str, *, source: str) -> DeploymentPlan:
    """Raises StateError when another version of the kit wrote it, or it was edited."""
    try:
        return TypeAdapter(DeploymentPlan).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StateError(
            f"{source} can't be read: {place}: {first['msg']}",
            hint="it is written by `render`; run `make render` with this version of the kit",
        ) from error
