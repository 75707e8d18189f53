"""Broken specs and the exact message each gets, whether the spec itself or the host is what does not fit."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from generator.errors import PlanError, SglboxError
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HandleFacts, HostFacts
from generator.planner import plan_deployment
from generator.spec import load_spec_text

GPUS = tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(4))
DOCKER = DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True)
HOSTS = {
    "bare": HostFacts(),
    "gpus": HostFacts(gpus=GPUS, docker=DOCKER),
    "gpu-no-docker": HostFacts(gpus=GPUS),
    "no-model": HostFacts(
        gpus=GPUS, docker=DOCKER, checkpoint=CheckpointFacts("/srv/empty", reason="has no config.json")
    ),
    "colon": HostFacts(gpus=GPUS, docker=DOCKER, checkpoint=CheckpointFacts("/srv/llama:8b", 1)),
    "gated": HostFacts(
        gpus=GPUS, docker=DOCKER, handle=HandleFacts("a/b", reason="gated: needs a token with access")
    ),
}


@dataclass(frozen=True)
class Broken:
    what: str
    host: str
    spec: str
    message: str


BROKEN = (
    Broken(
        "wrong type of a name",
        "bare",
        "name: 5\n",
        "deployment.yaml:1: name: expected lower-case letters, digits and -, beginning with a letter, at most 40, got 5",
    ),
    Broken(
        "name with capitals",
        "bare",
        "name: My_Box\n",
        "deployment.yaml:1: name: expected lower-case letters, digits and -, beginning with a letter, at most 40, got 'My_Box'",
    ),
    Broken(
        "unknown key, close",
        "bare",
        "replica: 2\n",
        "deployment.yaml:1: replica: unknown key; did you mean `replicas`?",
    ),
    Broken(
        "unknown key of the router",
        "bare",
        "router: {polizy: random}\n",
        "deployment.yaml:1: router.polizy: unknown key; did you mean `policy`?",
    ),
    Broken(
        "unknown key of a role",
        "bare",
        "topology: disaggregated\ndecode:\n  replica: 2\n",
        "deployment.yaml:3: decode.replica: unknown key; did you mean `replicas`?",
    ),
    Broken(
        "a port outside of a range",
        "bare",
        "disaggregation: {bootstrap_port: 70000}\n",
        "deployment.yaml:1: disaggregation.bootstrap_port: must be at most 65535, got 70000",
    ),
    Broken(
        "roles without the topology",
        "bare",
        "prefill: {replicas: 2}\n",
        "deployment.yaml:1: prefill: all replicas are unified; add `topology: disaggregated`, or leave it out",
    ),
    Broken(
        "a routing that can't be with roles",
        "bare",
        "topology: disaggregated\nrouting: least_conn\n",
        "deployment.yaml:2: routing: a request needs a prefill and a decode replica, and the edge can only send it to one; "
        "leave it out: a router stands between",
    ),
    Broken(
        "more roles than GPUs",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\nprefill: {replicas: 4}\n",
        "deployment.yaml:2: topology: 5 replicas of 1 GPUs need 5 that are free, and this host has 4; use fewer replicas or "
        "a smaller `tensor_parallel_size`",
    ),
    Broken(
        "pages that don't fit each other",
        "gpus",
        "checkpoint_path: /srv/m\ntopology: disaggregated\ndecode: {extra_args: --page-size 16}\n",
        "deployment.yaml:3: decode.extra_args: --page-size is the default and 16: prompts are handed over page by page; give "
        "both roles the same",
    ),
    Broken(
        "unknown key, far",
        "bare",
        "monitoring: {colour: red}\n",
        "deployment.yaml:1: monitoring.colour: unknown key; known here: bind_address, prometheus_port, grafana, grafana_port, edge_metrics_port, scrape_interval, retention",
    ),
    Broken(
        "foreign key of the NeMo launcher",
        "bare",
        "data_parallel_size: 2\n",
        "deployment.yaml:1: data_parallel_size: unknown key; one container per GPU set serves better: use `replicas`",
    ),
    Broken(
        "foreign key of vLLM",
        "bare",
        "max_model_len: 4096\n",
        "deployment.yaml:1: max_model_len: unknown key; use `context_length`",
    ),
    Broken(
        "unknown key in a replica",
        "gpus",
        "replicas:\n  - gpus: [0]\n    extra_arg: [--x]\n",
        "deployment.yaml:3: replicas.0.extra_arg: unknown key; did you mean `extra_args`?",
    ),
    Broken(
        "engine misspelt",
        "bare",
        "engine: sglng\n",
        "deployment.yaml:1: engine: expected 'sglang', 'sglang-cpu' or 'simulator', got 'sglng'; did you mean sglang?",
    ),
    Broken(
        "runtime unknown",
        "bare",
        "runtime: kubernetes\n",
        "deployment.yaml:1: runtime: expected 'compose' or 'host', got 'kubernetes'",
    ),
    Broken(
        "preset unknown",
        "bare",
        "simulator: {preset: h100}\n",
        "deployment.yaml:1: simulator.preset: expected 'l4-8b', 'l4-70b', 'a100-8b', 'a100-70b', 'h100-8b' or 'h100-70b', got 'h100'; did you mean h100-8b?",
    ),
    Broken("no replicas", "bare", "replicas: 0\n", "deployment.yaml:1: replicas: must be at least 1, got 0"),
    Broken(
        "too many replicas",
        "bare",
        "replicas: 17\n",
        "deployment.yaml:1: replicas: must be at most 16, got 17",
    ),
    Broken(
        "replicas misspelt",
        "bare",
        "replicas: fitt\n",
        "deployment.yaml:1: replicas: expected a count, 'fit' or a list, got 'fitt'; did you mean fit?",
    ),
    Broken("replicas empty", "bare", "replicas: []\n", "deployment.yaml:1: replicas: must not be empty"),
    Broken(
        "replicas true",
        "bare",
        "replicas: true\n",
        "deployment.yaml:1: replicas: expected a whole number, got true",
    ),
    Broken(
        "gpus no list",
        "gpus",
        "replicas:\n  - gpus: 0\n",
        "deployment.yaml:2: replicas.0.gpus: expected a list, got 0",
    ),
    Broken(
        "port in quotes",
        "bare",
        "port: '8080'\n",
        "deployment.yaml:1: port: expected a whole number, got '8080'",
    ),
    Broken(
        "port too high", "bare", "port: 70000\n", "deployment.yaml:1: port: must be at most 65535, got 70000"
    ),
    Broken(
        "port twice",
        "bare",
        "port: 9090\n",
        "deployment.yaml:1: monitoring.prometheus_port: port 9090 is used twice; also by port",
    ),
    Broken(
        "port within the replicas'",
        "bare",
        "port: 30001\n",
        "deployment.yaml:1: replica_port: port 30001 is used twice; also by port",
    ),
    Broken(
        "replica ports beyond the last",
        "bare",
        "replica_port: 65535\n",
        "deployment.yaml:1: replica_port: port 65536 does not exist; 2 replicas: begin at 65534 or lower",
    ),
    Broken(
        "bind address a name",
        "bare",
        "bind_address: localhost\n",
        "deployment.yaml:1: bind_address: expected an IPv4 address, got 'localhost'",
    ),
    Broken(
        "handle is a path",
        "bare",
        "hf_model_handle: /srv/models/llama\n",
        "deployment.yaml:1: hf_model_handle: '/srv/models/llama' is a path; use `checkpoint_path`",
    ),
    Broken(
        "handle without organisation",
        "bare",
        "hf_model_handle: llama\n",
        "deployment.yaml:1: hf_model_handle: 'llama' is no handle; write `organisation/model`",
    ),
    Broken(
        "checkpoint relative",
        "bare",
        "checkpoint_path: models/llama\n",
        "deployment.yaml:1: checkpoint_path: expected an absolute path, got 'models/llama'",
    ),
    Broken(
        "served name with a colon",
        "bare",
        "served_model_name: llama:8b\n",
        "deployment.yaml:1: served_model_name: 'llama:8b' has a colon; the engine keeps it for adapters, leave it out",
    ),
    Broken(
        "served name that looks like a flag",
        "bare",
        "served_model_name: -llama\n",
        "deployment.yaml:1: served_model_name: '-llama' begins with a dash, as a flag does; give another name",
    ),
    Broken(
        "revision that looks like a flag",
        "gpus",
        "hf_model_handle: a/b\nrevision: --x\n",
        "deployment.yaml:2: revision: '--x' begins with a dash, as a flag does; give another name",
    ),
    Broken(
        "handle that looks like a flag",
        "bare",
        "hf_model_handle: -a/b\n",
        "deployment.yaml:1: hf_model_handle: '-a/b' is no handle; write `organisation/model`",
    ),
    Broken(
        "argument the plan owns",
        "bare",
        "extra_args: [--tp, '4']\n",
        "deployment.yaml:1: extra_args.0: --tp is not for extra_args; use `tensor_parallel_size`",
    ),
    Broken(
        "key as an argument",
        "bare",
        "extra_args: --api-key secret\n",
        "deployment.yaml:1: extra_args.0: --api-key is not for extra_args; use `api_keys_file`: an argument can be read by anybody on the host",
    ),
    Broken(
        "two arguments in one entry",
        "bare",
        "extra_args: ['--max-running-requests 256']\n",
        "deployment.yaml:1: extra_args.0: '--max-running-requests 256' is one entry; write two: '--max-running-requests', '256'",
    ),
    Broken(
        "argument without a flag",
        "bare",
        "extra_args: ['256']\n",
        "deployment.yaml:1: extra_args.0: '256' belongs to no flag; begin with one, such as `--max-running-requests`",
    ),
    Broken(
        "variable the plan owns",
        "bare",
        "env_vars: {CUDA_VISIBLE_DEVICES: '0'}\n",
        "deployment.yaml:1: env_vars: CUDA_VISIBLE_DEVICES is not for env_vars; the plan pins GPUs by container; use `gpus` of a replica",
    ),
    Broken(
        "secret as a variable",
        "bare",
        "env_vars: {MY_API_KEY: abc}\n",
        "deployment.yaml:1: env_vars: MY_API_KEY looks like a secret; an environment can be read with `docker inspect`",
    ),
    Broken(
        "variable no text",
        "bare",
        "env_vars: {FOO: true}\n",
        "deployment.yaml:1: env_vars.FOO: expected text, got true",
    ),
    Broken(
        "shm without unit",
        "bare",
        "shm_size: 32\n",
        "deployment.yaml:1: shm_size: expected a number and m or g, such as 32g, got 32",
    ),
    Broken(
        "memory without unit",
        "bare",
        "memory: 64\n",
        "deployment.yaml:1: memory: expected a number and m or g, such as 64g, got 64",
    ),
    Broken(
        "a device by its path",
        "bare",
        "disaggregation: {ib_devices: [/dev/mlx5_0]}\n",
        "deployment.yaml:1: disaggregation.ib_devices.0: expected names of lower-case letters, digits and _, such as "
        "mlx5_0, got '/dev/mlx5_0'",
    ),
    Broken(
        "an interpreter by its name",
        "bare",
        "router: {python: python3}\n",
        "deployment.yaml:1: router.python: expected an absolute path, got 'python3'",
    ),
    Broken(
        "no CPU at all",
        "bare",
        "cpus: 0\n",
        "deployment.yaml:1: cpus: must be at least 0.01, got 0",
    ),
    Broken(
        "retention without unit",
        "bare",
        "monitoring: {retention: '15'}\n",
        "deployment.yaml:1: monitoring.retention: '15' is no duration; write a number and h, d, w or y, such as 15d",
    ),
    Broken(
        "timeout too short",
        "bare",
        "request_timeout: 5\n",
        "deployment.yaml:1: request_timeout: must be at least 10, got 5",
    ),
    Broken(
        "not YAML",
        "bare",
        "replicas: [1, 2\n",
        "deployment.yaml:2: is no YAML: expected ',' or ']', but got '<stream end>'; mind indentation, quotes and colons",
    ),
    Broken(
        "key twice", "bare", "name: a\nname: b\n", "deployment.yaml:2: the same key twice; keep one of them"
    ),
    Broken(
        "a list instead of keys",
        "bare",
        "- name: a\n",
        "deployment.yaml:1: expected keys and values; begin with `name: ...`",
    ),
    Broken(
        "GPU in two sets",
        "gpus",
        "replicas:\n  - gpus: [0, 1]\n  - gpus: [1, 2]\n",
        "deployment.yaml:3: replicas.1.gpus.0: GPU 1 belongs to replica 0; sets are disjoint",
    ),
    Broken(
        "GPU twice in one set, once by UUID",
        "gpus",
        "replicas:\n  - gpus: [0, GPU-0000]\n",
        "deployment.yaml:2: replicas.0.gpus.1: GPU GPU-0000 belongs to this replica already; sets are disjoint",
    ),
    Broken(
        "GPU unknown",
        "gpus",
        "replicas:\n  - gpus: [7]\n",
        "deployment.yaml:2: replicas.0.gpus.0: GPU 7 is unknown; this host has 0, 1, 2, 3",
    ),
    Broken(
        "GPU set missing",
        "gpus",
        "replicas:\n  - {}\n",
        "deployment.yaml:2: replicas.0.gpus: a GPU set is missing; name the GPUs of each replica, or write a count",
    ),
    Broken(
        "TP does not divide the set",
        "gpus",
        "tensor_parallel_size: 2\nreplicas:\n  - gpus: [0, 1, 2]\n",
        "deployment.yaml:3: replicas.0.gpus: 3 GPUs do not make a set for tensor_parallel_size 2; give each replica exactly 2",
    ),
    Broken(
        "set larger than TP",
        "gpus",
        "tensor_parallel_size: 2\nreplicas:\n  - gpus: [0, 1, 2, 3]\n",
        "deployment.yaml:3: replicas.0.gpus: 4 GPUs do not make a set for tensor_parallel_size 2; split it into 2 replicas of 2",
    ),
    Broken(
        "more replicas than GPUs",
        "gpus",
        "replicas: 5\n",
        "deployment.yaml:1: replicas: 5 x 1 GPUs, and this host has 4; at most 4 fit",
    ),
    Broken(
        "TP larger than the host",
        "gpus",
        "tensor_parallel_size: 8\n",
        "deployment.yaml:1: tensor_parallel_size: 8 GPUs a replica, and this host has 4; use a smaller size",
    ),
    Broken(
        "no GPU for the engine",
        "bare",
        "engine: sglang\nruntime: compose\nhf_model_handle: a/b\n",
        "deployment.yaml:1: engine: no GPU was found on this host; use `engine: simulator` or `engine: sglang-cpu`",
    ),
    Broken(
        "GPU and no Docker engine",
        "gpu-no-docker",
        "hf_model_handle: a/b\n",
        "engine sglang needs containers, and no Docker engine answers on this host (4 x H100)",
    ),
    Broken(
        "checkpoint is no model",
        "no-model",
        "checkpoint_path: /srv/empty\n",
        "deployment.yaml:1: checkpoint_path: /srv/empty has no config.json; give the directory that holds config.json and the weights",
    ),
    Broken(
        "handle can't be fetched",
        "gated",
        "hf_model_handle: a/b\n",
        "deployment.yaml:1: hf_model_handle: a/b: gated: needs a token with access; mend it, or add `checkpoint_path`",
    ),
    Broken(
        "name of the directory has a colon",
        "colon",
        "checkpoint_path: /srv/llama:8b\n",
        "deployment.yaml:1: checkpoint_path: its name 'llama:8b' has a colon; give a `served_model_name` without one",
    ),
    Broken(
        "many faults at once",
        "bare",
        "port: x\nnane: y\nreplicas: 0\n",
        "deployment.yaml:1: port: expected a whole number, got 'x'\ndeployment.yaml:2: nane: unknown key; did you mean `name`?\ndeployment.yaml:3: replicas: must be at least 1, got 0",
    ),
)


def message_for(case: Broken) -> str:
    try:
        loaded = load_spec_text(case.spec, source="deployment.yaml")
        plan_deployment(loaded.spec, HOSTS[case.host])
    except PlanError as error:
        return PlanError(error.faults, source=loaded.source, lines=loaded.lines).message
    except SglboxError as error:
        return error.message
    return "accepted"


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.what)
def test_a_broken_spec_is_refused_with_its_message(case: Broken) -> None:
    assert message_for(case) == case.message
