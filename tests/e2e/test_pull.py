"""An image that is missing must be pulled, and the operator told how far it is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docker.engine import Engine
from tests.e2e.conftest import Compose
from tests.e2e.registry import registry


def test_a_missing_image_is_pulled_with_progress(
    compose: Compose, checkpoint: Path, docker_engine: Engine
) -> None:
    deployment = compose("pull", engine="sglang-cpu", checkpoint_path=str(checkpoint), replicas=1)
    with registry(1_000, 20_000_000, 5_000_000) as address:
        image = f"{address}/sglang:v1"
        deployment.edit(image=image)
        output = deployment.run("up").stdout
    try:
        assert f"pull {image}: not on this host" in output
        assert re.search(rf"^{image}: pulling \(100 % of 25 MB\)$", output, re.MULTILINE)
        assert docker_engine.try_docker("image", "inspect", image).returncode == 0
        # There is nothing in it to run, which is as far as this image goes.
        assert "cause: its command sglang can't be run in the image" in output
    finally:
        docker_engine.try_docker("container", "rm", "--force", f"{deployment.spec['name']}-replica-0-1")
        docker_engine.try_docker("image", "rm", "--force", image)
