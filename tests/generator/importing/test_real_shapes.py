"""Shapes that YAML files of other projects have, each as the least input that has it."""

from __future__ import annotations

import pytest

from generator.errors import SpecError
from generator.importing import import_text
from tests.generator.importing.reading import CATALOG, entry, imported, spec

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  template:
    spec:
      containers:
        - image: vllm/vllm-openai:v0.9.0
          args: ["--model=$(MODEL_ID)", --chat-template, /templates/t.jinja]
          env: [{name: MODEL_ID, value: a/b}]
          volumeMounts: [{name: t, mountPath: /templates}]
      volumes: [{name: t, configMap: {name: t}}]
"""


def test_a_variable_of_kubernetes_stands_for_its_value() -> None:
    result = imported(DEPLOYMENT)
    assert spec(result)["hf_model_handle"] == "a/b"
    assert "env_vars" not in spec(result)
    assert entry(result, "MODEL_ID").outcome == "dropped"


def test_files_of_other_mounts_are_not_in_a_replica() -> None:
    result = imported(DEPLOYMENT)
    assert "extra_args" not in spec(result)
    assert entry(result, "--chat-template").why.startswith("it lies in a mount")


def test_defaults_of_compose_variables_count_wherever_they_stand() -> None:
    text = """
services:
  llm:
    image: ${IMAGE:-vllm/vllm-openai:v0.9.0}
    command: --model ${MODEL:-a/b} --gpu-memory-utilization ${PART:-0.9} --tensor-parallel-size ${TP:-${GPUS:-2}}
    ports: ["${BIND:-127.0.0.1}:${PORT:-9000}:8000"]
    environment: {CUDA_VISIBLE_DEVICES: "${IDS:-2,3}", LEVEL: "${LEVEL:-high}"}
"""
    assert spec(imported(text)) == {
        "hf_model_handle": "a/b",
        "tensor_parallel_size": 2,
        "replicas": [{"gpus": [2, 3]}],
        "extra_args": ["--mem-fraction-static", "0.9"],
        "env_vars": {"LEVEL": "high"},
        "port": 9000,
    }


def test_a_port_that_is_not_in_the_input_is_said_to_be_so() -> None:
    result = imported("services: {a: {command: sglang serve m/m, ports: ['$PORT:30000']}}")
    assert entry(result, "services.a.ports").why == "its value is not in the input: give `port`"


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {network_mode: host, command: sglang serve m/m --port 9000}}",
        "docker run --network host lmsysorg/sglang:v0.5.23 sglang serve m/m --port 9000",
    ],
)
def test_clients_of_the_hosts_network_came_to_the_engines_port(text: str) -> None:
    assert spec(imported(text))["port"] == 9000


def test_a_balancer_in_front_is_where_clients_came_in() -> None:
    text = """
services:
  a: {network_mode: host, command: sglang serve m/m --port 9000}
  edge: {image: nginx, ports: ["80:80"]}
"""
    assert spec(imported(text))["port"] == 80


def test_weights_at_a_relative_place_are_asked_for_and_not_called_found() -> None:
    result = imported("services: {a: {command: sglang serve /m/x, volumes: ['./models:/m', './c:/c']}}")
    assert "# /m/x is inside the input's container: give the absolute path of ./models/x.\n" in result.text
    mount = entry(result, "services.a.volumes.0")
    assert (mount.outcome, mount.why) == ("changed", "the weights: give the absolute path of ./models")
    assert entry(result, "services.a.volumes.1").outcome == "dropped"


def test_what_only_a_profile_starts_is_left_out() -> None:
    text = """
services:
  a: {command: sglang serve m/m}
  b: {command: sglang serve other/other --tp 2, profiles: [big]}
