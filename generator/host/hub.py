"""A Hugging Face handle: can it be fetched with this token, and how large is it?

Asked through huggingface_hub, as the prefetch service will fetch it through huggingface_hub: the two agree on
what gated, missing and moved mean. Hubs other than the public one are found through HF_ENDPOINT.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx2 import HTTPError  # what huggingface_hub raises when there is no answer at all
from huggingface_hub import HfApi, errors
from huggingface_hub.utils.tqdm import disable_progress_bars

from generator.facts import HandleFacts
from generator.host.checkpoint import CONFIG, QUANT_CONFIG, collect_architecture, weight_bytes
from generator.sizing.architecture import Architecture

TIMEOUT = 10.0
"""Seconds for one answer of the hub."""


def collect_handle(
    handle: str, *, revision: str = "", token_file: str = "", endpoint: str = ""
) -> HandleFacts:
    """Facts of `handle` at `revision`; never raises: what is wrong with it is `reason`.

    Only the token in `token_file` is used, never one of the operator's own login, because the prefetch
    service has no other.
    """
    token, reason = read_token(token_file)
    if reason:
        return HandleFacts(handle=handle, reason=reason)
    return ask_hub(
        handle, revision=revision, token=token, endpoint=endpoint or os.environ.get("HF_ENDPOINT", "")
    )


def read_token(token_file: str) -> tuple[str, str]:
    """(token, "") or ("", why it can't be read); no file is no token and no fault."""
    if not token_file:
        return "", ""
    try:
        token = Path(token_file).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        return "", f"the token file {token_file} can't be read: {error.strerror}"
    return (token, "") if token else ("", f"the token file {token_file} is empty")


def ask_hub(handle: str, *, revision: str, token: str, endpoint: str) -> HandleFacts:
    """What the hub says about `handle`."""
    api = HfApi(endpoint=endpoint or None, token=token or False)
    try:
        return fetchable(api, handle, revision=revision)
    except errors.GatedRepoError:
        return HandleFacts(handle=handle, reason=gated(token))
    except errors.RevisionNotFoundError:
        return HandleFacts(handle=handle, reason=f"has no revision {revision!r}")
    except errors.RepositoryNotFoundError:
        return HandleFacts(handle=handle, reason=not_found(token))
    except errors.HFValidationError:
        return HandleFacts(handle=handle, reason="is not a handle: expected ORGANISATION/NAME")
    except errors.OfflineModeIsEnabled:
        return HandleFacts(
            handle=handle, answered=False, reason="the hub is not asked: HF_HUB_OFFLINE is set"
        )
    except errors.HfHubHTTPError as error:
        return refused(handle, error.response.status_code)
    except (HTTPError, OSError, ValueError) as error:
        reason = f"the hub at {api.endpoint} can't be reached: {error}"
        return HandleFacts(handle=handle, answered=False, reason=reason)


def fetchable(api: HfApi, handle: str, *, revision: str) -> HandleFacts:
    """Size of a repository that can be fetched; the library's errors where it can't."""
    info = api.model_info(handle, revision=revision or None, files_metadata=True, timeout=TIMEOUT)
    if info.gated:
        # The listing of a gated repository is public; only its files are not.
        api.auth_check(handle)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    weights = weight_bytes(sizes)
    return HandleFacts(
        handle=handle,
        bytes=weights,
        reason="" if weights else "has no weights that SGLang loads",
        download_bytes=sum(sizes.values()),
        architecture=fetch_architecture(
            api, handle, [name for name in (CONFIG, QUANT_CONFIG) if name in sizes], revision=revision
        ),
    )


def fetch_architecture(
    api: HfApi, handle: str, files: Sequence[str], *, revision: str
) -> Architecture | None:
    """What these files say, a few kilobytes. A hub that lists them and does not give them costs the plan a guess only."""
    disable_progress_bars()
    try:
        with TemporaryDirectory() as folder:
            for name in files:
                api.hf_hub_download(
                    handle, name, revision=revision or None, local_dir=folder, etag_timeout=TIMEOUT
                )
            return collect_architecture(Path(folder))
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, HTTPError, OSError, ValueError):
        return None


def gated(token: str) -> str:
    """The two ways of not being let in differ in the remedy."""
    if token:
        return "is gated: the token's account has no access; ask for it on the model's page"
    return "is gated: it needs a token of an account with access"


def not_found(token: str) -> str:
    """The hub answers the same for what is private and what is not there."""
    return (
        "was not found on the hub" if token else "was not found on the hub, or is private and needs a token"
    )


def refused(handle: str, status: int) -> HandleFacts:
    """A status that says nothing about the model itself."""
    if status == 401:
        return HandleFacts(handle=handle, reason="the hub refused the token (401)")
    return HandleFacts(handle=handle, answered=False, reason=f"the hub answered {status}")
