"""The process: signals, exit codes, a taken port, and answers that are the same in every process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.simulator.running import CHAT, MODEL, body, simulator


def test_sigterm_ends_an_idle_server_with_0(tmp_path: Path) -> None:
    with simulator(log=tmp_path / "log") as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0


def test_sigint_ends_the_server_with_130_after_the_running_stream(tmp_path: Path) -> None:
    with (
        simulator("--sim-decode-seconds", "0.005", log=tmp_path / "log") as server,
        httpx.stream("POST", f"{server.url}{CHAT}", json=body(100, stream=True)) as answer,
    ):
        lines = answer.iter_lines()
        next(lines)
        server.process.send_signal(signal.SIGINT)
        assert list(lines)[-2] == "data: [DONE]"
        assert server.process.wait(timeout=10) == 130


def test_sigterm_while_loading_has_its_default_effect(tmp_path: Path) -> None:
    with simulator("--sim-startup-seconds", "60", log=tmp_path / "log", wait="") as server:
        while "Load weight begin" not in server.log.read_text():
            assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == -signal.SIGTERM


def test_a_taken_port_ends_the_start_with_1(tmp_path: Path) -> None:
    with simulator(log=tmp_path / "log") as server:
        port = server.url.rpartition(":")[2]
        argv = (
            sys.executable,
            "-m",
            "simulator",
            "serve",
            MODEL,
            "--port",
            port,
            "--sim-startup-seconds",
            "0",
        )
        second = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1] == f"error: port {port} of 127.0.0.1 is taken"


def test_memory_that_holds_no_request_ends_the_start_with_1() -> None:
    argv = (
        sys.executable,
        "-m",
        "simulator",
        "serve",
        MODEL,
        "--max-total-tokens",
        "10",
        "--page-size",
        "64",
    )
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (1, "error: 10 tokens of KV in pages of 64 hold no request\n")


@pytest.mark.parametrize("seed", ["0", "7"])
def test_equal_seeds_give_equal_answers_in_every_process(tmp_path: Path, seed: str) -> None:
    texts = []
    for name in ("one", "two"):
        with simulator("--sim-seed", seed, log=tmp_path / name) as server:
            texts.append(server.chat(tokens=20).json()["choices"][0]["message"]["content"])
    assert texts[0] == texts[1]


def test_keys_are_neither_logged_nor_told(tmp_path: Path) -> None:
    config = tmp_path / "secrets.yaml"
    config.write_text("api-key: do-not-tell\nadmin-api-key: nor-this\n")
    with simulator("--config", str(config), log=tmp_path / "log", wait="/health") as server:
        headers = {"authorization": "Bearer do-not-tell"}
        info = httpx.get(f"{server.url}/server_info", headers=headers)
        assert info.json()["api_key"] == info.json()["admin_api_key"] == "<redacted>"
        assert "do-not-tell" not in info.text + server.log.read_text()
        argv = Path(f"/proc/{server.process.pid}/cmdline").read_text()
        assert "do-not-tell" not in argv


def test_a_defect_of_the_engine_ends_the_server_and_is_in_the_log() -> None:
    broken = "import sys; from simulator.scheduler import Scheduler; Scheduler.next_step = lambda *_, **__: 1 / 0; "
    start = "from simulator.__main__ import main; sys.exit(main())"
    flags = ("--port", str(free_port()), "--sim-startup-seconds", "0")
    done = subprocess.run(
        [sys.executable, "-c", broken + start, "serve", "sim", *flags],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "Scheduler hit an exception: Traceback" in done.stdout
    assert "ZeroDivisionError" in done.stdout
