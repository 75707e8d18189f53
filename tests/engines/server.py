"""Run one real SGLang server on a free loopback port for the length of a block."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.engines.installation import SglangCpu
from tests.ports import free_port

# Why each: facts of 0.5.23 on CPU. The KV pool is otherwise sized from free memory (15 GB, a minute to start), and
# an idle scheduler otherwise spins one core.
FLAGS = (
    *("--served-model-name", "tiny-llama", "--device", "cpu", "--attention-backend", "torch_native"),
    *("--max-total-tokens", "65536", "--max-running-requests", "64", "--sleep-on-idle"),
    *("--enable-metrics", "--enable-cache-report"),
)
START_SECONDS = 180.0
END_SECONDS = 40.0


def argv(sglang: SglangCpu, *, port: int, flags: Sequence[str] = ()) -> tuple[str, ...]:
    """The command line of a server on 127.0.0.1:`port`."""
    launch = (str(sglang.python), "-m", "sglang.launch_server", "--model-path", str(sglang.model))
    return (*launch, "--host", "127.0.0.1", "--port", str(port), *FLAGS, *flags)


def environment() -> dict[str, str]:
    """What the server needs in its environment, on top of this process's own."""
    # One thread is faster than two for a model this small, and leaves the other core to the test.
    return {**os.environ, "SGLANG_USE_CPU_ENGINE": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


@contextmanager
def serving(sglang: SglangCpu, *, log: Path, flags: Sequence[str] = ()) -> Iterator[str]:
    """Base URL of a server that is ready; it is ended with the block. Its output goes to `log`."""
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            argv(sglang, port=port, flags=flags), env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url=url, log=log)
        yield url
    finally:
        end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], *, url: str, log: Path) -> None:
    deadline, status = time.monotonic() + START_SECONDS, "no answer"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server exited with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            answer = httpx.get(f"{url}/ready", timeout=5)
        except httpx.TransportError as error:
            status = str(error)
        else:
            if answer.is_success:
                return
            status = str(answer.status_code)
        time.sleep(0.2)
    raise RuntimeError(
        f"the server was not ready after {START_SECONDS:.0f} s ({status}):\n{log.read_text()[-3000:]}"
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask, then insist. The real server looks for running requests every 5 s before it leaves."""
    process.terminate()
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # its children notice and leave by themselves
        process.wait()
