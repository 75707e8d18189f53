"""Hosts, roles and routers that do not go together."""

from __future__ import annotations

from tests.generator.broken.case import Broken

TOPOLOGIES = (
    Broken(
        "a role's words and timeouts, said once for all its replicas",
        "bare",
        'engine: simulator\nruntime: host\ntopology: disaggregated\nprefill: {replicas: 2, env_vars: {A: "x\\ny"}}\n'
        "decode: {env_vars: {SGLANG_TIMEOUT_KEEP_ALIVE: '1'}}\n",
        "deployment.yaml:4: prefill.env_vars.A: has a line break, and a process is described in lines; write it in one\n"
        "deployment.yaml:5: decode.env_vars.SGLANG_TIMEOUT_KEEP_ALIVE: expected 5 to 86400 s, got '1'; the edge keeps idle "
        "connections for 4 s and would use one that is just closed",
    ),
    Broken(
        "one node",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 4\nnodes:\n  - address: 10.0.0.1\n",
        "deployment.yaml:3: nodes: one host needs no `nodes`; leave it out, or name the others too",
    ),
    Broken(
        "two nodes at one address",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 8\nnodes:\n  - address: 10.0.0.1\n  - address: 10.0.0.1\n",
        "deployment.yaml:5: nodes.1.address: 10.0.0.1 is another node's; each has its own",
    ),
    Broken(
        "a node on loopback",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 8\nnodes:\n  - address: 10.0.0.1\n  - address: 127.0.0.1\n",
        "deployment.yaml:5: nodes.1.address: 127.0.0.1 is loopback; give one the others reach",
    ),
    Broken(
        "two nodes of one name",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 8\nnodes:\n  - {address: 10.0.0.1, name: a}\n  - {address: 10.0.0.2, name: a}\n",
        "deployment.yaml:5: nodes.1.name: a is another node's; each has its own",
    ),
    Broken(
        "a node by its name",
        "bare",
        "nodes:\n  - address: host-a\n  - address: host-b\n",
        "deployment.yaml:2: nodes.0.address: expected an IPv4 address, got 'host-a'\ndeployment.yaml:3: nodes.1.address: expected an IPv4 address, got 'host-b'",
    ),
    Broken(
        "nodes and replicas",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 8\nreplicas: 2\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:3: replicas: the nodes serve one replica together; leave it out; GPUs belong to `nodes`",
    ),
    Broken(
        "nodes and a router",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 8\nrouting: sglang-router\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:3: routing: there is one replica, so a router has no choice; leave it out",
    ),
    Broken(
        "nodes without a size",
        "gpus",
        "hf_model_handle: a/b\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:1: tensor_parallel_size: with `nodes` it can't be guessed; GPUs a stage has: all of them together divided by `pipeline_parallel_size`, 1",
    ),
    Broken(
        "a size that nodes can't share",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 3\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:2: tensor_parallel_size: 3 x 1 GPU can't be shared evenly by 2 nodes; the same number on each: use a multiple of 2",
    ),
    Broken(
        "stages that nodes can't share",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 2\npipeline_parallel_size: 3\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:3: pipeline_parallel_size: 3 stages over 2 nodes leave some without a host; use 1, 2, or a divisor or multiple of 2",
    ),
    Broken(
        "a node with too few GPUs",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 16\nnodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n",
        "deployment.yaml:3: nodes.0.gpus: the share is 8 GPUs, and node-0 has 4; use a smaller size",
    ),
    Broken(
        "a node's GPUs are not its share",
        "gpus",
        "hf_model_handle: a/b\ntensor_parallel_size: 4\nnodes:\n  - {address: 10.0.0.1, gpus: [0]}\n  - {address: 10.0.0.2}\n",
        "deployment.yaml:4: nodes.0.gpus: 1 GPU, and the node's share is 2; name exactly so many",
    ),
    Broken(
        "a topology misspelt",
        "bare",
        "topology: disagregated\n",
        "deployment.yaml:1: topology: expected 'unified' or 'disaggregated', got 'disagregated'; did you mean disaggregated?",
    ),
    Broken(
        "what fits, for roles",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\nreplicas: fit\n",
        "deployment.yaml:3: replicas: which of the roles should take what fits?; give counts",
    ),
    Broken(
        "roles on CPU",
        "bare",
        "engine: sglang-cpu\nhf_model_handle: a/b\nruntime: compose\ntopology: disaggregated\n",
        "deployment.yaml:4: topology: KV caches are moved between GPUs; use `engine: simulator` without any",
    ),
    Broken(
        "a fake way between GPUs",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\ndisaggregation: {backend: fake}\n",
        "deployment.yaml:3: disaggregation.backend: SGLang refuses `fake` on a prefill server; use `nixl` or `mooncake`",
    ),
    Broken(
        "a backend misspelt",
        "bare",
        "topology: disaggregated\ndisaggregation: {backend: nixel}\n",
        "deployment.yaml:2: disaggregation.backend: expected 'nixl', 'mooncake', 'mooncake_tcp' or 'fake', got 'nixel'; did you mean nixl?",
    ),
    Broken(
        "too few GPUs for a role",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\nprefill: {replicas: 2, gpus: [0]}\n",
        "deployment.yaml:3: prefill.gpus: 1 GPU for 2 x `tensor_parallel_size` 1; name all, or none",
    ),
    Broken(
        "caches of two types",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\ndecode: {extra_args: --kv-cache-dtype fp8_e5m2}\n",
        "deployment.yaml:3: decode.extra_args: --kv-cache-dtype is the default and fp8_e5m2: the KV cache is handed over as it is; give both roles the same",
    ),
    Broken(
        "Dynamo with replicas beside the roles",
        "gpus",
        "hf_model_handle: a/b\ntopology: disaggregated\nrouting: dynamo\nreplicas: 1\n",
        "deployment.yaml:4: replicas: Dynamo sends every request to both roles; leave out the replicas that have both",
    ),
    Broken(
        "Dynamo on CPU",
        "bare",
        "engine: sglang-cpu\nruntime: compose\nhf_model_handle: a/b\nrouting: dynamo\n",
        "deployment.yaml:4: routing: Dynamo has no worker for engine sglang-cpu; use `engine: simulator` or a GPU host",
    ),
    Broken(
        "a store that Dynamo has not here",
        "bare",
        "routing: dynamo\ndynamo: {store: redis}\n",
        "deployment.yaml:2: dynamo.store: expected 'file' or 'etcd', got 'redis'",
    ),
    Broken(
        "a routing unknown",
        "bare",
        "routing: round_robin\n",
        "deployment.yaml:1: routing: expected 'least_conn', 'affinity', 'sglang-router' or 'dynamo', got 'round_robin'",
    ),
    Broken(
        "a policy of another router",
        "bare",
        "routing: sglang-router\nrouter: {policy: prefix_hash}\n",
        "deployment.yaml:2: router.policy: expected 'cache_aware', 'power_of_two', 'round_robin' or 'random', got 'prefix_hash'",
    ),
    Broken(
        "a share above 1",
        "bare",
        "routing: sglang-router\nrouter: {cache_threshold: 2}\n",
        "deployment.yaml:2: router.cache_threshold: must be at most 1.0, got 2",
    ),
    Broken(
        "smg and one retry",
        "bare",
        "routing: sglang-router\nrouter: {program: smg}\nretry_sent: once\n",
        "deployment.yaml:3: retry_sent: smg has no such setting: with one retry a request may be sent four times; write `never`, or `router: {program: sglang-router}`",
    ),
    Broken(
        "the router's port is the endpoint's",
        "bare",
        "routing: sglang-router\nport: 28000\n",
        "deployment.yaml:1: router.port: port 28000 is used twice; also by port",
    ),
    Broken(
        "the interface of a node with a blank",
        "bare",
        "nodes: [{address: 10.0.0.1, interface: 'eth 1'}, {address: 10.0.0.2}]\n",
        "deployment.yaml:1: nodes.0.interface: expected the name of a network interface, such as eth1, got 'eth 1'",
    ),
    Broken(
        "all replicas kept awake",
        "bare",
        "replicas: 3\nparking: {keep: 3}\n",
        "deployment.yaml:2: parking.keep: all of 3 replicas are kept; at most 2, or leave `parking` out",
    ),
    Broken(
        "one replica to park",
        "bare",
        "replicas: 1\nparking: {keep: 1}\n",
        "deployment.yaml:2: parking: nothing can be parked: there is one replica; leave it out",
    ),
    Broken(
        "replicas parked behind a router",
        "bare",
        "routing: sglang-router\nparking: {idle_after: 60}\n",
        "deployment.yaml:2: parking: nothing can be parked: a router behind the edge sends requests to the replicas, and would go on to; leave it out",
    ),
)
