"""What Docker says: engine, images, ports, devices, networks (Engine 26 and 28, Compose 2.26 and 2.40)."""

from __future__ import annotations

from generator.runtime.fingerprints.fingerprint import Fingerprint, known

FINGERPRINTS: tuple[Fingerprint, ...] = (
    known(
        r"permission denied while trying to connect to the docker daemon",
        "this user may not talk to the Docker engine",
        "add the user to the group docker and log in again, or run with sudo",
    ),
    known(
        r"cannot connect to the docker daemon|is the docker daemon running",
        "no Docker engine answers",
        "start it (systemctl start docker), or point DOCKER_HOST at the one you mean",
    ),
    known(
        r"manifest unknown|manifest for .* not found|failed to resolve reference .*: not found",
        "the image does not exist in its registry",
        "correct the tag; `sglbox doctor` names the nearest that exist",
    ),
    known(
        r"pull access denied|requested access to the resource is denied|authentication required",
        "the registry refuses the image",
        "check the image's name, or `docker login` to its registry",
    ),
    known(
        r"lookup \S+.*: no such host|server misbehaving|(?:dial tcp|Get \"https?://[^\"]+\").*"
        r"(?:i/o timeout|connection refused|network is unreachable)",
        "the registry can't be reached",
        "check the network and the proxy of the Docker engine, or `docker load` the image from a file",
    ),
    known(
        r"exec format error|no matching manifest for",
        "the image is made for another CPU architecture",
        "choose an image for this machine's architecture",
    ),
    known(
        r"no space left on device",
        "a disk is full",
        "see `df -h` and `docker system df`; `docker system prune` frees what nothing uses",
    ),
    known(
        r"could not select device driver|unknown or invalid runtime name: nvidia",
        "Docker can't hand out GPUs: the NVIDIA Container Toolkit is not set up",
        "install nvidia-container-toolkit, run `nvidia-ctk runtime configure --runtime=docker`, restart Docker",
    ),
    known(
        r"nvidia-container-cli: device error: (\S+?): unknown device|unresolvable CDI devices (\S+)",
        "this host has no GPU {}",
        "compare the spec's gpus with `sglbox gpus`",
    ),
    known(
        r"port is already allocated|ports are not available|failed to bind host port|"
        r"listen tcp4? \S+: bind: address already in use",
        "another program holds the published port",
        "see who with `ss -ltnp`; end it, or change the port in deployment.yaml",
    ),
    known(
        r"pool overlaps with other one on this address space",
        "another Docker network uses the subnet",
        "remove it (`docker network prune`), or run `sglbox plan` again to get a free one",
    ),
    known(
        r"bind source path does not exist: (\S+)",
        "{} does not exist on this host",
        "correct the path in deployment.yaml",
    ),
)
