"""The README may only promise what is there: targets, files, examples, specs, messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.errors import PlanError
from generator.facts import DockerFacts, Gpu, HostFacts
from generator.planner import plan_deployment
from generator.spec import load_spec_text

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = PAGES[0].read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands(text: str) -> set[str]:
    """Targets of every `make ...` that stands as code; prose makes other things too."""
    return set(re.findall(r"(?:^    |`)make ([a-z][a-z-]*)", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_exists(page: Path) -> None:
    assert commands(page.read_text(encoding="utf-8")) <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_target_explains_itself_in_a_line() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = [line for line in lines if re.match(r"^[a-z][a-z-]*:", line)]
    unexplained = {line.split(":")[0] for line in targets if "## " not in line}
    assert unexplained == {"kit", "dev"}, "only what other targets depend on goes without"


def test_the_spec_shown_is_a_spec() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert load_spec_text(block, source="README.md").spec.replicas == "fit"


def test_examples_named_exist() -> None:
    names = re.findall(r"DEPLOY=([a-z0-9-]+)", README)
    assert names
    for name in names:
        assert (ROOT / "compose" / "examples" / f"{name}.yaml").is_file()


def test_the_fault_shown_is_the_one_that_is_printed() -> None:
    gpus = tuple(Gpu(index, f"GPU-{index}", "L4", 24 << 30) for index in range(4))
    facts = HostFacts(gpus=gpus, docker=DockerFacts((28,), nvidia=True))
    loaded = load_spec_text("# mine\nhf_model_handle: a/b\nreplicas: 5\n", source="deployment.yaml")
    with pytest.raises(PlanError) as caught:
        plan_deployment(loaded.spec, facts)
    message = PlanError(caught.value.faults, source=loaded.source, lines=loaded.lines).message
    assert f"    {message}\n" in README


def test_no_figure_stands_without_the_command_that_makes_it() -> None:
    figures = README.partition("## Figures")[2].partition("\n## ")[0]
    assert re.search(r"make bench-[a-z]+", figures)
