#!/usr/bin/python3
"""Simulated prestart hook of the nvidia container toolkit.

dockerd offers GPUs exactly when a program of the toolkit's name is in its PATH, and has it run in each container
that reserves some, with the container's state on standard input. Like the real one it refuses a GPU that is not
there, in the same words.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from gpus import UnknownDeviceError, resolve
from process import environment_of


def main() -> None:
    """Check what the container asks for."""
    bundle = json.load(sys.stdin)["bundle"]
    process = json.loads(Path(bundle, "config.json").read_text())["process"]
    try:
        resolve(environment_of(process).get("NVIDIA_VISIBLE_DEVICES", ""))
    except UnknownDeviceError as error:
        sys.exit(f"Auto-detected mode as 'legacy'\nnvidia-container-cli: device error: {error}: unknown device")


if __name__ == "__main__":
    main()
