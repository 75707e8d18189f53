"""Shapes that scripts and command lines of other projects have, each as the least input that has it."""

from __future__ import annotations

import pytest

from generator.errors import SpecError
from tests.generator.importing.reading import entry, imported, spec


@pytest.mark.parametrize(
    "run", ["docker run vllm/vllm-openai:v0.11.0 a/b --port 8000", "docker run vllm/vllm-openai:v0.11.0 a/b"]
)
def test_the_entry_point_of_vllms_image_takes_the_model_first(run: str) -> None:
    assert spec(imported(run))["hf_model_handle"] == "a/b"


def test_a_shell_in_vllms_image_is_no_model() -> None:
    with pytest.raises(SpecError):
        imported("docker run vllm/vllm-openai:v0.11.0 /bin/bash -c ls")


def test_gpus_that_podman_names() -> None:
    text = "podman run --device nvidia.com/gpu=2 --device nvidia.com/gpu=3 vllm/vllm-openai:v0.9.0 --model a/b -tp 2"
    assert spec(imported(text))["replicas"] == [{"gpus": [2, 3]}]


def test_commands_that_talk_of_an_engine_start_none() -> None:
    text = """
pkill -f "python3 -m sglang.launch_server"
echo "starting python3 -m sglang.launch_server --model-path x/y"
say "python3 -m sglang.launch_server --model-path x/y"
tmux new -d "python3 -m sglang.launch_server --model-path a/b --tp 2"
"""
    result = imported(text)
    assert spec(result) == {"hf_model_handle": "a/b", "tensor_parallel_size": 2, "replicas": 1}
    assert [each.why for each in result.entries if each.outcome == "dropped"] == ["it starts no engine"] * 3


def test_variables_are_made_of_each_other() -> None:
    text = "ROOT=/data\nMODEL=${1:-$ROOT/m}\nsglang serve --model-path $MODEL\n"
    assert spec(imported(text))["checkpoint_path"] == "/data/m"


@pytest.mark.parametrize("program", ["sglang serve", "vllm serve"])
def test_words_that_stand_for_more_arguments_are_no_values(program: str) -> None:
    result = imported(f'{program} a/b --port 9000 $MORE --trust-remote-code $EXTRA_ARGS "$@"')
    assert spec(result)["port"] == 9000
    assert spec(result)["hf_model_handle"] == "a/b"
    for word in ("$MORE", "$EXTRA_ARGS", "$@"):
        assert entry(result, word).why == "what it stands for is not in the input: write its arguments out"


@pytest.mark.parametrize(
    "text",
    [
        'ARGS=(\n  --model-path a/b # the model\n  --tp 2\n)\nsglang serve "${ARGS[@]}"\n',
        'CMD="sglang serve a/b \\\n  --tp 2"\necho $CMD\neval $CMD\n',
        'FLAGS="--tp 2"\nsglang serve a/b $FLAGS\n',
        'RUN=(--gpus all)\ndocker run "${RUN[@]}" lmsysorg/sglang:latest sglang serve a/b --tp 2\n',
    ],
)
def test_arrays_and_text_of_a_script_stand_where_its_commands_take_them(text: str) -> None:
    result = imported(text)
    assert spec(result)["hf_model_handle"] == "a/b"
    assert spec(result)["tensor_parallel_size"] == 2
    assert entry(result, "--tp").outcome == "kept"
    assert (
        len([each for each in result.entries if each.why == "what it stands for has lines of its own"]) == 1
    )
    (assigned,) = [each for each in result.entries if "=" in each.item.what]
    assert assigned.why == "its value stands where the command has it"


def test_an_array_that_no_command_takes_is_accounted_for() -> None:
    assert entry(imported("sglang serve a/b\nOTHER=(x y)\n"), "x y").why == "no command takes them"


def test_a_loop_asks_for_the_number_of_its_rounds() -> None:
    text = "for i in 0 1; do\n  sglang serve a/b --port $((30000 + i)) &\ndone\n"
    assert "# The input starts it in a loop: give the number of rounds.\n" in imported(text).text
    assert "loop" not in imported("for i in 0 1; do ls; done\nsglang serve a/b\n").text


def test_a_bind_mount_has_the_weights() -> None:
    text = "docker run --mount type=bind,src=/data,dst=/m lmsysorg/sglang:latest sglang serve /m/x"
    assert spec(imported(text))["checkpoint_path"] == "/data/x"


@pytest.mark.parametrize(
    "text",
    [
        'services:\n  a:\n    command: >\n      bash -c "cd /x &&\n      sglang serve $${M}\n      --tp 2"\n    environment: {M: a/b}\n',
        'services:\n  a:\n    command: |\n      bash -c "cd /x\n      sglang serve a/b \\\n        --tp 2\n      echo --no"\n',
        'docker run x bash -c "cd /x && \\\n  sglang serve a/b \\\n  --tp 2"\n',
        "docker run x bash -c 'cd /x && \\\n  sglang serve a/b \\\n  --tp 2'\n",
    ],
)
def test_lines_of_a_script_in_quotes_are_joined_as_its_shell_joins_them(text: str) -> None:
    result = imported(text)
    assert spec(result)["hf_model_handle"] == "a/b"
    assert entry(result, "--tp").became == "tensor_parallel_size: 2"


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {command: [sh, -c, 'export LEVEL=high; M=a/b; exec sglang serve $M; SAY=bye']}}",
        "docker run x sh -c 'M=a/b; LEVEL=high sglang serve $M; SAY=bye'",
        "sh -c 'M=a/b; LEVEL=high sglang serve $M; SAY=bye'",
        "services: {a: {command: ['M=a/b; LEVEL=high sglang serve $M; SAY=bye'], image: x}}",
    ],
)
def test_what_a_script_assigns_is_for_the_engine_that_it_starts(text: str) -> None:
    result = imported(text)
    assert spec(result)["hf_model_handle"] == "a/b"
    assert spec(result)["env_vars"] == {"LEVEL": "high"}
    assert entry(result, "M=a/b").outcome == "dropped"
    assert entry(result, "SAY=bye").why == "the image has what the engine needs, or the plan prepares it"
