"""Variables of SGLang that its release does not read are told, not refused."""

from __future__ import annotations

import pytest

from generator.facts import CheckpointFacts, DockerFacts, HostFacts
from generator.planner import plan_deployment
from generator.spec import load_spec_text

HOST = HostFacts(docker=DockerFacts((28,)), checkpoint=CheckpointFacts("/m", 1 << 30))


def warnings(text: str) -> list[str]:
    spec = load_spec_text(f"engine: sglang-cpu\ncheckpoint_path: /m\n{text}", source="").spec
    return [warning for warning in plan_deployment(spec, HOST).warnings if "env_vars" in warning]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env_vars: {SGLANG_LOG_GC: 1, OMP_NUM_THREADS: 4, PYTORCH_CUDA_ALLOC_CONF: x}", []),
        (
            "env_vars: {SGLANG_LOG_CG: 1}",
            ["env_vars: SGLang 0.5.23 reads no SGLANG_LOG_CG; did you mean SGLANG_LOG_GC?"],
        ),
        (
            "env_vars: {SGLANG_FROBNICATE: 1}",
            ["env_vars: SGLang 0.5.23 reads no SGLANG_FROBNICATE; leave it out"],
        ),
        (
            "replicas: [{env_vars: {SGLANG_PREFILL_DELAYER_MAX_DELAY_PASSES: 3}}, {}]",
            [
                (
                    "replicas.0.env_vars: SGLANG_PREFILL_DELAYER_MAX_DELAY_PASSES is deprecated in SGLang 0.5.23; "
                    "use --prefill-delayer-max-delay-passes"
                )
            ],
        ),
        ("image: 'e/sglang:v0.5.21'\nenv_vars: {SGLANG_K3_KDA_FUSED_BACKEND: x}\nreplicas: 2", []),
    ],
)
def test_a_variable_without_effect_is_a_warning(text: str, expected: list[str]) -> None:
    assert warnings(text) == expected
