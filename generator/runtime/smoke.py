"""The proof that it works: one real chat request through the edge, and the curl line for the operator's own."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

import httpx

from generator.credentials.endpoint import authorization, curl_options, trust
from generator.errors import StartError
from generator.plan.model import DeploymentPlan
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

QUESTION = "Say hello."
TOKENS = 16
PATH = "/v1/chat/completions"

# The edge may still hold a replica for dead that it met while it was starting; NGINX tries it again soon.
# Or all of them may be busy.
PASSING = (429, 502, 503, 504)
PATIENCE = 30
ANSWER_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What came back: the text, which replica said it, and how long it took in seconds."""

    text: str
    replica: str
    seconds: float


def chat(plan: DeploymentPlan, *, directory: Path, clock: Clock = SYSTEM_CLOCK) -> Answer:
    """Ask once; again for a while where the edge says that nobody is there. Raises StartError."""
    with httpx.Client(
        headers=authorization(plan, directory=directory),
        verify=trust(plan, directory=directory),
        timeout=ANSWER_SECONDS,
        trust_env=False,
    ) as client:
        response = until(
            lambda: _asked(client, plan),
            deadline=Deadline(
                PATIENCE, f"{plan.edge.url} finds no replica that answers", hint="see `sglbox logs edge`"
            ),
            clock=clock,
        )
    return _answer(response, plan=plan)


def curl(plan: DeploymentPlan, *, directory: Path) -> str:
    """The same request as a line for the shell."""
    parts = ["curl", f"{plan.edge.url}{PATH}", "-H", "Content-Type: application/json"]
    line = " ".join((*map(shlex.quote, parts), curl_options(plan, directory=directory))).strip()
    return f"{line} -d {shlex.quote(json.dumps(_request(plan)))}"


def _request(plan: DeploymentPlan) -> dict[str, object]:
    messages = [{"role": "user", "content": QUESTION}]
    return {"model": plan.model.served_name, "messages": messages, "max_tokens": TOKENS}


def _asked(client: httpx.Client, plan: DeploymentPlan) -> httpx.Response | None:
    try:
        response = client.post(f"{plan.edge.url}{PATH}", json=_request(plan))
    except httpx.ConnectError:
        return None
    except httpx.HTTPError as error:
        message = f"{plan.edge.url} broke off: {error}"
        raise StartError(message, hint="see `sglbox logs`") from error
    return None if response.status_code in PASSING else response


def _answer(response: httpx.Response, *, plan: DeploymentPlan) -> Answer:
    if not response.is_success:
        raise StartError(
            f"{plan.edge.url} answered {response.status_code} to a chat request: {response.text[:300]}",
            hint="see `sglbox logs`",
        )
    try:
        message = response.json()["choices"][0]["message"]
        # The first tokens of a reasoning model are thoughts, where a reasoning parser is set.
        text = str(message.get("content") or message.get("reasoning_content") or "")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        text = ""
    if not text:
        raise StartError(
            f"{plan.edge.url} answered a chat request without any text: {response.text[:300]}",
            hint="is it a chat model? see `sglbox logs`",
        )
    return Answer(text, response.headers.get("X-Replica", ""), response.elapsed.total_seconds())
