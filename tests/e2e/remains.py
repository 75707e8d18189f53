"""What a Compose project has on its engine."""

from __future__ import annotations

from tests.docker.engine import Engine


def containers(engine: Engine, project: str) -> dict[str, str]:
    """Service -> container id, of everything the project has."""
    form = '{{.Label "com.docker.compose.service"}} {{.ID}}'
    listing = engine.docker(
        "ps", "-a", "--format", form, "--filter", f"label=com.docker.compose.project={project}"
    )
    return dict(line.split() for line in listing.splitlines())


def left(engine: Engine, project: str, kind: str) -> list[str]:
    """Names of the project's networks or volumes."""
    return engine.docker(kind, "ls", "--format", "{{.Name}}", "--filter", f"name={project}").splitlines()
