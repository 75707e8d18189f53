"""Install the real SGLang server on CPU into the test cache, and make the tiny model it serves.

No CPU build of the engine is published, so the ordinary wheel is installed beside a CPU torch, with the few files of
`overlay/` in place of what only exists for CUDA. Called by the `sglang_cpu` fixture; `python -m tests.engines`
does the same by hand. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cache import announce, cache_root, content_hash, exclusive, is_stamped, write_stamp

HERE = Path(__file__).parent
TORCH, ENGINE = HERE / "requirements" / "torch.txt", HERE / "requirements" / "engine.txt"
OVERLAY, TINY_MODEL = HERE / "overlay", HERE / "tiny_model.py"


class InstallationError(RuntimeError):
    """A step of the installation failed."""


@dataclass(frozen=True)
class SglangCpu:
    """An interpreter that has the engine (`python -m sglang.launch_server`), and a model directory."""

    python: Path
    model: Path


def ensure() -> SglangCpu:
    """The engine and the model, built where missing; either can be given by the environment instead.

    `SGLBOX_TEST_SGLANG_PYTHON` names an interpreter, `SGLBOX_TEST_TINY_MODEL` a model directory.
    Raises `InstallationError` with the last lines of the failing step; the next call goes on from there.
    """
    given_python = os.environ.get("SGLBOX_TEST_SGLANG_PYTHON")
    python = Path(given_python) if given_python else _ensure_engine()
    given_model = os.environ.get("SGLBOX_TEST_TINY_MODEL")
    model = Path(given_model) if given_model else _ensure_model(python)
    return SglangCpu(python=python, model=model)


def _ensure_engine() -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    digest = content_hash([TORCH, ENGINE, OVERLAY], also=[version])
    # Named by its inputs: a changed pin builds beside the old one, under which a server may be running.
    directory = cache_root() / f"sglang-cpu-{digest}"
    stamp, python = directory / "complete", directory / "bin" / "python"
    with exclusive(directory.with_suffix(".lock")):
        if not is_stamped(stamp, digest=digest):
            announce(
                f"installing the SGLang server for CPU (about 1.6 GB) into {directory}: tests talk to the real engine"
            )
            _install(directory, python=python, site_packages=directory / "lib" / version / "site-packages")
            write_stamp(stamp, digest=digest)
    return python


def _install(directory: Path, *, python: Path, site_packages: Path) -> None:
    _run(sys.executable, "-m", "venv", str(directory))
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "--requirement", str(TORCH), "--constraint", str(ENGINE))
    _run(*pip, "--no-deps", "--requirement", str(ENGINE))
    for stand_in in sorted(OVERLAY.iterdir()):
        if stand_in.name == "triton" and (site_packages / "triton").exists():
            continue  # a CUDA build of torch brought the real one
        shutil.copytree(
            stand_in,
            site_packages / stand_in.name,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )


def _ensure_model(python: Path) -> Path:
    digest = content_hash([TINY_MODEL, ENGINE])
    directory = cache_root() / f"tiny-model-{digest}"
    with exclusive(directory.with_suffix(".lock")):
        if not is_stamped(directory / "complete", digest=digest):
            announce(
                f"making a tiny random-weight model in {directory}: the real engine needs something to serve"
            )
            _run(str(python), str(TINY_MODEL), str(directory))
            write_stamp(directory / "complete", digest=digest)
    return directory


def _run(*argv: str) -> None:
    # Not this process's own paths and site settings: the engine's environment is a different one.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        argv, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise InstallationError(f"{' '.join(argv)} exited with {done.returncode}:\n{done.stdout[-3000:]}")
