"""Keys that are unknown, stand twice, or do not go together; and files that are none."""

from __future__ import annotations

from tests.generator.broken.case import Broken

KEYS = (
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
        "unknown key, far",
        "bare",
        "monitoring: {colour: red}\n",
        "deployment.yaml:1: monitoring.colour: unknown key; known here: bind_address, prometheus_port, grafana, grafana_port, tracing, tracing_days, gpu_metrics, edge_metrics_port, scrape_interval, retention",
    ),
    Broken(
        "foreign key of the NeMo launcher",
        "bare",
        "dp: 2\n",
        "deployment.yaml:1: dp: unknown key; use `replicas`",
    ),
    Broken(
        "foreign key of vLLM",
        "bare",
        "max_model_len: 4096\n",
        "deployment.yaml:1: max_model_len: unknown key; use `context_length`",
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
        "key twice",
        "bare",
        "name: a\nname: b\n",
        "deployment.yaml:2: name: the same key twice; keep one of them",
    ),
    Broken(
        "indented with a tab",
        "bare",
        "simulator:\n\tpreset: l4-8b\n",
        "deployment.yaml:2: is no YAML: found character '\\t' that cannot start any token; mind indentation, quotes and colons",
    ),
    Broken(
        "a control character",
        "bare",
        "name: box\nengine: simu\0lator\n",
        "deployment.yaml:2: is no text: it has the control character '\\x00'; remove it",
    ),
    Broken(
        "a fault that a merge brought",
        "bare",
        "replicas:\n- &first {gpu: [0]}\n- <<: *first\n  image: x\n",
        "deployment.yaml:2: replicas.0.gpu: unknown key; did you mean `gpus`?\ndeployment.yaml:3: replicas.1.gpu: unknown key; did you mean `gpus`?",
    ),
    Broken(
        "no GPU for the engine",
        "bare",
        "engine: sglang\nruntime: compose\nhf_model_handle: a/b\n",
        "deployment.yaml:1: engine: no GPU was found on this host; use `engine: simulator` or `engine: sglang-cpu`",
    ),
)
