"""What is known of a failure: its text in a log or an error, or an exit code -> the cause and the remedy.

The tables are searched from the top, the specific before the general, because a log that ends in "exit 1" often
holds the reason a hundred lines above.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.runtime.fingerprints import docker, gpu, model, service
from generator.runtime.fingerprints.fingerprint import Fingerprint


@dataclass(frozen=True)
class Cause:
    """Why a service failed, and what to do about it."""

    cause: str
    remedy: str


FINGERPRINTS: tuple[Fingerprint, ...] = (
    *docker.FINGERPRINTS,
    *gpu.FINGERPRINTS,
    *model.FINGERPRINTS,
    *service.FINGERPRINTS,
)
BY_EXIT_CODE = {
    125: Cause("Docker could not start the container", "see the error above"),
    126: Cause("its command can't be executed", "check the image: its entrypoint is not executable"),
    127: Cause("its command does not exist in the image", "check the image: it is not the one meant"),
    137: Cause(
        "it was killed, most likely for want of memory",
        "see `dmesg | grep -i oom`; give the machine or the container more memory, or a smaller model",
    ),
    139: Cause("it crashed with a segmentation fault", "see the last lines of its log"),
}


def diagnose(text: str, *, exit_code: int | None = None) -> Cause | None:
    """The known cause in a log tail or an error text, else that of the exit code, else None."""
    for known in FINGERPRINTS:
        found = known.pattern.search(text)
        if found:
            named = next((group for group in found.groups() if group), "")
            return Cause(known.cause.format(named.strip()), known.remedy)
    return BY_EXIT_CODE.get(exit_code) if exit_code is not None else None
