"""Figures of the generator: `make bench-generator`.

Whole-process wall time of import + plan + render of eight replicas, and the render alone, each the median of
several runs. Absolute times depend on the machine; the targets were set for two cores of a small server.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.result import Figure, report
from generator.facts import DockerFacts, Gpu, HostFacts
from generator.host.record import write_facts
from generator.planner import plan_deployment
from generator.render import render
from generator.sizing.architecture import Architecture
from generator.sizing.fit import Demand
from generator.sizing.links import fabric
from generator.sizing.search import search
from generator.spec import load_spec_text

ARCHITECTURE = Architecture(
    "LlamaForCausalLM",
    layers=80,
    hidden=8192,
    heads=64,
    kv_heads=8,
    head_dim=128,
    vocabulary=128256,
    intermediate=28672,
    context=131072,
)
SPEC = "name: bench\nhf_model_handle: Qwen/Qwen2.5-7B-Instruct\nreplicas: 8\n"
FACTS = HostFacts(
    gpus=tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(8)),
    docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True),
)
RUNS = 11


def median_seconds(action: Callable[[], object]) -> float:
    """Of RUNS runs after one warm-up."""
    action()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def whole_process() -> float:
    """`sglbox render` of eight replicas into an empty folder, as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "deployment.yaml").write_text(SPEC, encoding="utf-8")
        write_facts(FACTS, place / "facts.json")
        command = [sys.executable, "-m", "generator", "render", "--spec", str(place / "deployment.yaml")]
        command += ["--facts", str(place / "facts.json"), "--build", str(place / "build")]
        return median_seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def render_alone() -> float:
    """Plan in hand, files in memory; the templates are compiled already."""
    plan = plan_deployment(load_spec_text(SPEC, source="bench").spec, FACTS)
    return median_seconds(lambda: render(plan))


def layouts_alone() -> float:
    """All layouts of a 70B model on eight GPUs."""
    demand = Demand(ARCHITECTURE, context=ARCHITECTURE.context)
    among = fabric(FACTS.gpu_links)
    return median_seconds(lambda: search(demand, FACTS.gpus, among))


def up_of_the_embedded_default() -> float:
    """`sglbox up` without a spec on a host that has all programs: two simulated replicas, until they serve."""
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            build = ["--build", str(Path(folder) / "build")]
            command = [
                sys.executable,
                "-m",
                "generator",
                "up",
                "--runtime",
                "host",
                "--engine",
                "simulator",
                *build,
            ]
            start = time.perf_counter()
            try:
                subprocess.run(command, check=True, capture_output=True)
                times.append(time.perf_counter() - start)
            finally:
                subprocess.run(
                    [sys.executable, "-m", "generator", "down", *build], check=True, capture_output=True
                )
    return statistics.median(times)


def main() -> None:
    """Prints the table and writes build/bench/generator.json."""
    report(
        "generator",
        [
            Figure("import + plan + render", "8 replicas, whole process", whole_process(), "s", 0.6),
            Figure("render", "8 replicas", render_alone(), "s", 0.06),
            Figure("layouts", "70B on 8 GPUs", layouts_alone(), "s", 0.2),
            Figure("up", "embedded default, set up", up_of_the_embedded_default(), "s", 15),
        ],
    )


if __name__ == "__main__":
    main()
