"""compose.yaml -> what should run, with the hashes that Compose itself compares."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.errors import ToolError
from generator.plan.model import DeploymentPlan
from generator.runtime.compose_labels import expected
from generator.runtime.image_builds import is_built_here
from generator.runtime.wanted import Desired, Wanted, files_of, service_files, takes_files, unit_of


def desired_of(plan: DeploymentPlan, *, directory: Path, compose: Sequence[object]) -> Desired:
    """`compose` is the command line of the project's `docker compose`. Raises ToolError."""
    file = directory / "compose.yaml"
    definitions: Mapping[str, Any] = YAML(typ="safe", pure=True).load(file)["services"]
    digests = expected(hashes(compose, file=file), directory=directory)
    files = service_files(plan, directory=directory)
    services = [
        _wanted(plan, name, definition=definition, digest=digests[name], paths=tuple(files))
        for name, definition in definitions.items()
        if "profiles" not in definition  # started by hand, never by `up`
    ]
    return Desired(tuple(services), plan.networks, files)


def _wanted(
    plan: DeploymentPlan, name: str, *, definition: Mapping[str, Any], digest: str, paths: tuple[str, ...]
) -> Wanted:
    once = plan.prefetch is not None and name == plan.prefetch.name
    image = definition["image"]
    return Wanted(
        name,
        digest=digest,
        # How the image is made is no part of what runs; Compose's own hash leaves it out too.
        definition={key: value for key, value in definition.items() if key != "build"},
        files=files_of(plan, service=name, paths=paths),
        takes_files=takes_files(plan, service=name),
        runs="once" if once else "always",
        image=image,
        builds=is_built_here(plan, image),
        networks=tuple(definition.get("networks", ())),
        unit=unit_of(plan, service=name),
    )


def hashes(compose: Sequence[object], *, file: Path) -> dict[str, str]:
    """What python-on-whales lacks: service -> hash of its definition. Raises ToolError."""
    argv = [*map(str, compose), "config", "--hash", "*"]
    result = subprocess.run(argv, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ToolError(
            f"docker compose can't read {file}:\n{result.stderr.strip()}", hint="run `sglbox validate`"
        )
    return dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
