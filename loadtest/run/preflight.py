"""Look at the target before any load: is it there, does the key fit, does it serve the model, does it stream?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import httpx

from loadtest.client.answer import message_of
from loadtest.client.endpoint import trusting
from loadtest.errors import TargetError
from loadtest.run.target import Target

_PATIENCE: Final = httpx.Timeout(30.0, connect=5.0)


_TRUST: Final = "give --ca-file FILE with the certificate to trust"
_REACH: Final = "is the deployment up? make status; otherwise check URL="


def open_client(target: Target) -> httpx.Client:
    """A client for questions that are no load. Raises TargetError."""
    trust = trusting(target.ca_file)
    headers = {"Authorization": f"Bearer {target.api_key}"} if target.api_key else {}
    return httpx.Client(
        base_url=target.url, headers=headers, timeout=_PATIENCE, trust_env=False, verify=trust
    )


def look(target: Target, *, client: httpx.Client) -> Target:
    """The target with its model's name. Raises TargetError, saying what is wrong and what to do."""
    models = _models(target, client=client)
    if not target.model:
        if len(models) != 1:
            raise TargetError(
                f"{target.url} serves {len(models)} models",
                hint=f"say which with --model: {', '.join(models)}",
            )
        return replace(target, model=models[0])
    if models and target.model not in models:
        raise TargetError(
            f"{target.url} does not serve {target.model!r}", hint=f"it serves {', '.join(models)}"
        )
    return target


def ask(target: Target, *, client: httpx.Client, messages: list[dict[str, str]]) -> Mapping[str, Any]:
    """One short chat answer. Raises TargetError when the server does not give one."""
    body = {"model": target.model, "messages": messages, "max_tokens": 1, "temperature": 0.0}
    answer = _request(target, client=client, method="POST", path="/v1/chat/completions", body=body)
    if "choices" not in answer:
        raise TargetError(
            f"{target.url}/v1/chat/completions answers, but not with a chat completion",
            hint="give the URL of a server of OpenAI's API",
        )
    return answer


def _models(target: Target, *, client: httpx.Client) -> list[str]:
    listing = _request(target, client=client, method="GET", path="/v1/models", body=None)
    return [str(model["id"]) for model in listing.get("data") or () if "id" in model]


def _request(
    target: Target, *, client: httpx.Client, method: str, path: str, body: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    try:
        reply = client.request(method, path, json=body)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as problem:
        raise TargetError(
            f"{target.url!r} is no URL: {problem}", hint="it begins with http:// or https://"
        ) from None
    except httpx.HTTPError as problem:
        raise TargetError(
            f"{target.url} cannot be reached: {problem or type(problem).__name__}",
            hint=_TRUST if "CERTIFICATE_VERIFY" in str(problem) else _REACH,
        ) from None
    data = _json(reply)
    if reply.status_code in {401, 403}:
        raise TargetError(f"{target.url} does not accept the API key", hint="give --api-key-file FILE")
    if reply.status_code != 200 or not isinstance(data, dict):
        said = message_of(data.get("error") or data) if isinstance(data, dict) else ""
        raise TargetError(f"{target.url}{path} answers {reply.status_code}" + (f": {said}" if said else ""))
    return data


def _json(reply: httpx.Response) -> object:
    try:
        return reply.json()
    except ValueError:
        return None
