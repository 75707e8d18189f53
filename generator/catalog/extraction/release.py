"""Where the source of a release comes from: its wheel, or the engine that is installed beside this interpreter."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

from generator.catalog.extraction.package import ExtractionError, Package


def fetched(version: str, *, folder: Path) -> Package:
    """Downloads the wheel with pip and unpacks its Python files below `folder`. Raises ExtractionError."""
    argv = (
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"sglang=={version}"),
    )
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise ExtractionError(f"pip has no wheel of sglang {version}:\n{done.stderr.strip()[-1000:]}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = [n for n in wheel.namelist() if n.startswith("sglang/") and n.endswith(".py")]
        wheel.extractall(folder, members=names)
    return Package(folder / "sglang")


def installed() -> tuple[Package, str]:
    """The engine and its version, found without importing it. Raises ExtractionError where there is none."""
    found = importlib.util.find_spec("sglang")
    if not found or not found.submodule_search_locations:
        raise ExtractionError(f"{sys.executable} has no sglang installed")
    return Package(Path(found.submodule_search_locations[0])), importlib.metadata.version("sglang")
