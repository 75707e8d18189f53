"""A sweep by the real command: every load once, prompts of its own for each, one report at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loadtest.record import load_run
from loadtest.sweep.record import SWEEP_FILE, load_sweep
from tests.eventually import eventually
from tests.loadtest.chat_server import Manners, chat_server
from tests.loadtest.command import OPEN, ROOT


def sweep(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with started(folder, *options) as process:
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def started(folder: Path, *options: str) -> subprocess.Popen[str]:
    (folder / "mine.yaml").write_text(OPEN.replace("duration: 2", "duration: 1"))
    argv = [sys.executable, "-m", "loadtest", "sweep", "--profile", "mine.yaml", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        argv, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_sweep_runs_every_load_with_prompts_of_its_own(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        done = sweep(tmp_path, f"--url=http://127.0.0.1:{server.port}", "--rate=5,10", "--seed=7")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = tmp_path.glob("build/loadtest/*-sweep-mine")
    record = load_sweep(folder)
    assert [(step.load, step.setting) for step in record.steps] == [(5.0, ""), (10.0, "")]
    runs = [load_run(folder / step.folder) for step in record.steps]
    assert [run.seed for run, _ in runs] == [7, 8]
    assert [len(requests) for _, requests in runs] == [5, 10]
    assert (folder / "report.html").is_file()
    assert f"report: {folder.relative_to(tmp_path)}" in done.stdout


def test_a_server_that_goes_away_ends_a_sweep_with_what_was_measured(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        process = started(tmp_path, f"--url=http://127.0.0.1:{server.port}", "--rate=5,6,7")
        eventually(lambda: any(tmp_path.glob(f"build/loadtest/*/{SWEEP_FILE}")), "no load was run")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 5, output + errors
    assert "cannot be reached" in errors
    (folder,) = tmp_path.glob("build/loadtest/*-sweep-mine")
    assert load_sweep(folder).steps[0].load == 5.0
    assert f"report: {folder.relative_to(tmp_path)}" in output
    assert (folder / "report.html").is_file()


def test_loads_that_are_none_are_told(tmp_path: Path) -> None:
    for options in (["--rate=fast"], ["--rate=1", "--users=1"], []):
        done = sweep(tmp_path, "--url=http://127.0.0.1:9", *options)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "error: " in done.stderr


def test_varied_settings_need_a_spec(tmp_path: Path) -> None:
    done = sweep(tmp_path, "--url=http://127.0.0.1:9", "--rate=1", "--vary=max_running_requests=1,2")
    assert done.returncode == 2
    assert "--vary needs --spec" in done.stderr
