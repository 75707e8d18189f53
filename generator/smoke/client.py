"""The HTTP client of the checks: the endpoint's own address, the kit's key, the certificate it made or was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from generator.credentials.endpoint import authorization, trust
from generator.errors import StateError
from generator.plan.model import DeploymentPlan

CHAT = "/v1/chat/completions"
ANSWER_SECONDS = 120.0


@contextmanager
def endpoint(plan: DeploymentPlan, *, directory: Path) -> Iterator[httpx.Client]:
    """Paths are below the endpoint's URL. Raises StateError where nobody listens there."""
    with httpx.Client(
        base_url=plan.edge.url,
        headers=authorization(plan, directory=directory),
        verify=trust(plan, directory=directory),
        timeout=ANSWER_SECONDS,
        trust_env=False,
    ) as client:
        try:
            yield client
        except httpx.ConnectError as error:
            raise StateError(
                f"nobody listens at {plan.edge.url}: {error}",
                hint="`make up` comes first; `make status` tells more",
            ) from error
