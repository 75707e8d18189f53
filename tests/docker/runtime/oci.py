"""An OCI runtime around runc: grants simulated GPUs, and lowers what this host may not grant to what it may.

A root without CAP_SYS_RESOURCE (a container, many a small VM) cannot raise a hard limit, so a container with
`memlock: -1` would not start although it is right on a real GPU server. What was asked for is written to a log, one
JSON object per container, so that a test can assert it.

    python oci.py RUNC LOG [runc's arguments...]
"""

import json
import os
import resource
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import gpus
import hook

CAP_SYS_RESOURCE = 24
NVIDIA_SMI = "/usr/bin/nvidia-smi"


def has_sys_resource() -> bool:
    """Whether this process could hand CAP_SYS_RESOURCE on."""
    status = Path("/proc/self/status").read_text()
    bounding = next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(bounding, 16) >> CAP_SYS_RESOURCE & 1)


def clamp(process: dict[str, Any]) -> None:
    """Lower the limits, the OOM score and the capabilities of an OCI process to what this host can give."""
    for limit in process.get("rlimits") or ():
        _, top = resource.getrlimit(getattr(resource, limit["type"]))
        if top != resource.RLIM_INFINITY:
            limit["hard"], limit["soft"] = min(limit["hard"], top), min(limit["soft"], top)
    process["oomScoreAdj"] = max(process.get("oomScoreAdj") or 0, 0)
    for kind, names in (process.get("capabilities") or {}).items():
        process["capabilities"][kind] = [name for name in names if name != "CAP_SYS_RESOURCE"]


def asked(container: str, config: dict[str, Any]) -> dict[str, Any]:
    """What a container's configuration asks of the host, in the words of the log."""
    process = config["process"]
    return {
        "container": container,
        "gpus": hook.visible_devices(config) if wants_gpus(config) else "",
        "rlimits": {limit["type"]: [limit["soft"], limit["hard"]] for limit in process.get("rlimits") or ()},
    }


def wants_gpus(config: dict[str, Any]) -> bool:
    """Whether the engine's `nvidia` device driver put its hook in."""
    hooks = (config.get("hooks") or {}).get("prestart") or ()
    return any(Path(entry["path"]).name.startswith("nvidia-container-runtime") for entry in hooks)


def grant(config: dict[str, Any], *, bundle: Path) -> None:
    """Put an `nvidia-smi` that lists the granted GPUs into the container, as the toolkit's hook does."""
    try:
        uuids = gpus.granted(hook.visible_devices(config))
    except gpus.UnknownDevice:
        return  # the hook refuses it, in the toolkit's words
    program = bundle / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{gpus.listing(uuids)}END\n")
    program.chmod(0o755)
    mount = {"destination": NVIDIA_SMI, "source": str(program), "type": "bind", "options": ["bind", "ro"]}
    config.setdefault("mounts", []).append(mount)


def prepare_container(bundle: Path, *, container: str, log: Path) -> None:
    """Rewrite a bundle's configuration before runc reads it."""
    file = bundle / "config.json"
    config = json.loads(file.read_text())
    with log.open("a") as lines:
        lines.write(json.dumps(asked(container, config)) + "\n")
    if wants_gpus(config):
        grant(config, bundle=bundle)
    if not has_sys_resource():
        clamp(config["process"])
    file.write_text(json.dumps(config))


def prepare_exec(file: Path) -> None:
    """Rewrite the process that `docker exec` starts."""
    process = json.loads(file.read_text())
    if not has_sys_resource():
        clamp(process)
        file.write_text(json.dumps(process))


def main(runc: str, log: str, arguments: list[str]) -> None:
    """Prepare what runc is about to read, then become runc."""
    named = dict(pairwise(arguments))
    if "create" in arguments and "--bundle" in named:
        prepare_container(Path(named["--bundle"]), container=arguments[-1], log=Path(log))
    elif "exec" in arguments and "--process" in named:
        prepare_exec(Path(named["--process"]))
    os.execv(runc, [runc, *arguments])  # noqa: S606 - no shell, which is the point


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
