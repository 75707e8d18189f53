"""Each known failure must be recognised from what the tools really print, and nothing else must."""

from __future__ import annotations

import pytest

from generator.runtime.causes import FINGERPRINTS, diagnose

# Texts of Docker Engine 28.5 and Compose 2.40 were seen; those of engines without a GPU here are from their sources.
SEEN = [
    ("Error response from daemon: manifest unknown", "image does not exist"),
    ("manifest for lmsysorg/sglang:v9 not found: manifest unknown: manifest unknown", "image does not exist"),
    ("pull access denied for x/y, repository does not exist or may require 'docker login'", "refuses the image"),
    ("Error response from daemon: unauthorized: authentication required", "refuses the image"),
    ('Get "https://reg.invalid/v2/": dial tcp: lookup reg.invalid on 10.0.0.1:53: no such host', "registry can't"),
    ('Get "http://127.0.0.1:5/v2/": dial tcp 127.0.0.1:5: connect: connection refused', "registry can't"),
    ("exec /usr/bin/python: exec format error", "another CPU architecture"),
    ("write /var/lib/docker/tmp/x: no space left on device", "a disk is full"),
    ('could not select device driver "nvidia" with capabilities: [[gpu]]', "can't hand out GPUs"),
    ("nvidia-container-cli: device error: 9: unknown device", "no GPU 9"),
    ("failed to bind host port for 127.0.0.1:8080:172.18.0.2:80/tcp: address already in use", "published port"),
    ("Bind for 127.0.0.1:8080 failed: port is already allocated", "published port"),
    ("Pool overlaps with other one on this address space", "uses the subnet"),
    ("bind source path does not exist: /srv/model", "/srv/model does not exist on this host"),
    ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "no Docker engine answers"),
    ("permission denied while trying to connect to the Docker daemon socket", "may not talk to"),
    ("nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0", "driver is too old"),
    ("CUDA driver version is insufficient for CUDA runtime version", "driver is too old"),
    ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "GPU memory is exhausted"),
    ("RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.", "no GPU memory for the KV"),
    ("RuntimeError: CUDA error: no kernel image is available for execution on the device", "no kernels for this"),
    ("Failed to initialize NVML: Unknown Error", "lost its GPU"),
    ("torch.distributed.DistBackendError: NCCL error in: x, unhandled system error", "shared memory between"),
    ("huggingface_hub.errors.GatedRepoError: 403 Client Error.", "gated"),
    ("Error: Access denied. Model 'a/b' requires approval.", "gated"),
    ("Error: Model 'a/b' not found.", "no such model"),
    ("Error: Revision 'v9' not found.", "no such revision"),
    ("huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error.", "no such model"),
    ("HfHubHTTPError: 401 Client Error: Unauthorized for url: https://h/api\nInvalid user token.", "not accept the"),
    ("huggingface_hub.errors.LocalEntryNotFoundError: An error happened", "hub can't be reached"),
    ("PermissionError: [Errno 13] Permission denied: '/models/config.json'", "no permission for /models/config.json"),
    ("OSError: /models/m does not appear to have a file named config.json.", "has no config.json"),
    ("OSError: /models/m is not a local folder and is not a valid model identifier", "path does not exist inside"),
    ("sglang serve: error: unrecognized arguments: --log-file x", "does not take --log-file x"),
    ("error: argument --tp-size: invalid int value: 'two'", "does not take argument --tp-size"),
    ("error: ambiguous option: --pp could match --pp-size", "does not take --pp"),
    ("[Errno 98] error while attempting to bind on address ('127.0.0.1', 1): address already in use", "port is held"),
    ("nginx: [emerg] bind() to 127.0.0.1:80 failed (98: Address already in use)", "port is held"),
    ('nginx: [emerg] unknown directive "garbage" in nginx.conf:3', "refuses its configuration: unknown directive"),
    ('caller=main.go level=error msg="Error loading config" err="parsing YAML"', "Prometheus refuses its"),
    ("huggingface_hub.errors.RevisionNotFoundError: 404 Client Error.\nRevision Not Found for url", "no such revision"),
    ("Please pass the argument `trust_remote_code=True` to allow custom code to be run.", "its own code"),
    ("ValueError: Warning: User-specified context_length (9000) is greater than the derived context_length (4096).", "context length"),
    ("Scheduler watchdog timeout (self.watchdog_timeout=300, self.soft=False)", "stuck longer"),
    ("[FATAL tini (7)] exec sglang failed: No such file or directory", "command sglang can't be run"),
    ('exec: "nosuchcmd": executable file not found in $PATH', "command nosuchcmd can't be run"),
    ("supervisor: couldn't exec /opt/engine/bin/python: ENOENT", "/opt/engine/bin/python can't be executed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SEEN)
def test_a_known_failure_has_its_cause_and_a_remedy(text: str, expected: str) -> None:
    found = diagnose(f"first line\n{text}\nlast line")
    assert found is not None
    assert expected in found.cause
    assert found.remedy


def test_every_fingerprint_has_an_example() -> None:
    log = "\n".join(text for text, _ in SEEN)
    assert [known.cause for known in FINGERPRINTS if not known.pattern.search(log)] == []


@pytest.mark.parametrize(("code", "expected"), [(137, "killed"), (139, "segmentation"), (127, "command")])
def test_without_a_known_line_the_exit_code_may_tell(code: int, expected: str) -> None:
    found = diagnose("nothing of note", exit_code=code)
    assert found is not None
    assert expected in found.cause


@pytest.mark.parametrize("code", [None, 0, 1])
def test_an_unknown_failure_is_not_guessed_at(code: int | None) -> None:
    assert diagnose("Traceback: ValueError: 42", exit_code=code) is None


def test_the_log_tells_more_than_the_exit_code() -> None:
    found = diagnose("torch.OutOfMemoryError: CUDA out of memory.", exit_code=137)
    assert found is not None
    assert found.cause == "GPU memory is exhausted"
