"""What another release changes for a deployment, by what the deployment uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.catalog import Catalog, Flag, Metric, Route, Variable
from generator.upgrade import Change, Uses, changes

OLD = Catalog(
    version="1.0.0",
    flags=(
        Flag(("--backend",), "backend", "text", choices=("a", "b"), default="a"),
        Flag(("--count",), "count", "int", default=1),
        Flag(("--fast",), "fast", "switch", default=False),
        Flag(("--size", "--sz"), "size", "int"),
    ),
    metrics=(Metric("sglang:x_total", "counter", common=True), Metric("sglang:t", "histogram", ("mode",))),
    routes=(Route("/v1/chat", ("GET", "POST")), Route("/v1/models/{model}", ("GET",))),
    environment=(Variable("SGLANG_A", "bool", False), Variable("SGLANG_B", "int")),
)
USES = Uses(
    arguments=(("serve", "--size", "4", "--fast", "--backend=b"),),
    metrics={"sglang:x_total": ("rules.yml",), "sglang:t_bucket": ("board.json",)},
    routes={"/v1/chat": ("server.conf",), "/v1/models/$model": ("server.conf",)},
    variables=("SGLANG_A", "OTHER"),
)


def found(**parts: Any) -> list[Change]:
    return list(changes(OLD, replace(OLD, version="2.0.0", **parts), USES))


def flags(**by_name: Flag | None) -> tuple[Flag, ...]:
    """The old flags with some exchanged, or gone."""
    kept = {flag.dest: flag for flag in OLD.flags} | by_name
    return tuple(flag for flag in kept.values() if flag)


def test_nothing_changes_between_equals() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("change", "weight", "name", "message"),
    [
        ({"fast": None}, "breaks", "--fast", "SGLang 2.0.0 has no --fast"),
        (
            {"backend": replace(OLD.flags[0], choices=("a", "c"))},
            "breaks",
            "--backend",
            "--backend: expected one of a, c, got 'b'",
        ),
        ({"fast": Flag(("--fast",), "fast", "int")}, "breaks", "--fast", "--fast is given no value"),
        (
            {"fast": replace(OLD.flags[2], deprecated=True, replacement="--faster")},
            "deprecated",
            "--fast",
            "--fast is deprecated in SGLang 2.0.0",
        ),
        ({"count": replace(OLD.flags[1], default=3)}, "differs", "--count", "is 3 by default, was 1"),
        ({"must": Flag(("--must",), "must", "text", required=True)}, "breaks", "--must", "is required"),
        ({"more": Flag(("--more",), "more", "text", section="Misc")}, "new", "--more", "Misc"),
    ],
)
def test_flags(change: dict[str, Flag | None], weight: str, name: str, message: str) -> None:
    assert [(c.weight, c.kind, c.name, c.message) for c in found(flags=flags(**change))] == [
        (weight, "flag", name, message)
    ]


def test_a_flag_that_is_used_may_have_another_default() -> None:
    assert found(flags=flags(size=replace(OLD.flags[3], default=9))) == []


def test_a_renamed_flag_is_still_used_under_its_alias() -> None:
    renamed = Flag(("--sz", "--size"), "size", "int", required=True)
    assert found(flags=flags(size=renamed)) == []


def test_metrics() -> None:
    found_ = found(metrics=(Metric("sglang:t", "histogram", ("mode", "rank")), Metric("sglang:n", "gauge")))
    assert [(c.weight, c.name, c.where) for c in found_] == [
        ("breaks", "sglang:x_total", ("rules.yml",)),
        ("differs", "sglang:t_bucket", ("board.json",)),
        ("new", "sglang:n", ()),
    ]
    assert (
        found_[1].message == "is a histogram with the labels mode, rank, was a histogram with the labels mode"
    )


def test_routes() -> None:
    found_ = found(routes=(Route("/v1/chat", ("POST",)), Route("/v2", ("GET",))))
    assert [(c.weight, c.name, c.message) for c in found_] == [
        ("breaks", "/v1/chat", "takes no GET any more"),
        ("breaks", "/v1/models/$model", "is not answered by 2.0.0"),
        ("new", "/v2", "GET"),
    ]


def test_variables() -> None:
    gone = found(environment=())
    assert [(c.weight, c.name, c.remedy) for c in gone] == [("breaks", "SGLANG_A", "leave it out")]
    late = found(environment=(Variable("SGLANG_A", "bool", deprecated=True, replacement="SGLANG_C"),))
    assert [(c.weight, c.name, c.remedy) for c in late] == [("deprecated", "SGLANG_A", "use SGLANG_C")]
