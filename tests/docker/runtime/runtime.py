#!/usr/bin/python3
"""OCI runtime: runc, with limits lowered to what this machine can give and simulated GPUs.

Called for every container by dockerd; as `nvidia-container-runtime` (a link) for services with `runtime: nvidia`.
Into a container that reserves GPUs it binds an `nvidia-smi` that knows exactly those. What a container asked for goes
to a log, one JSON object a line.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

SETTINGS = json.loads((HERE / "settings.json").read_text())
HOOK = HERE / "hook" / "nvidia-container-runtime-hook"


def main(arguments: list[str]) -> None:
    """Edit the bundle where a container or a process in one is made, then become runc."""
    if "create" in arguments:
        edit_container(Path(value_of("--bundle", arguments), "config.json"), identity=arguments[-1])
    elif "exec" in arguments:
        edit_process(Path(value_of("--process", arguments)))
    os.execv(SETTINGS["runc"], [SETTINGS["runc"], *arguments])


def value_of(option: str, arguments: list[str]) -> str:
    """The argument after `option`."""
    return arguments[arguments.index(option) + 1]


def edit_process(path: Path) -> None:
    """Lower the limits of a further process in a container."""
    from process import clamp

    process = json.loads(path.read_text())
    if clamp(process):
        path.write_text(json.dumps(process))


def edit_container(path: Path, *, identity: str) -> None:
    """Lower limits, give GPUs, and note both."""
    from process import clamp

    config = json.loads(path.read_text())
    note = {"id": identity, "lowered": clamp(config["process"]), "gpus": give_gpus(config, bundle=path.parent)}
    path.write_text(json.dumps(config))
    with Path(SETTINGS["log"]).open("a") as log:
        log.write(json.dumps(note) + "\n")


def give_gpus(config: dict[str, Any], *, bundle: Path) -> dict[str, Any] | None:
    """What was asked for and given, None for a container without GPUs."""
    from gpus import UnknownDeviceError, resolve, uuid
    from process import environment_of

    environment = environment_of(config["process"])
    asked = environment.get("NVIDIA_VISIBLE_DEVICES", "")
    hooks = config.setdefault("hooks", {}).setdefault("prestart", [])
    if Path(sys.argv[0]).name == "nvidia-container-runtime" and asked:
        hooks.append({"path": str(HOOK), "args": [HOOK.name, "prestart"]})
    if not any(Path(hook["path"]).name == HOOK.name for hook in hooks):
        return None
    try:
        given = resolve(asked)
    except UnknownDeviceError:
        given = ()  # the hook refuses, in the toolkit's words
    bind_nvidia_smi(config, given=given, bundle=bundle)
    capabilities = environment.get("NVIDIA_DRIVER_CAPABILITIES", "")
    return {"asked": asked, "given": [uuid(index) for index in given], "capabilities": capabilities}


def bind_nvidia_smi(config: dict[str, Any], *, given: tuple[int, ...], bundle: Path) -> None:
    """Put an `nvidia-smi` into the container whose table holds the GPUs it was given, numbered from 0."""
    from gpus import DRIVER, GPU_MEMORY_MIB, GPU_NAME, uuid

    rows = "\n".join(f"{uuid(index)},{GPU_NAME},{GPU_MEMORY_MIB},{DRIVER}" for index in given)
    script = bundle / "nvidia-smi"
    script.write_text((HERE / "nvidia-smi").read_text().replace("@GPUS@", rows))
    script.chmod(0o755)
    bind = {"type": "bind", "source": str(script), "options": ["bind", "ro"]}
    config["mounts"].append({"destination": "/usr/bin/nvidia-smi", **bind})


if __name__ == "__main__":
    main(sys.argv[1:])
