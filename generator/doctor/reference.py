"""Image references: `[host[:port]/]repository[:tag][@digest]`, with Docker's defaults.

https://github.com/distribution/reference/blob/main/normalize.go
"""

from __future__ import annotations

from dataclasses import dataclass

DOCKER_HUB = "docker.io"
DOCKER_HUB_API = "registry-1.docker.io"


@dataclass(frozen=True)
class Reference:
    """Which manifest, in which repository, of which registry. `version` is a tag or a digest."""

    registry: str
    repository: str
    version: str

    @property
    def url(self) -> str:
        """Where the registry's API is. Docker speaks plain HTTP to a registry on loopback, so do we."""
        host = DOCKER_HUB_API if self.registry == DOCKER_HUB else self.registry
        scheme = "http" if host.partition(":")[0] in {"localhost", "127.0.0.1"} else "https"
        return f"{scheme}://{host}"


def parse_reference(image: str) -> Reference:
    """A name without a registry is Docker Hub's, one without an organisation is official there."""
    name, _, digest = image.partition("@")
    first, slash, rest = name.partition("/")
    has_registry = slash and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else (DOCKER_HUB, name)
    repository, _, tag = path.partition(":")
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(registry, repository, digest or tag or "latest")
