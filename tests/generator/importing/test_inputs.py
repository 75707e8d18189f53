"""Every fixture: nothing is forgotten, no secret is copied, and what comes out can be planned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from generator.catalog import load
from generator.errors import SpecError
from generator.facts import BuildFacts
from generator.foreign.nodes import NotYamlError, documents, is_leaf, walk
from generator.foreign.place import Fragment, Place
from generator.foreign.shell import commands
from generator.host.record import read_facts
from generator.importing import Imported, import_text, report
from generator.planner import plan_deployment
from generator.spec.loading import load_spec_text

HERE = Path(__file__).parent
FACTS = HERE.parents[1] / "golden" / "facts"
INPUTS = sorted((HERE / "inputs").iterdir())
CATALOG = load("0.5.23")


def imported(file: Path) -> Imported:
    return import_text(file.read_text(encoding="utf-8"), source=file.name, catalog=CATALOG)


def places(text: str) -> set[Place]:
    """Of every value of a YAML file, or every word and assignment of a script."""
    try:
        found = documents(Fragment("yaml", text))
    except NotYamlError:
        found = ()
    nodes = {node.place for each in found for path, node in walk(each) if path and is_leaf(node)}
    if nodes:
        return nodes
    return {
        each.place
        for command in commands(Fragment("shell", text))
        for each in (*command.words, *command.assignments)
    }


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.name)
def test_every_key_and_argument_is_in_the_account_once(file: Path) -> None:
    covered = Counter(place for entry in imported(file).entries for place in entry.item.covers)
    wanted = places(file.read_text(encoding="utf-8"))
    assert not {place for place, times in covered.items() if times > 1}
    assert not wanted - covered.keys()


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.name)
def test_no_secret_is_copied(file: Path) -> None:
    result = imported(file)
    assert "never" not in result.text
    assert not [line for line in report(result.entries, file.name) if "never" in line]


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.name)
def test_what_is_dropped_or_changed_has_a_reason(file: Path) -> None:
    assert not [entry for entry in imported(file).entries if entry.outcome != "kept" and not entry.why]


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.name)
def test_the_spec_is_the_expected_one_and_can_be_planned(file: Path) -> None:
    written = imported(file).text
    assert written == (HERE / "specs" / f"{file.stem}.yaml").read_text(encoding="utf-8")
    spec = load_spec_text(written, source="imported").spec
    facts = read_facts(FACTS / "eight-h100.json")
    built = BuildFacts("/engine", "/engine/Dockerfile", "ab" * 32, base="lmsysorg/sglang:v0.5.23")
    assert plan_deployment(spec, replace(facts, build=built)).replicas


def test_every_expected_spec_has_its_input() -> None:
    assert {file.stem for file in (HERE / "specs").iterdir()} == {file.stem for file in INPUTS}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ls -l", "no SGLang or vLLM server that can be recognized (taken for a command line)"),
        ("hf_model_handle: a/a\nreplicas: 2\n", "(taken for a spec of this kit)"),
        ("services: {web: {image: nginx}}", "(taken for a Compose file)"),
        ("sglang serve m/m --nnodes 2 --node-rank 0", "--nnodes 2: is not for a single host: 2 nodes"),
        ("sglang serve m/m --tp 8 --num-nodes 2", "--num-nodes 2: is not for a single host: 2 nodes"),
        (
            "sglang serve a/a\nsglang serve b/b\n",
            "is more than one deployment: hf_model_handle is a/a and b/b",
        ),
        ("sglang serve a/a --disaggregation-mode decode", "has decode servers and no prefill servers"),
        (
            "services: {a: {build: x, command: sglang serve a/a}, b: {build: y, command: sglang serve a/a}}",
            "servers are built in different ways, and a deployment has one `build`",
        ),
        ("sglang serve a/a --tp 2\nsglang serve a/a\n", "replicas of 1 and 2 GPUs stand side by side"),
    ],
)
def test_what_can_not_be_imported(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        import_text(text, source="input", catalog=CATALOG)
    assert said in caught.value.message


def test_a_built_image_without_a_version_is_named_by_its_content() -> None:
    text = "services: {a: {image: 'mine:latest', build: ./engine, command: sglang serve m/m}}"
    result = import_text(text, source="input", catalog=CATALOG)
    assert "image:" not in result.text
    assert "build:\n  context: ./engine\n" in result.text
    assert [each.why for each in result.entries if each.outcome == "dropped"] == [
        "it names no version: the kit names what it builds by its content"
    ]


@pytest.mark.parametrize(
    ("build", "why"),
    [
        ("https://example.com/engine.git", "it is no folder of this host"),
        ("$HERE/engine", "its value is not in the input"),
        ("{context: ., dockerfile_inline: FROM x}", "its Dockerfile stands in the input"),
    ],
)
def test_a_build_of_what_is_not_here_is_dropped(build: str, why: str) -> None:
    text = f"services: {{a: {{build: {build}, command: sglang serve m/m}}}}"
    result = import_text(text, source="input", catalog=CATALOG)
    assert "build:" not in result.text
    assert all(each.why.startswith(why) for each in result.entries if each.outcome == "dropped")


def test_what_begins_like_a_well_known_key_is_hidden_whatever_its_name() -> None:
    result = import_text("FOO=sk-abcdefghijkl sglang serve m/m", source="input", catalog=CATALOG)
    assert "sk-abc" not in result.text + "".join(report(result.entries, "input"))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("--disaggregation-bootstrap-port 9000", "it says nothing without `--disaggregation-mode`"),
        ("--disaggregation-transfer-backend mooncake", "it says nothing without `--disaggregation-mode`"),
        ("--disaggregation-ib-device mlx5_0", "it says nothing without `--disaggregation-mode`"),
    ],
)
def test_words_of_halves_say_nothing_to_a_whole(arguments: str, why: str) -> None:
    result = import_text(f"sglang serve m/m {arguments}", source="input", catalog=CATALOG)
    assert "disaggregation:" not in result.text
    assert [each.why for each in result.entries if each.outcome == "dropped"] == [why]


@pytest.mark.parametrize(
    ("flag", "key"),
    [("--max-model-len 4096", "context_length: 4096"), ("--num-shard 2", "tensor_parallel_size: 2")],
)
def test_a_flag_of_another_server_that_means_the_same_is_kept(flag: str, key: str) -> None:
    result = import_text(f"sglang serve m/m {flag}", source="input", catalog=CATALOG)
    assert key in result.text.splitlines()
    assert [each.outcome for each in result.entries if each.item.what == flag] == ["kept"]


def test_a_variable_in_front_of_a_command_is_for_that_command_alone() -> None:
    text = "CUDA_VISIBLE_DEVICES=1 sglang serve m/m\nsglang serve m/m --port 30001\n"
    written = import_text(text, source="input", catalog=CATALOG).text
    assert written.endswith("replicas:\n  - gpus: [1]\n  - gpus: [0]\n")


def test_gpus_of_a_variable_that_nobody_uses_are_told() -> None:
    text = import_text("CUDA_VISIBLE_DEVICES=0,1 sglang serve m/m", source="input", catalog=CATALOG).text
    assert "# the command is given 2 GPUs and uses 1" in text
