"""The process of an OCI bundle: its environment, and what of its limits this machine can give.

A virtual machine's root may lack CAP_SYS_RESOURCE: nobody there may raise a hard limit, and a container that asks for
`ulimits: {memlock: -1}` dies in runc although the compose file is right. What cannot be given is lowered and noted.
"""

import resource
from pathlib import Path
from typing import Any

# Numbers of linux/capability.h, in order.
CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *("LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER"),
    *("SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"),
    *("MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"),
    "CHECKPOINT_RESTORE",
)


def environment_of(process: dict[str, Any]) -> dict[str, str]:
    """The environment of an OCI process, as a mapping."""
    pairs = (entry.partition("=") for entry in process.get("env", []))
    return {name: value for name, _, value in pairs}


def clamp(process: dict[str, Any]) -> dict[str, Any]:
    """Lower in place what cannot be given here; what was asked for, by name."""
    held = _held_capabilities()
    asked: dict[str, Any] = {}
    if "CAP_SYS_RESOURCE" not in held:
        asked |= _clamp_limits(process.get("rlimits") or [])
        if process.get("oomScoreAdj", 0) < 0:
            asked["oomScoreAdj"] = process["oomScoreAdj"]
            process["oomScoreAdj"] = 0
    for kind, wanted in (process.get("capabilities") or {}).items():
        process["capabilities"][kind] = [name for name in wanted or [] if name in held]
        if missing := sorted(set(wanted or []) - held):
            asked["capabilities"] = missing
    return asked


def _held_capabilities() -> set[str]:
    status = Path("/proc/self/status").read_text().splitlines()
    bits = next(int(line.split()[1], 16) for line in status if line.startswith("CapBnd"))
    return {f"CAP_{name}" for number, name in enumerate(CAPABILITIES) if bits >> number & 1}


def _clamp_limits(limits: list[dict[str, Any]]) -> dict[str, int]:
    asked = {}
    for limit in limits:
        _, most = resource.getrlimit(getattr(resource, limit["type"]))
        if most != resource.RLIM_INFINITY and limit["hard"] > most:
            asked[limit["type"]] = limit["hard"]
            limit["hard"] = most
            limit["soft"] = min(limit["soft"], most)
    return asked
