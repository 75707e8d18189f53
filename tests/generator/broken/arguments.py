"""Arguments and variables that the engine, or the kit, would not take."""

from __future__ import annotations

from tests.generator.broken.case import Broken

ARGUMENTS = (
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
        "a quote that is not closed",
        "bare",
        'extra_args: --chat-template "x\n',
        "deployment.yaml:1: extra_args: '--chat-template \"x' has no closing quotation; close it, or write a list",
    ),
    Broken(
        "a process's argument with a line break",
        "bare",
        "runtime: host\nextra_args:\n- --json-model-override-args\n- |\n  {}\n",
        "deployment.yaml:4: extra_args.1: has a line break, and a process is described in lines; write it in one",
    ),
    Broken(
        "an unknown flag, close",
        "bare",
        "extra_args: --max-runing-requests 64\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --max-runing-requests; did you mean --max-running-requests or --max-queued-requests?",
    ),
    Broken(
        "an unknown flag, far",
        "bare",
        "extra_args: --no-such-thing\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --no-such-thing; nothing is named like it: leave it out",
    ),
    Broken(
        "a replica's own argument that a model in stages can't have",
        "gpus",
        "hf_model_handle: a/b\npipeline_parallel_size: 2\nreplicas:\n  - {gpus: [0, 1], extra_args: --enable-pdmux}\n"
        "  - {gpus: [2, 3]}\n",
        "deployment.yaml:4: replicas.0.extra_args: SGLang refuses --enable-pdmux with pipeline stages: it multiplexes a single stage; leave it out",
    ),
    Broken(
        "an ambiguous flag",
        "bare",
        "extra_args: --trust-remote-code --speculative-num 4\n",
        "deployment.yaml:1: extra_args.1: --speculative-num could be --speculative-num-draft-tokens or --speculative-num-steps; write the whole name",
    ),
    Broken(
        "an abbreviated flag",
        "bare",
        "extra_args: --mem-fraction 0.8\n",
        "deployment.yaml:1: extra_args.0: --mem-fraction is short for --mem-fraction-static, until a release has another flag that begins so; write --mem-fraction-static",
    ),
    Broken(
        "a flag twice",
        "bare",
        "extra_args: --page-size 1 --page-size 16\n",
        "deployment.yaml:1: extra_args.2: --page-size is given twice; only the last one counts: leave one out",
    ),
    Broken(
        "a flag twice, once by its other name",
        "bare",
        "extra_args: --ep 2 --ep-size 2\n",
        "deployment.yaml:1: extra_args.2: --ep-size is the same flag as --ep; only the last one counts: leave one out",
    ),
    Broken(
        "no choice of the flag",
        "bare",
        "extra_args: --schedule-policy fifo\n",
        "deployment.yaml:1: extra_args.1: --schedule-policy: expected one of lpm, random, fcfs, dfs-weight, lof, priority, routing-key, hrrn, shortest-prefill-first, got 'fifo'",
    ),
    Broken(
        "a wrong type",
        "bare",
        "extra_args: --page-size many\n",
        "deployment.yaml:1: extra_args.1: --page-size: expected a whole number, got 'many'",
    ),
    Broken(
        "no value",
        "bare",
        "extra_args: --page-size --trust-remote-code\n",
        "deployment.yaml:1: extra_args.0: --page-size is given no value; put one behind it",
    ),
    Broken(
        "a value for a switch",
        "bare",
        "extra_args: --trust-remote-code true\n",
        "deployment.yaml:1: extra_args.1: 'true' belongs to no flag; begin with one, such as `--max-running-requests`",
    ),
    Broken(
        "a switch set to a value",
        "bare",
        "extra_args: --trust-remote-code=true\n",
        "deployment.yaml:1: extra_args.0: --trust-remote-code takes no value; write --trust-remote-code alone",
    ),
    Broken(
        "no JSON",
        "bare",
        "extra_args: ['--radix-eviction-policy-config', '{']\n",
        "deployment.yaml:1: extra_args.1: --radix-eviction-policy-config: expected JSON, got '{'",
    ),
    Broken(
        "a flag that is gone, with its successor",
        "bare",
        "extra_args: --cuda-graph-max-bs 64\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --cuda-graph-max-bs (0.5.19 was the last release seen with it); use --cuda-graph-max-bs-decode",
    ),
    Broken(
        "a dead switch of the guides",
        "bare",
        "extra_args: --disable-flashinfer\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --disable-flashinfer (0.4.0 was the last release seen with it); use --attention-backend triton",
    ),
    Broken(
        "a guide's number of nodes",
        "bare",
        "extra_args: --num-nodes 2\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --num-nodes; use `nodes`",
    ),
    Broken(
        "a guide's bound of the cache",
        "bare",
        "extra_args: --max-radix-cache-len 8192\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --max-radix-cache-len; the cache has what --max-total-tokens or --mem-fraction-static leaves it",
    ),
    Broken(
        "a guide's log file",
        "bare",
        "extra_args: --log-file /var/log/sglang.log\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --log-file; the engine logs to its container: see `sglbox logs`; for requests, --log-requests-target",
    ),
    Broken(
        "a flag of vLLM",
        "bare",
        "extra_args: --max-model-len 4096\n",
        "deployment.yaml:1: extra_args.0: SGLang 0.5.23 has no --max-model-len; use `context_length`",
    ),
    Broken(
        "an owned flag with its value attached",
        "bare",
        "extra_args: --tensor-parallel-size=4\n",
        "deployment.yaml:1: extra_args.0: --tensor-parallel-size is not for extra_args; use `tensor_parallel_size`",
    ),
    Broken(
        "an owned flag, shortened",
        "bare",
        "extra_args: --served-model x\n",
        "deployment.yaml:1: extra_args.0: --served-model is not for extra_args; use `served_model_name`",
    ),
    Broken(
        "a fault in a replica's own arguments",
        "gpus",
        "hf_model_handle: a/b\nreplicas:\n  - gpus: [0]\n  - gpus: [1]\n    extra_args: --no-such-thing\n",
        "deployment.yaml:5: replicas.1.extra_args.0: SGLang 0.5.23 has no --no-such-thing; nothing is named like it: leave it out",
    ),
    Broken(
        "several faults in one line",
        "bare",
        "extra_args: --page-size many stray --num-nodes 2\n",
        "deployment.yaml:1: extra_args.1: --page-size: expected a whole number, got 'many'\ndeployment.yaml:1: extra_args.2: 'stray' belongs to no flag; begin with one, such as `--max-running-requests`\ndeployment.yaml:1: extra_args.3: SGLang 0.5.23 has no --num-nodes; use `nodes`",
    ),
    Broken(
        "a variable that is no name",
        "bare",
        "env_vars: {A-B: x}\n",
        "deployment.yaml:1: env_vars: 'A-B' is no name of an environment variable; use letters, digits and _",
    ),
    Broken(
        "an argument of another release",
        "gpus",
        "hf_model_handle: a/b\nimage: lmsysorg/sglang:v0.5.22\nextra_args: --cuda-graph-tc-compiler eager\n",
        "deployment.yaml:3: extra_args.0: SGLang 0.5.22 has no --cuda-graph-tc-compiler (0.5.21 was the last release seen with it); leave it out: nothing took its place",
    ),
)
