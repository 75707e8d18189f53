"""Known failures: fingerprints in a log, an error text or an exit code -> the cause and the remedy.

A table, searched from the top: the specific before the general, because a log that ends in "exit 1" often
holds the reason a hundred lines above. Texts are those of Docker Engine 26 and 28, Compose 2.26 and 2.40,
SGLang 0.5.23, PyTorch, NCCL, huggingface_hub and NGINX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """Why a service failed, and what to do about it."""

    cause: str
    remedy: str


@dataclass(frozen=True)
class Fingerprint:
    """`pattern` may have one group; it replaces `{}` in the cause."""

    pattern: re.Pattern[str]
    cause: str
    remedy: str


def _known(pattern: str, cause: str, remedy: str) -> Fingerprint:
    return Fingerprint(re.compile(pattern, re.IGNORECASE), cause, remedy)


FINGERPRINTS: tuple[Fingerprint, ...] = (
    # Docker: engine, images, ports, devices, networks
    _known(
        r"permission denied while trying to connect to the docker daemon",
        "this user may not talk to the Docker engine",
        "add the user to the group docker and log in again, or run with sudo",
    ),
    _known(
        r"cannot connect to the docker daemon|is the docker daemon running",
        "no Docker engine answers",
        "start it (systemctl start docker), or point DOCKER_HOST at the one you mean",
    ),
    _known(
        r"manifest unknown|manifest for .* not found|failed to resolve reference .*: not found",
        "the image does not exist in its registry",
        "correct the tag; `sglbox doctor` names the nearest that exist",
    ),
    _known(
        r"pull access denied|requested access to the resource is denied|authentication required",
        "the registry refuses the image",
        "check the image's name, or `docker login` to its registry",
    ),
    _known(
        r"lookup \S+.*: no such host|server misbehaving|(?:dial tcp|Get \"https?://[^\"]+\").*"
        r"(?:i/o timeout|connection refused|network is unreachable)",
        "the registry can't be reached",
        "check the network and the proxy of the Docker engine, or `docker load` the image from a file",
    ),
    _known(
        r"exec format error|no matching manifest for",
        "the image is made for another CPU architecture",
        "choose an image for this machine's architecture",
    ),
    _known(
        r"no space left on device",
        "a disk is full",
        "see `df -h` and `docker system df`; `docker system prune` frees what nothing uses",
    ),
    _known(
        r"could not select device driver|unknown or invalid runtime name: nvidia",
        "Docker can't hand out GPUs: the NVIDIA Container Toolkit is not set up",
        "install nvidia-container-toolkit, run `nvidia-ctk runtime configure --runtime=docker`, restart Docker",
    ),
    _known(
        r"nvidia-container-cli: device error: (\S+?): unknown device|unresolvable CDI devices (\S+)",
        "this host has no GPU {}",
        "compare the spec's gpus with `sglbox gpus`",
    ),
    _known(
        r"port is already allocated|ports are not available|failed to bind host port|"
        r"listen tcp4? \S+: bind: address already in use",
        "another program holds the published port",
        "see who with `ss -ltnp`; end it, or change the port in deployment.yaml",
    ),
    _known(
        r"pool overlaps with other one on this address space",
        "another Docker network uses the subnet",
        "remove it (`docker network prune`), or run `sglbox plan` again to get a free one",
    ),
    _known(
        r"bind source path does not exist: (\S+)",
        "{} does not exist on this host",
        "correct the path in deployment.yaml",
    ),
    # GPU: driver, memory, communication
    _known(
        r"unsatisfied condition: cuda|driver (?:version )?is insufficient|driver on your system is too old|"
        r"forward compatibility was attempted",
        "the NVIDIA driver is too old for the image's CUDA",
        "update the driver (`sglbox doctor` says to which), or choose an image with an older CUDA",
    ),
    _known(
        r"no kernel image is available for execution on the device",
        "the image has no kernels for this GPU's architecture",
        "choose an image built for this GPU",
    ),
    _known(
        r"failed to initialize nvml|nvml: unknown error|no cuda gpus are available|"
        r"no cuda-capable device is detected",
        "the container lost its GPU, or never got one",
        "run `sglbox doctor`; after a driver update or `systemctl daemon-reload`, recreate the container",
    ),
    _known(
        r"not enough memory\. please try to increase --mem-fraction-static",
        "the weights leave no GPU memory for the KV cache",
        "give the replica more GPUs, quantize the model, or raise mem_fraction_static",
    ),
    _known(
        r"cuda out of memory|outofmemoryerror|cuda error: out of memory",
        "GPU memory is exhausted",
        "see `nvidia-smi` for other users of the GPU; lower mem_fraction_static, or give the replica more GPUs",
    ),
    _known(
        r"bus error|error while creating shared memory segment|ncclsystemerror|nccl.*unhandled system error",
        "shared memory between the replica's processes failed, mostly because /dev/shm is too small",
        "raise the replica's shm_size",
    ),
    _known(
        r"nccl error|ncclinternalerror|ncclremoteerror",
        "the replica's GPUs could not talk to each other",
        "look for `NCCL WARN` in the log; check the topology with `nvidia-smi topo -m`",
    ),
    # The model: hub, token, files
    _known(
        r"gatedrepoerror|gated repo|access denied\. .*requires approval|access to model .* is restricted",
        "the model is gated and this token has no access to it",
        "accept its terms on the hub with the token's account, and give the token in the spec's token file",
    ),
    _known(
        r"invalid user token|invalid credentials in authorization header|user access token .*(?:expired|invalid)",
        "the hub does not accept the token",
        "make a new token and write it into the spec's token file",
    ),
    _known(
        r"revisionnotfounderror|revision (?:'[^']*' )?not found|invalid rev id",
        "the model has no such revision",
        "correct the revision in deployment.yaml",
    ),
    _known(
        r"repositorynotfounderror|repository not found|model '[^']*' not found|404 client error",
        "the hub has no such model, or hides it from this token",
        "check the handle's spelling; a private model needs a token",
    ),
    _known(
        r"401 client error|403 client error",
        "the hub refuses the download",
        "give a token with access to the model in the spec's token file",
    ),
    _known(
        r"localentrynotfounderror|local entry not found|offlinemodeisenabled|couldn't connect to 'https://|"
        r"temporary failure in name resolution|name or service not known",
        "the model hub can't be reached from here",
        "check the network and HF_ENDPOINT, or name a local checkpoint_path",
    ),
    _known(
        r"permission ?error.*?'([^']+)'|permission denied: '?([^'\n]+)",
        "no permission for {}",
        "make it readable for the container's user, see `ls -ln`",
    ),
    _known(
        r"does not appear to have a file named (\S+)|no such file or directory: '([^']*config\.json)'",
        "the model directory has no {}",
        "point checkpoint_path at a directory in Hugging Face format",
    ),
    _known(
        r"is not a local folder and is not a valid model identifier|hfvalidationerror|repo id must be",
        "the model path does not exist inside the container",
        "check checkpoint_path (or the handle) in deployment.yaml",
    ),
    _known(
        r"trust_remote_code=true",
        "the model brings its own code",
        "read that code, then allow it with --trust-remote-code in extra_args",
    ),
    _known(
        r"valueerror: .*context_length .* is greater than the derived",
        "the context length is more than the model was made for",
        "lower context_length",
    ),
    # Any service
    _known(
        r"\[FATAL tini [^\]]*\] exec (\S+) failed|exec: \"([^\"]+)\": executable file not found",
        "its command {} can't be run in the image",
        "check the image: it is not the one meant",
    ),
    _known(
        r"couldn't exec ([^\s:]+): E\w+",
        "its program {} can't be executed",
        "see whether it is there and may be executed, with `ls -l`",
    ),
    _known(
        r"unrecognized arguments: ([^\n]+)|ambiguous option: (\S+)|error: (argument [^\n]+)",
        "the server does not take {}",
        "correct extra_args; `sglbox validate` checks every flag against the pinned version",
    ),
    _known(
        r"\[emerg\] (?:\d+#\d+: )?([^\n]*address already in use[^\n]*)|(?:oserror|errno 98|error).*"
        r"address already in use",
        "its port is held by another program",
        "see who with `ss -ltnp`; end it, or change the port in deployment.yaml",
    ),
    _known(
        r"\[emerg\] (?:\d+#\d+: )?([^\n]+)",
        "NGINX refuses its configuration: {}",
        "this is the kit's file: run `sglbox validate` and report it",
    ),
    _known(
        r"error loading config[^\n]*err=\"?([^\n\"]+)",
        "Prometheus refuses its configuration: {}",
        "this is the kit's file: run `sglbox validate` and report it",
    ),
    _known(
        r"watchdog timeout",
        "the engine was stuck longer than its watchdog allows",
        "see the stack traces above it in the log",
    ),
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
