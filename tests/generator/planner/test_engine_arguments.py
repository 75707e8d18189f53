"""Engine arguments are judged by the release that will read them, before anything starts."""

from __future__ import annotations

import pytest

from generator import images
from generator.catalog import versions
from generator.errors import PlanError
from generator.facts import DockerFacts, HostFacts
from generator.planner import plan_deployment
from generator.planner.engine_arguments import OWNED
from generator.planner.engine_release import engine_release
from generator.spec import load_spec_text


def warnings(text: str) -> tuple[str, ...]:
    loaded = load_spec_text(f"engine: sglang-cpu\ncheckpoint_path: /m\n{text}", source="deployment.yaml")
    try:
        return plan_deployment(loaded.spec, HostFacts(docker=DockerFacts((28,)))).warnings
    except PlanError as error:
        raise PlanError(error.faults, source=loaded.source, lines=loaded.lines) from error


def faults(text: str) -> list[str]:
    with pytest.raises(PlanError) as raised:
        warnings(text)
    return raised.value.message.splitlines()


@pytest.mark.parametrize(
    ("image", "version"),
    [
        (images.SGLANG, images.SGLANG_VERSION),
        (images.SGLANG_CPU, images.SGLANG_VERSION),
        (images.KIT, images.SGLANG_VERSION),
        ("registry.example:5000/sglang:v0.5.22-cu129-amd64", "0.5.22"),
        ("lmsysorg/sglang:v0.5.12.post1", "0.5.12.post1"),
        ("lmsysorg/sglang:0.5.21@sha256:0123", "0.5.21"),
        ("lmsysorg/sglang@sha256:0123", ""),
        ("lmsysorg/sglang:latest", ""),
        ("registry:5000/sglang", ""),
        ("", ""),
        ("nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.6.1", ""),
    ],
)
def test_the_tag_tells_the_release(image: str, version: str) -> None:
    assert engine_release(image).version == version


@pytest.mark.parametrize(
    ("image", "judge"),
    [
        ("lmsysorg/sglang:dev", versions()[-1]),
        ("lmsysorg/sglang:v0.6.0", versions()[-1]),
        ("lmsysorg/sglang:v0.5.12", versions()[0]),
        ("lmsysorg/sglang:v0.5.22.post1", "0.5.22"),
    ],
)
def test_a_release_without_a_catalog_is_judged_by_what_comes_nearest(image: str, judge: str) -> None:
    release = engine_release(image)
    assert release.catalog.version == judge
    assert release.doubt


def test_a_fault_that_another_release_finds_says_so() -> None:
    assert faults("image: e/sglang:v0.5.12\nextra_args: --cuda-graph-max-bs 16") == [
        (
            "deployment.yaml:4: extra_args.0: SGLang 0.5.21 has no --cuda-graph-max-bs (0.5.19 was the last release seen with "
            "it); use --cuda-graph-max-bs-decode; there is no catalog of 0.5.12: `make catalog VERSION=0.5.12` makes one"
        )
    ]


def test_every_fault_has_its_own_line() -> None:
    text = "extra_args:\n- --page-size\n- many\n- --schedule-policy=zzz\n- --ep\n- '2'\n- --ep-size=2\n"
    assert faults(text) == [
        "deployment.yaml:5: extra_args.1: --page-size: expected a whole number, got 'many'",
        (
            "deployment.yaml:6: extra_args.2: --schedule-policy: expected one of lpm, random, fcfs, dfs-weight, lof, priority, "
            "routing-key, hrrn, shortest-prefill-first, got 'zzz'"
        ),
        "deployment.yaml:9: extra_args.5: --ep-size is the same flag as --ep; only the last one counts: leave one out",
    ]


def test_faults_of_arguments_come_with_all_the_others() -> None:
    assert len(faults("limits: {requests: 900}\nextra_args: --port 1 --pp 2")) == 3


def test_a_replicas_own_arguments_may_repeat_the_common_ones() -> None:
    text = "extra_args: --page-size 1\nreplicas: [{extra_args: --page-size 16}, {}]"
    assert not any("page-size" in warning for warning in warnings(text))


