"""Stand-in for the nvidia container toolkit's prestart hook.

The engine offers GPUs exactly when a program of the toolkit's name is in its PATH, and has it run in each container
that reserves some, with the container's state on standard input. Like the real one it refuses a GPU that is not
there, in the same words.
"""

import json
import sys
from pathlib import Path
from typing import Any

import gpus


def visible_devices(config: dict[str, Any]) -> str:
    """NVIDIA_VISIBLE_DEVICES of an OCI configuration, "" where it is not set."""
    entries = (entry.partition("=") for entry in config["process"].get("env") or ())
    return next((value for name, _, value in entries if name == "NVIDIA_VISIBLE_DEVICES"), "")


def main() -> None:
    """Check what the container asks for."""
    bundle = Path(json.load(sys.stdin)["bundle"])
    try:
        gpus.granted(visible_devices(json.loads((bundle / "config.json").read_text())))
    except gpus.UnknownDevice as device:
        sys.exit(
            f"Auto-detected mode as 'legacy'\nnvidia-container-cli: device error: {device}: unknown device"
        )


if __name__ == "__main__":
    main()
