"""What the host, its GPUs or its models are not fit for."""

from __future__ import annotations

from tests.generator.broken.case import Broken

HOST_FAULTS = (
    Broken(
        "more roles than GPUs",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\nprefill: {replicas: 4}\n",
        "deployment.yaml:2: topology: 5 replicas of 1 GPU need 5 that are free, and this host has 4; use fewer replicas or "
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
        "unknown key in a replica",
        "gpus",
        "replicas:\n  - gpus: [0]\n    extra_arg: [--x]\n",
        "deployment.yaml:3: replicas.0.extra_arg: unknown key; did you mean `extra_args`?",
    ),
    Broken(
        "gpus no list",
        "gpus",
        "replicas:\n  - gpus: 0\n",
        "deployment.yaml:2: replicas.0.gpus: expected a list, got 0",
    ),
    Broken(
        "revision that looks like a flag",
        "gpus",
        "hf_model_handle: a/b\nrevision: --x\n",
        "deployment.yaml:2: revision: '--x' begins with a dash, as a flag does; give another name",
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
        "deployment.yaml:3: replicas.0.gpus: 3 GPUs can't make a set for tensor_parallel_size 2; give each replica exactly 2",
    ),
    Broken(
        "set larger than TP",
        "gpus",
        "tensor_parallel_size: 2\nreplicas:\n  - gpus: [0, 1, 2, 3]\n",
        "deployment.yaml:3: replicas.0.gpus: 4 GPUs can't make a set for tensor_parallel_size 2; split it into 2 replicas of 2",
    ),
    Broken(
        "more replicas than GPUs",
        "gpus",
        "replicas: 5\n",
        "deployment.yaml:1: replicas: 5 x 1 GPU, and this host has 4; at most 4 fit",
    ),
    Broken(
        "TP larger than the host",
        "gpus",
        "tensor_parallel_size: 8\n",
        "deployment.yaml:1: tensor_parallel_size: 8 GPUs a replica, and this host has 4; use a smaller size",
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
)
