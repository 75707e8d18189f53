"""What is built from the operator's Dockerfile, what it is called, and by which release it is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from generator import images
from generator.errors import PlanError
from generator.facts import BuildFacts, DockerFacts, Gpu, HostFacts, LooseEnd, NginxFacts
from generator.plan.model import Choice, DeploymentPlan
from generator.plan.serial import plan_from_json, plan_json
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text

FOUND = BuildFacts(
    "/home/op/engine",
    "/home/op/engine/Dockerfile",
    digest="ab" * 32,
    files=1,
    bytes=80,
    base="lmsysorg/sglang:v0.5.22",
    images=("lmsysorg/sglang:v0.5.22",),
)
HOST = HostFacts(
    gpus=tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(4)),
    docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True),
    nginx=NginxFacts("/usr/sbin/nginx", (1, 30, 6)),
    build=FOUND,
)
SPEC = "name: mine\nhf_model_handle: a/b-1B\nbuild: {context: engine}\n"
NAME = "sglbox/mine-engine:abababababab"


def plan(text: str = SPEC, facts: HostFacts = HOST) -> DeploymentPlan:
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts)


def faults(text: str = SPEC, found: BuildFacts = FOUND) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan(text, replace(HOST, build=found))
    return [fault.render() for fault in caught.value.faults]


def chosen(made: DeploymentPlan) -> dict[str, str]:
    return {choice.what: f"{choice.value}: {choice.why}" for choice in made.choices}


def test_it_is_named_by_its_content_and_run_by_replicas_and_prefetch() -> None:
    made = plan()
    assert made.engine_build is not None
    assert made.engine_build.image == NAME
    assert {replica.image for replica in made.replicas} == {NAME}
    assert made.prefetch is not None
    assert made.prefetch.image == NAME
    assert chosen(made)["image"] == (
        f"{NAME}: built from /home/op/engine/Dockerfile, FROM lmsysorg/sglang:v0.5.22"
    )
    assert plan_from_json(plan_json(made), source="a test") == made


def test_other_content_is_another_name() -> None:
    other = plan(facts=replace(HOST, build=replace(FOUND, digest="cd" * 32)))
    assert {replica.image for replica in other.replicas} == {"sglbox/mine-engine:cdcdcdcdcdcd"}


def test_image_is_what_it_is_called_where_both_are_given() -> None:
    assert {replica.image for replica in plan(f"{SPEC}image: mine:1.2\n").replicas} == {"mine:1.2"}


def test_a_replica_with_an_image_of_its_own_keeps_it_and_is_not_built() -> None:
    made = plan(f"{SPEC}replicas: [{{gpus: [0]}}, {{gpus: [1], image: 'lmsysorg/sglang:v0.5.23'}}]\n")
    services = YAML(typ="safe", pure=True).load(render(made)["compose.yaml"])["services"]
    assert [services[f"replica-{number}"]["image"] for number in (0, 1)] == [NAME, "lmsysorg/sglang:v0.5.23"]
    assert "build" in services["replica-0"]
    assert "build" not in services["replica-1"]


def test_arguments_are_judged_by_the_release_that_it_stands_on() -> None:
    flag = "extra_args: --cuda-graph-max-bs 8\n"
    assert "SGLang 0.5.22 has no --cuda-graph-max-bs" in faults(SPEC + flag)[0]
    told = SPEC.replace("engine}", "engine, release: 0.5.21}")
    assert "SGLang 0.5.21 has no --cuda-graph-max-bs" in faults(told + flag)[0]


def test_a_base_that_tells_no_release_is_a_doubt_until_the_spec_tells_it() -> None:
    unknown = replace(HOST, build=replace(FOUND, base="mine:1", images=("mine:1",)))
    text = f"{SPEC}extra_args: --log-level debug\n"
    assert plan(text, unknown).warnings == (
        "extra_args is judged by SGLang 0.5.23; what mine:1 is can't be told from its name; say it in `build.release`",
    )
    assert plan(text.replace("engine}", "engine, release: 0.5.22}"), unknown).warnings == ()


def test_what_can_not_be_built_is_refused_with_all_that_is_wrong() -> None:
    loose = (LooseEnd(3, "a:latest is another image whenever its owner pushes one", "write a:<version>"),)
    assert faults(f"{SPEC}image: mine\n", replace(FOUND, loose_images=loose)) == [
        (
            "image: 'mine' is to be the name of what `build` makes, and has no version; "
            "give a tag, or leave it out: it is then named by its content"
        ),
        "build.dockerfile: line 3: a:latest is another image whenever its owner pushes one; write a:<version>",
    ]
    missing = BuildFacts(
        "/home/op/engine", reason="there is no stage 'x'", key="target", remedy="there are: y"
    )
    assert faults(found=missing) == ["build.target: there is no stage 'x'; there are: y"]


def test_a_package_without_a_version_is_a_warning() -> None:
    loose = (LooseEnd(4, "pip takes whatever a is newest on the day of the build", "write a==<version>"),)
    made = plan(facts=replace(HOST, build=replace(FOUND, loose_packages=loose)))
    assert made.warnings == (
        "build.dockerfile: line 4: pip takes whatever a is newest on the day of the build; write a==<version>",
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("engine: simulator\n", "the simulator runs from the kit's own image"),
        (
            "engine: sglang-cpu\nruntime: host\nengine_python: /usr/bin/python3\n",
            "processes have no image",
        ),
    ],
)
def test_where_no_image_of_an_engine_runs_it_is_ignored_and_said_so(change: str, why: str) -> None:
    nothing_there = replace(HOST, build=BuildFacts("/home/op/engine", reason="/home/op/engine is no folder"))
    made = plan(f"{SPEC}image: mine:1\n{change}", nothing_there)
    assert made.engine_build is None
    assert chosen(made)["build"] == f"ignored: {why}"
    assert {replica.image for replica in made.replicas} <= {"", images.KIT}


def test_the_cpu_engine_is_built_too() -> None:
    assert {replica.image for replica in plan(f"{SPEC}engine: sglang-cpu\n").replicas} == {NAME}


def test_workers_of_dynamo_are_built_and_its_frontend_is_not() -> None:
    made = plan(f"{SPEC}routing: dynamo\n")
    assert {replica.image for replica in made.replicas} == {NAME}
    assert {router.image for router in made.routers} == {images.DYNAMO}
    both = f"{SPEC}routing: dynamo\ndynamo: {{image: 'mine:1'}}\n"
    assert faults(both) == [
        "dynamo.image: the workers' image is named here and built by `build`; leave one of them out"
    ]


def test_the_rendered_file_builds_the_same() -> None:
    settings = "{context: engine, target: small, args: {A: 1, B: $x}, secrets: {index: /etc/token}}"
    made = plan(SPEC.replace("{context: engine}", settings))
    compose = YAML(typ="safe", pure=True).load(render(made)["compose.yaml"])
    assert compose["services"]["replica-0"]["build"] == {
        "context": "/home/op/engine",
        "dockerfile": "/home/op/engine/Dockerfile",
        "target": "small",
        "args": {"A": "1", "B": "$$x"},
        "secrets": [{"source": "build-index", "target": "index"}],
        "labels": {images.INPUTS_LABEL: FOUND.digest},
    }
    assert compose["secrets"]["build-index"] == {"file": "/etc/token"}
    assert "build" not in compose["services"]["prefetch"]


@pytest.mark.parametrize(
    ("text", "image", "why"),
    [
        ("engine: simulator", images.KIT, "the simulator runs from the kit's own image"),
        ("engine: simulator\nruntime: host", "", "processes have no image"),
    ],
)
def test_an_engines_image_is_left_alone_where_none_is_run(text: str, image: str, why: str) -> None:
    spec = load_spec_text(
        f"{text}\nimage: lmsysorg/sglang:v0.5.23\nreplicas: [{{image: a/b:1}}]", source=""
    ).spec
    made = plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))
    assert [replica.image for replica in made.replicas] == [image]
    assert Choice("image", "ignored", why) in made.choices
