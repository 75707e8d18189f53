"""A registry, asked without credentials: does a manifest exist, and which tags does its repository have?

OCI Distribution Specification (https://github.com/opencontainers/distribution-spec/blob/main/spec.md) with the
token authentication that Docker Hub and the others use (https://distribution.github.io/distribution/spec/auth/token/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import httpx

from generator.doctor.reference import Reference

TIMEOUT = 8.0
"""Seconds for one answer."""

MOST_PAGES = 30
"""Pages of tags that are read at most; a registry gives up to a thousand tags a page."""

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)

PARAMETER = re.compile(r'(\w+)="([^"]*)"')

Existence = Literal["exists", "missing", "refused", "unreachable"]


@dataclass(frozen=True)
class Lookup:
    """`tags` of the repository are read only when the wanted one is missing. `reason` says why `unreachable`."""

    existence: Existence
    tags: tuple[str, ...] = ()
    reason: str = ""


def look_up(reference: Reference) -> Lookup:
    """Whether `reference` can be pulled by anybody; never raises."""
    try:
        with client(reference) as registry:
            return existence(registry, reference)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Lookup("unreachable", reason=str(error) or type(error).__name__)


@contextmanager
def client(reference: Reference) -> Iterator[httpx.Client]:
    """A client of the registry's API."""
    with httpx.Client(base_url=reference.url, timeout=TIMEOUT, follow_redirects=True) as registry:
        yield registry


def existence(registry: httpx.Client, reference: Reference) -> Lookup:
    """HEAD of a manifest does not count against Docker Hub's pull limit."""
    manifest = f"/v2/{reference.repository}/manifests/{reference.version}"
    answer = registry.head(manifest, headers={"Accept": MANIFESTS})
    if answer.status_code == 401:
        authorise(registry, challenge=answer.headers.get("WWW-Authenticate", ""))
        answer = registry.head(manifest, headers={"Accept": MANIFESTS})
    if answer.status_code == 404:
        return Lookup("missing", tags=tuple(tags(registry, repository=reference.repository)))
    if answer.status_code in {401, 403}:
        return Lookup("refused")
    answer.raise_for_status()
    return Lookup("exists")


def authorise(registry: httpx.Client, *, challenge: str) -> None:
    """Fetch the anonymous token that the registry's 401 asks for, and use it from now on."""
    scheme, _, rest = challenge.partition(" ")
    parameters = dict(PARAMETER.findall(rest))
    realm = parameters.pop("realm", "")
    if scheme.lower() != "bearer" or not realm:
        return
    answer = registry.get(realm, params=parameters)
    if answer.status_code == 200:
        body = answer.json()
        registry.headers["Authorization"] = f"Bearer {body.get('token') or body.get('access_token')}"


def tags(registry: httpx.Client, *, repository: str) -> Iterator[str]:
    """All tags of a repository, page by page; none where the registry does not list them."""
    url = f"/v2/{repository}/tags/list?n=1000"
    for _page in range(MOST_PAGES):
        answer = registry.get(url)
        if answer.status_code != 200:
            return
        yield from answer.json().get("tags") or ()
        url = answer.links.get("next", {}).get("url", "")
        if not url:
            return
