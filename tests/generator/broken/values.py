"""Values that a key can't have."""

from __future__ import annotations

from tests.generator.broken.case import Broken

VALUES = (
    Broken(
        "a secret as a build argument",
        "bare",
        "build:\n  context: engine\n  args: {HF_TOKEN: x}\n",
        "deployment.yaml:3: build.args: HF_TOKEN looks like a secret, and build arguments stay readable in the image; "
        "use `secrets` and RUN --mount=type=secret, or `hf_token_file` for the hub's token",
    ),
    Broken(
        "a build argument with a dash",
        "bare",
        "build: {context: engine, args: {MY-ARG: x}}\n",
        "deployment.yaml:1: build.args: 'MY-ARG' is no name of a build argument; use letters, digits and _",
    ),
    Broken(
        "an id of a secret that is none",
        "bare",
        "build: {context: engine, secrets: {a b: /x}}\n",
        "deployment.yaml:1: build.secrets: 'a b' is no id of a secret; use letters, digits, _, . and -",
    ),
    Broken(
        "a build without its folder",
        "bare",
        "build: {dockerfile: Dockerfile}\n",
        "deployment.yaml:1: build.context: is missing",
    ),
    Broken(
        "a build from an address",
        "bare",
        "build: {context: 'https://example.com/engine.git'}\n",
        "deployment.yaml:1: build.context: 'https://example.com/engine.git' is an address, and what is there may change; "
        "clone it, and give its folder",
    ),
    Broken(
        "a release that is none",
        "bare",
        "build: {context: engine, release: v0.5}\n",
        "deployment.yaml:1: build.release: expected an SGLang release, such as 0.5.23, got 'v0.5'",
    ),
    Broken(
        "a build as text",
        "bare",
        "build: ./engine\n",
        "deployment.yaml:1: build: expected keys and values, got './engine'",
    ),
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
        "a port outside of a range",
        "bare",
        "disaggregation: {bootstrap_port: 70000}\n",
        "deployment.yaml:1: disaggregation.bootstrap_port: must be at most 65535, got 70000",
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
        "port in quotes",
        "bare",
        "port: '8080'\n",
        "deployment.yaml:1: port: expected a whole number, got '8080'",
    ),
    Broken(
        "port too high", "bare", "port: 70000\n", "deployment.yaml:1: port: must be at most 65535, got 70000"
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
        "handle that looks like a flag",
        "bare",
        "hf_model_handle: -a/b\n",
        "deployment.yaml:1: hf_model_handle: '-a/b' is no handle; write `organisation/model`",
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
        "a list instead of keys",
        "bare",
        "- name: a\n",
        "deployment.yaml:1: expected keys and values; begin with `name: ...`",
    ),
    Broken(
        "a date for a name",
        "bare",
        "name: 2024-05-01\n",
        "deployment.yaml:1: name: expected lower-case letters, digits and -, beginning with a letter, at most 40, got '2024-05-01'",
    ),
    Broken(
        "a tag",
        "bare",
        "engine: !sglang\n",
        "deployment.yaml:1: engine: expected 'sglang', 'sglang-cpu' or 'simulator', got ''",
    ),
    Broken(
        "a model's name with a line break",
        "bare",
        'served_model_name: "a\\nb"\n',
        "deployment.yaml:1: served_model_name: 'a\\nb' has characters that can't be printed; leave them out",
    ),
    Broken(
        "many faults at once",
        "bare",
        "port: x\nnane: y\nreplicas: 0\n",
        "deployment.yaml:1: port: expected a whole number, got 'x'\ndeployment.yaml:2: nane: unknown key; did you mean `name`?\ndeployment.yaml:3: replicas: must be at least 1, got 0",
    ),
)
