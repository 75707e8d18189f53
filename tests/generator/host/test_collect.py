"""One snapshot of this very host: whatever it has, the facts are consistent and nothing raises."""

from __future__ import annotations

import sys
from pathlib import Path

from generator.host.collect import Inquiry, collect


def test_collecting_never_raises_and_asks_only_what_was_wanted(tmp_path: Path) -> None:
    facts = collect()
    assert facts.cpus >= 1
    assert facts.memory_bytes > 0
    assert facts.kit_python == sys.executable
    assert (Path(facts.kit_root) / "generator").is_dir()
    assert (facts.docker is None) == bool(facts.docker_problem)
    assert (facts.checkpoint, facts.handle, facts.project_subnet) == (None, None, "")


def test_a_checkpoint_is_looked_at_when_it_is_asked_for(tmp_path: Path) -> None:
    facts = collect(Inquiry(checkpoint=str(tmp_path / "none")))
    assert facts.checkpoint is not None
    assert facts.checkpoint.reason == "does not exist"