"""
    result = imported(text)
    assert spec(result)["hf_model_handle"] == "m/m"
    assert entry(result, "services.b.command").why.startswith("its profile is not started")
    alone = imported("services: {b: {command: sglang serve m/m, profiles: [big]}}")
    assert spec(alone)["hf_model_handle"] == "m/m"


def test_what_a_service_extends_is_asked_for() -> None:
    result = imported("services: {a: {command: sglang serve m/m, extends: {file: x.yml, service: y}}}")
    assert "docker compose config" in entry(result, "services.a.extends.file").why


def test_without_a_model_it_is_said_which_one_is_served() -> None:
    assert "without one the kit serves" in imported("sglang serve --tp 2").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "kind: LeaderWorkerSet\napiVersion: v1\nspec: {leaderWorkerTemplate: {size: 2}}",
            "spec.leaderWorkerTemplate.size: 2: is not for a single host",
        ),
        (
            "kind: DynamoGraphDeployment\nspec: {services: {w: {multinode: {nodeCount: 2}}}}",
            "spec.services.w.multinode.nodeCount: 2: is not for a single host",
        ),
        ("kind: RayService\napiVersion: ray.io/v1\nspec: {}", "kind: RayService: is a cluster of Ray"),
        ("sglang serve m/m --nnodes $NODES", "--nnodes $NODES: is not for a single host"),
        ("apiVersion: v1\n{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n", "is a template"),
        (
            "apiVersion: v1\nkind: Deployment\n  x: y\n",
            "is no YAML: line 3: mapping values are not allowed here",
        ),
        ("# Run it\n\n```sh\nsglang serve m/m\n```\n", "is a text with commands in it"),
        ("Say `python3 -m sglang.launch_server --model-path x`.", "no SGLang or vLLM server"),
    ],
)
def test_what_is_refused_says_what_it_is(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        imported(text)
    assert said in caught.value.message


TWO_MODELS = """
x-gpu: &gpu {environment: {LEVEL: high}}
services:
  embed: {<<: *gpu, command: sglang serve b/b, ports: ["8002:1"]}
  chat: {<<: *gpu, command: sglang serve a/a --tp 2, ports: ["8001:1"]}
"""


def test_of_several_servers_one_can_be_taken() -> None:
    with pytest.raises(SpecError, match=r"one at a time.*: --service embed, or chat"):
        imported(TWO_MODELS)
    result = import_text(TWO_MODELS, source="input", catalog=CATALOG, service="chat")
    assert spec(result) == {
        "hf_model_handle": "a/a",
        "tensor_parallel_size": 2,
        "replicas": 1,
        "env_vars": {"LEVEL": "high"},
        "port": 8001,
    }
    assert entry(result, "services.embed.command").why == "of another server than `--service chat`"


def test_a_server_that_is_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match="has no server web; give one of embed, chat"):
        import_text(TWO_MODELS, source="input", catalog=CATALOG, service="web")


def workload(name: str, command: str, port: int) -> str:
    """A Deployment with its Service."""
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec: {{template: {{metadata: {{labels: {{app: {name}, tier: x}}}}, spec: {{containers: [{{args: [{command}]}}]}}}}}}
---
apiVersion: v1
kind: Service
spec: {{selector: {{app: {name}}}, ports: [{{port: {port}}}]}}
"""


def test_the_port_is_that_of_the_servers_own_service() -> None:
    text = workload("web", "serve-pages", 80) + workload("llm", "sglang, serve, a/a", 8000)
    assert spec(imported(text))["port"] == 8000
    both = text + workload("llm-2.5", "sglang, serve, b/b", 9000)
    taken = import_text(both, source="input", catalog=CATALOG, service="llm-2.5")
    assert spec(taken) == {
        "name": "llm-2-5",
        "hf_model_handle": "b/b",
        "tensor_parallel_size": 1,
        "replicas": 1,
        "port": 9000,
    }


def test_a_service_of_another_tool_is_no_file_of_the_launcher() -> None:
    with pytest.raises(SpecError, match="taken for YAML of another kind"):
        imported("type: service\nimage: lmsysorg/sglang:latest\ncommands: [sglang serve a/b]\n")


EVALUATION = """
services:
  agent:
    type: vllm
    model: a/b
    port: 5000
    tensor_parallel_size: 2
    extra_args: [--dtype=auto]
    extra_env: {LEVEL: high}
  judge: {type: api, url: "https://judge", api_key: never}
benchmarks: [{name: mmlu}]
"""


def test_services_of_the_evaluators_newer_files() -> None:
    result = imported(EVALUATION)
    assert result.kind == "a configuration of the NeMo launcher"
    assert spec(result) == {
        "hf_model_handle": "a/b",
        "tensor_parallel_size": 2,
        "replicas": 1,
        "extra_args": ["--dtype", "auto"],
        "env_vars": {"LEVEL": "high"},
        "port": 5000,
    }
    assert entry(result, "benchmarks").why == "the evaluation is the launcher's: point it at this endpoint"
    assert not [each for each in result.entries if "never" in each.item.what]


def test_a_comment_between_a_key_and_its_text_is_no_hindrance() -> None:
    text = "services:\n  a:\n    command: # serves\n      sglang serve a/b\n\n    ports: []\n"
    assert spec(imported(text))["hf_model_handle"] == "a/b"


def test_a_checkpoint_of_the_launcher_whose_place_is_open_is_asked_for() -> None:
    result = imported("deployment: {type: sglang, checkpoint_path: '${oc.env:CKPT}', hf_model_handle: a/b}")
    assert "checkpoint_path" not in spec(result)
    assert entry(result, "deployment.checkpoint_path").why.startswith("its absolute path is not in the input")
