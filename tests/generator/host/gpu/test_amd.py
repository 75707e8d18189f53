"""`amd-smi --json` in the two layouts of its releases, from a program that prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.facts import Gpu, GpuLink, GpuProcess
from generator.host.gpu.amd import ask_tool, parse

STATIC = [
    {
        "gpu": index,
        "asic": {"market_name": "AMD Instinct MI300X"},
        "bus": {"bdf": f"0000:{bus}:00.0"},
        "vram": {"size": {"value": 196592, "unit": "MB"}},
        "driver": {"name": "amdgpu", "version": "6.10.5"},
        "numa": {"node": index},
    }
    for index, bus in enumerate(("0c", "22"))
]
ANSWERS: dict[str, Any] = {
    "list": [
        {"gpu": 0, "bdf": "0000:0c:00.0", "uuid": "aa"},
        {"gpu": 1, "bdf": "0000:22:00.0", "uuid": "bb"},
    ],
    "static": STATIC,
    "metric": [{"gpu": 0, "mem_usage": {"free_vram": {"value": 196000, "unit": "MB"}}}],
    "process": [
        {
            "gpu": 0,
            "process_list": [
                {
                    "process_info": {
                        "name": "python3",
                        "pid": 77,
                        "memory_usage": {"vram_mem": {"value": 1 << 30, "unit": "B"}},
                    }
                }
            ],
        },
        {"gpu": 1, "process_list": [{"process_info": "No running processes detected"}]},
    ],
    "topology": [
        {
            "gpu": 0,
            "links": [
                {"gpu": 0, "link_type": "SELF", "num_hops": 0},
                {"gpu": 1, "link_type": "XGMI", "num_hops": 1},
            ],
        }
    ],
}


def test_gpus_links_and_processes_are_read() -> None:
    gpus, links, driver = parse(ANSWERS)
    assert gpus[0] == Gpu(
        index=0,
        uuid="aa",
        name="AMD Instinct MI300X",
        memory_bytes=196592 << 20,
        free_bytes=196000 << 20,
        vendor="amd",
        pci="0000:0c:00.0",
        numa=0,
        processes=(GpuProcess(77, "python3", 1 << 30),),
    )
    assert gpus[1].processes == ()
    assert (links, driver) == ((GpuLink("aa", "bb", "XGMI"),), "6.10.5")


def test_the_newer_layout_says_the_same() -> None:
    newer = {verb: {"gpu_data": answer} for verb, answer in ANSWERS.items()}
    assert parse(newer) == parse(ANSWERS)


def test_what_is_missing_is_left_out() -> None:
    gpus, links, _driver = parse({**{verb: [] for verb in ANSWERS}, "static": STATIC[:1]})
    assert (gpus[0].uuid, gpus[0].free_bytes, gpus[0].processes, links) == ("0000:0c:00.0", 0, (), ())


def test_the_tool_is_asked_verb_by_verb(tmp_path: Path) -> None:
    for verb, answer in ANSWERS.items():
        (tmp_path / f"{verb}.json").write_text(json.dumps(answer))
    tool = tmp_path / "amd-smi"
    tool.write_text(f'#!/bin/sh\n[ "$2" = --json ] && cat {tmp_path}/"$1".json\n')
    tool.chmod(0o755)
    assert ask_tool(str(tool)) == parse(ANSWERS)


def test_a_tool_that_fails_is_no_gpu(tmp_path: Path) -> None:
    tool = tmp_path / "amd-smi"
    tool.write_text("#!/bin/sh\necho 'ERROR: driver not loaded'\nexit 1\n")
    tool.chmod(0o755)
    assert ask_tool(str(tool)) == ((), (), "")
