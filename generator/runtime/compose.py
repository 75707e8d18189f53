"""python-on-whales, wrapped once. The only module that imports it, and only when it is used.

Importing it costs a quarter of a second, so the imports are inside the functions. A failing command of the
library carries its stderr only when its output is streamed to the end; `run` does that.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from generator.errors import ToolError
from generator.runtime.causes import diagnose
from generator.runtime.compose_state import SERVICE, Inspection
from generator.runtime.failure import SEE_LOGS, plain, start_error
from generator.runtime.image_progress import build_failure

if TYPE_CHECKING:
    from python_on_whales import DockerClient as DockerClient  # noqa: PLC0414 - named by compose_runtime
    from python_on_whales import Image

PROJECT = "com.docker.compose.project"
ONE_OFF = "com.docker.compose.oneoff"
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def converted(verb: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The library's exceptions become the kit's here, and nowhere else."""

    @wraps(verb)
    def wrapper(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        from python_on_whales.exceptions import DockerException  # noqa: PLC0415

        try:
            return verb(*arguments, **named)
        except DockerException as error:
            raise _tool_error(error.docker_command, error.stderr or "") from error

    return wrapper


def client(project: str, *, files: Sequence[Path]) -> DockerClient:
    """The client of one project; with no file Compose goes by the project's labels. Raises ToolError."""
    from python_on_whales import DockerClient  # noqa: PLC0415

    if shutil.which("docker") is None:
        raise ToolError("the docker command is not installed", hint="run `sglbox setup --runtime compose`")
    return DockerClient(compose_files=list(files), compose_project_name=project, client_call=["docker"])


def can_read(docker: DockerClient) -> bool:
    """Whether Compose can make sense of the project's file."""
    command = [*map(str, docker.client_config.docker_compose_cmd), "config", "--quiet"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def containers(docker: DockerClient, *, project: str) -> dict[str, Inspection]:
    """Service -> what `docker inspect` says of its container.

    One call for all: the library asks again for every container, and `up` looks every second. What went away
    between list and inspect is left out.
    """
    found = docker.container.list(
        all=True, filters=[("label", f"{PROJECT}={project}"), ("label", f"{ONE_OFF}=False")]
    )
    if not found:
        return {}
    command = [*map(str, docker.client_config.docker_cmd), "container", "inspect"]
    result = subprocess.run(
        [*command, *(container.id for container in found)], capture_output=True, text=True, check=False
    )
    return {each["Config"]["Labels"][SERVICE]: each for each in json.loads(result.stdout)}


def lines(output: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    for _, line in output:
        yield plain(line.decode(errors="replace"))


def complaints(stderr: str) -> str:
    """What an error text says apart from the progress of what went well."""
    lines = plain(stderr).splitlines()
    return "\n".join([line for line in lines if "error" in line.lower()] or lines)


def build_complaints(stderr: str) -> str:
    """The same of BuildKit, with what the step that failed printed."""
    return build_failure(stderr) or complaints(stderr)


def run(
    output: Iterable[str],
    what: str,
    *,
    each: Callable[[str], None],
    told: Callable[[str], str] = complaints,
    hint: str = SEE_LOGS,
) -> None:
    """Consume a command's output to its end, or to its failure, of which `told` finds what matters."""
    from python_on_whales.exceptions import DockerException  # noqa: PLC0415

    try:
        for line in output:
            each(line)
    except DockerException as error:
        raise start_error(what, log=told(error.stderr or ""), hint=hint) from error


def _tool_error(command: Sequence[str], stderr: str) -> ToolError:
    known = diagnose(stderr)
    text = " ".join(map(str, command[:3]))
    return ToolError(
        "\n".join(
            filter(None, (f"`{text} ...` failed", f"cause: {known.cause}" if known else "", stderr.strip()))
        ),
        hint=known.remedy if known else "",
    )


def local_image(docker: DockerClient, name: str) -> Image | None:
    """The image of that name on this host."""
    from python_on_whales.exceptions import NoSuchImage  # noqa: PLC0415

    try:
        return docker.image.inspect(name)
    except NoSuchImage:
        return None


def refusal(docker: DockerClient, container: str, argv: Sequence[str]) -> str:
    """What a command inside the container says when it fails; "" when it succeeds."""
    from python_on_whales.exceptions import DockerException  # noqa: PLC0415

    try:
        docker.container.execute(container, argv)
    except DockerException as error:
        return "\n".join(filter(None, (error.stdout, error.stderr)))
    return ""
