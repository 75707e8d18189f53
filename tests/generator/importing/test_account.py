"""Whatever is in a command line or a Compose file: all of it is in the account, once, and the spec stays a spec."""

from __future__ import annotations

import io
import shlex
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.catalog import load
from generator.errors import SpecError
from generator.foreign.nodes import documents, is_leaf, walk
from generator.foreign.place import Fragment
from generator.foreign.shell import commands
from generator.importing import Imported, import_text
from generator.spec.loading import load_spec_text

CATALOG = load("0.5.23")
SECRET = "s3cr3t-value"

FLAGS = st.sampled_from(sorted(CATALOG.spellings)) | st.sampled_from(
    [
        "--tp",
        "--num-nodes",
        "--disable-flashinfer",
        "--cuda-graph-max-bs",
        "--max-model-len",
        "--no-such",
        "--dp",
        "--pp",
    ]
)
VALUES = st.sampled_from(
    ["1", "2", "0.9", "32k", "auto", "fp8", "/a/b", "a/b", "$X", "${X:-4}", "", "true", "{}", "x y"]
)
ARGUMENTS = st.lists(st.tuples(FLAGS, st.lists(VALUES, max_size=2)), max_size=8)
NAMES = st.sampled_from(
    [
        "HF_TOKEN",
        "MY_API_KEY",
        "CUDA_VISIBLE_DEVICES",
        "NCCL_DEBUG",
        "SGLANG_REQ_RUNNING_TIMEOUT",
        "TP_SIZE",
        "FOO",
        "HF_HOME",
    ]
)
VARIABLES = st.dictionaries(NAMES, VALUES, max_size=4)
PROGRAMS = st.sampled_from(
    ["sglang serve", "python3 -m sglang.launch_server", "vllm serve", "python3 -m dynamo.sglang"]
)


def read(text: str) -> Imported | None:
    """None for what is refused as a whole, which must be a SpecError."""
    try:
        return import_text(text, source="input", catalog=CATALOG)
    except SpecError:
        return None


def check(result: Imported, wanted: set[Any]) -> None:
    covered = Counter(place for entry in result.entries for place in entry.item.covers)
    assert {place for place, times in covered.items() if times > 1} == set()
    assert wanted - covered.keys() == set()
    load_spec_text(result.text, source="imported")


@settings(max_examples=100)
@given(PROGRAMS, ARGUMENTS, VARIABLES)
def test_command_lines(
    program: str, arguments: list[tuple[str, list[str]]], variables: dict[str, str]
) -> None:
    words = [word for flag, values in arguments for word in (flag, *values)]
    assigned = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    text = f"{assigned} {program} --model-path m/m {shlex.join(words)}"
    result = read(text)
    if result:
        (command,) = commands(Fragment("shell", text))
        check(result, {each.place for each in (*command.words, *command.assignments)})


@settings(max_examples=60)
@given(PROGRAMS, ARGUMENTS, VARIABLES, st.sampled_from(["list", "text"]))
def test_compose_files(
    program: str, arguments: list[tuple[str, list[str]]], variables: dict[str, str], form: str
) -> None:
    words = [
        *program.split(),
        "--model-path",
        "m/m",
        *(w for flag, values in arguments for w in (flag, *values)),
    ]
    service = {
        "image": "x/engine:1",
        "command": words if form == "list" else shlex.join(words),
        "environment": {**variables, "HF_TOKEN": SECRET, "SOME_PASSWORD": SECRET},
        "labels": ["a", {"b": []}],
        "deploy": {"resources": {"reservations": {"devices": [{"device_ids": ["0", "1"]}]}}},
    }
    out = io.StringIO()
    YAML().dump({"services": {"engine": service, "db": {"image": "postgres:17", "ports": []}}}, out)
    result = read(out.getvalue())
    if result:
        nodes = documents(Fragment("yaml", out.getvalue()))
        check(result, {node.place for each in nodes for _, node in walk(each) if is_leaf(node)})
        assert SECRET not in result.text
        assert not [each for each in result.entries if SECRET in each.item.what]
