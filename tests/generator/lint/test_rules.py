"""Single rules: one text, one finding or none."""

from __future__ import annotations

import pytest

from generator.catalog import load
from generator.lint import lint

CATALOG = load("0.5.23")
SERVE = "sglang serve --model-path m/m "


def rules(text: str, name: str = "run.sh") -> list[str]:
    return [each.rule for each in lint(text, name=name, catalog=CATALOG)]


def only(text: str, name: str = "run.sh") -> str:
    (found,) = lint(text, name=name, catalog=CATALOG)
    return found.render(name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--tp-size four", "flag-value --tp-size expects a whole number, and got 'four'"),
        ("--tp-size", "flag-value --tp-size lacks its value"),
        ("--enable-metrics true", "flag-value --enable-metrics takes no value, and got 'true'"),
        ("--schedule-policy best", "flag-value --schedule-policy expects one of lpm, random, fcfs"),
        (
            "--tp-size 2 --tensor-parallel-size 4",
            "repeated-flag --tensor-parallel-size was given in line 1 already",
        ),
        (
            "--max-total-tokens 1e6",
            "flag-value --max-total-tokens expects a whole number, or one with a suffix such as 32k",
        ),
        ("--pp 2", "ambiguous-flag --pp could be"),
        ("--mem-fraction 0.8", "abbreviated-flag (info) --mem-fraction works only as the beginning of"),
        ("--enable-dp-attention", "deprecated-flag --enable-dp-attention is deprecated"),
        ("--kv-cache-dtipe auto", "did you mean --kv-cache-dtype?"),
    ],
)
def test_arguments(arguments: str, said: str) -> None:
    assert said in only(SERVE + arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        "--tp-size $TP --port ${PORT} --schedule-policy <policy> --max-running-requests N",
        "--context-length 32Ki --max-total-tokens 128k --chunked-prefill-size -1",
        "--cuda-graph-bs-decode 1 2 4 --no-enable-tf32-matmul --model-type llm",
        "--tp-size=2 --ep 2 | tee log",
    ],
)
def test_arguments_that_are_right(arguments: str) -> None:
    assert rules(SERVE + arguments) == []


def test_a_command_in_quotes_is_read_at_its_place() -> None:
    assert only('docker exec -d x bash -lc "sglang serve m/m --no-such-flag 1"').startswith("run.sh:1:")
    assert rules('docker exec -d x bash -lc "sglang serve m/m --no-such-flag 1"') == ["unknown-flag"]


def test_a_comment_within_a_continued_command() -> None:
    text = "sglang serve m/m \\\n  # two cards\n  --tp-size 2\n"
    assert rules(text) == ["cut-command"]


def test_compose_files_are_read_with_entrypoint_and_command_together() -> None:
    text = """
services:
  engine:
    image: lmsysorg/sglang:v0.5.23
    entrypoint: python3 -m sglang.launch_server
    command: >
      --model-path m/m
      --num-nodes 2
    environment:
      CUDA_VISIBLE_DEVICES: "0"
      PORT: "1"
    deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ["0"], capabilities: [gpu]}]}}}
"""
    assert rules(text, "compose.yaml") == ["unknown-flag", "gpu-variable", "unread-variable"]


def test_a_variable_is_no_fault_where_the_command_or_the_shell_uses_it() -> None:
    assert rules("CUDA_VISIBLE_DEVICES=0 sglang serve m/m") == []
    assert rules('docker run -e PORT=1 lmsysorg/sglang sh -c "sglang serve m/m --port $PORT"') == []


def test_a_dashboard_is_judged_by_its_queries_and_alerts_know_their_own_records() -> None:
    dashboard = '{"panels": [{"targets": [{"expr": "sum(rate(sglang:request_success[5m]))"}]}]}'
    assert rules(dashboard, "board.json") == ["unknown-metric"]
    alerts = "groups: [{name: g, rules: [{record: sglang_own, expr: 'sglang:gone'}, {alert: A, expr: sglang_own > 1}]}]"
    assert "sglang:gone" in only(alerts, "alerts.yaml")


def test_routes_belong_to_the_port_of_the_engine() -> None:
    text = SERVE + "--port 8000\ncurl http://localhost:8000/stats\ncurl http://localhost:30000/stats\n"
    assert rules(text) == ["unknown-route"]


def test_an_address_of_this_host_needs_no_scheme() -> None:
    assert rules(SERVE + "\ncurl -s localhost:30000/stats\n") == ["unknown-route"]
    assert rules(SERVE + "\ncurl -s localhost:30000/health\nrsync a@localhost:30000/stats b\n") == []


def test_costs_are_judged_line_by_line_where_there_are_several() -> None:
    text = (
        "- L4 at $1/hour, 2,000 tokens/s: $0.50 per million tokens\n"
        "- A100 at $3/hour, 10,000 tokens/s: $0.083 per million tokens\n"
    )
    assert only(text, "costs.md").startswith("costs.md:1:34: cost-arithmetic $0.5 per million tokens")


def test_a_worker_of_dynamo_may_have_flags_of_its_own_and_leave_tokenizing_to_the_frontend() -> None:
    assert (
        rules("python -m dynamo.sglang --model-path m/m --skip-tokenizer-init --dyn-tool-call-parser x") == []
    )
    assert rules(SERVE + "--skip-tokenizer-init") == ["no-tokenizer"]


def test_a_spec_has_its_own_faults_and_those_of_its_arguments() -> None:
    text = "hf_model_handle: m/m\nreplikas: 2\nextra_args: --shedule-policy lpm\n"
    assert rules(text, "deployment.yaml") == ["spec", "unknown-flag"]


def test_text_that_is_no_yaml_is_read_as_far_as_it_goes() -> None:
    assert rules("a: [\nsglang:no_such_metric_total\n", "x.yaml") == ["unknown-metric"]


def test_a_dockerfile_for_the_engine_says_which_versions_it_takes() -> None:
    text = "FROM lmsysorg/sglang:latest\nRUN pip install fastsafetensors\n"
    assert rules(text, "Dockerfile") == ["unpinned-image", "unpinned-package"]
    assert rules(text.replace("lmsysorg/sglang", "node"), "Dockerfile") == []
    pinned = "FROM lmsysorg/sglang:v0.5.23\nRUN pip install fastsafetensors==0.5.0\n"
    assert rules(pinned, "Dockerfile") == []


def test_flags_in_arrays_and_in_text_are_those_of_the_command_that_takes_them() -> None:
    text = 'ARGS=(--tp-size four)\nsglang serve m/m "${ARGS[@]}"\nCMD="sglang serve m/m --no-such"\n$CMD\nOTHER=(--none)\n'
    assert rules(text) == ["flag-value", "unknown-flag"]


@pytest.mark.parametrize(
    "text", ['pkill -f "sglang serve m/m --no-such"', "say `sglang serve m/m --no-such`"]
)
def test_a_command_that_is_only_named_is_not_judged(text: str) -> None:
    assert rules(text) == []


def test_flags_alone_are_for_the_program_that_the_text_runs() -> None:
    block = "```bash\n--rollout-batch-size 32\n```\n"
    assert rules("```bash\npython train.py --lr 1\n```\n" + block, "a.md") == []
    assert rules("```bash\nsglang serve m/m\n```\n" + block, "a.md") == ["unknown-flag"]