def test_each_replica_is_judged_by_its_own_image() -> None:
    old = "image: 'lmsysorg/sglang:v0.5.21', extra_args: --cuda-graph-tc-compiler eager"
    assert not any("tc-compiler" in warning for warning in warnings(f"replicas: [{{{old}}}]"))
    assert faults(f"replicas: [{{{old}}}, {{extra_args: --cuda-graph-tc-compiler eager}}]") == [
        (
            "deployment.yaml:3: replicas.1.extra_args.0: SGLang 0.5.23 has no --cuda-graph-tc-compiler "
            "(0.5.21 was the last release seen with it); leave it out: nothing took its place"
        )
    ]


def test_a_roles_arguments_are_told_at_their_key() -> None:
    text = "engine: simulator\ntopology: disaggregated\nprefill:\n  replicas: 2\n  extra_args: --no-such 1\n"
    loaded = load_spec_text(text, source="deployment.yaml")
    with pytest.raises(PlanError) as raised:
        plan_deployment(loaded.spec, HostFacts(docker=DockerFacts((28,))))
    assert [fault.render(source="f", lines=loaded.lines) for fault in raised.value.faults] == [
        "f:5: prefill.extra_args.0: SGLang 0.5.23 has no --no-such; nothing is named like it: leave it out"
    ]


def test_common_arguments_are_judged_by_every_image() -> None:
    text = (
        "extra_args: --cuda-graph-tc-compiler eager\nreplicas: [{image: 'lmsysorg/sglang:v0.5.21'}, {}, {}]"
    )
    assert len(faults(text)) == 1


def test_what_will_go_is_a_warning() -> None:
    expected = "extra_args: --grpc-mode is deprecated in SGLang 0.5.23; use --smg-grpc-mode"
    assert expected in warnings("extra_args: --grpc-mode")


def test_a_guessed_release_is_a_warning_where_it_matters() -> None:
    assert any("can't be told" in w for w in warnings("image: e/sglang:mine\nextra_args: --page-size 1"))
    assert any("make catalog" in w for w in warnings("image: e/sglang:v0.5.19\nextra_args: --page-size 1"))
    assert not any("extra_args" in warning for warning in warnings("image: e/sglang:mine"))


def test_a_release_that_can_not_be_started_by_the_kit_is_refused_where_it_is_named() -> None:
    why = "has SGLang 0.5.9, and the kit's command lines need 0.5.10 or later"
    remedy = f"name a later one; without `image` it is {images.SGLANG}"
    assert faults("image: e/sglang:v0.5.9") == [f"deployment.yaml:3: image: e/sglang:v0.5.9 {why}; {remedy}"]
    assert faults("replicas: [{}, {image: 'e/sglang:v0.5.9'}]") == [
        f"deployment.yaml:3: replicas.1.image: e/sglang:v0.5.9 {why}; {remedy}"
    ]
    assert not warnings("image: e/sglang:v0.5.10.post1")


def test_tracing_needs_a_later_one() -> None:
    assert "`monitoring.tracing` need" in faults("image: e/sglang:v0.5.20\nmonitoring: {tracing: true}")[0]


def test_on_the_host_nothing_tells_the_release() -> None:
    warned = warnings("runtime: host\nextra_args: --page-size 1")
    assert any("nothing tells what engine_python has" in warning for warning in warned)


@pytest.mark.parametrize("flag", sorted(OWNED))
def test_what_the_plan_owns_is_refused_in_every_spelling(flag: str) -> None:
    known = engine_release(images.SGLANG).catalog.spellings
    for spelling in known[flag].spellings if flag in known else (flag,):
        assert (
            f"extra_args.0: {spelling} is not for extra_args; {OWNED[flag]}"
            in faults(f"extra_args: [{spelling}]")[0]
        )


def test_the_simulator_judges_its_own_flags() -> None:
    spec = load_spec_text("extra_args: --sim-speed 2 --page-size x", source="").spec
    with pytest.raises(PlanError) as raised:
        plan_deployment(spec, HostFacts())
    assert [fault.path for fault in raised.value.faults] == ["extra_args.3"]
    assert "has no --sim-speed" in faults("extra_args: --sim-speed 2")[0]


def test_an_engine_without_a_tokenizer_is_a_warning_unless_dynamo_tokenizes() -> None:
    (said,) = warnings("extra_args: --skip-tokenizer-init\n")
    assert "token ids only, and every chat fails" in said
    loaded = load_spec_text(
        "engine: simulator\nrouting: dynamo\nextra_args: --skip-tokenizer-init\n", source="x"
    )
    plan = plan_deployment(loaded.spec, HostFacts(docker=DockerFacts((28,))))
    assert not [each for each in plan.warnings if "token ids" in each]
