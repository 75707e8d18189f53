"""JSON Schema and reference page, both made from the models: a field can't exist undocumented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from generator.spec.build import BuildSpec
from generator.spec.disaggregation import DisaggregationSpec
from generator.spec.dynamo import DynamoSpec
from generator.spec.edge import AdminSpec, LimitsSpec, TenantLimitsSpec, TlsSpec
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.monitoring import MonitoringSpec
from generator.spec.nodes import NodeSpec
from generator.spec.replica import RoleSpec
from generator.spec.router import RouterSpec
from generator.spec.simulator import SimulatorSpec

_SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("deployment.yaml", "All keys are optional; an empty file is the embedded default.", DeploymentSpec),
    ("build", "Below `build`. See docs/own-image.md.", BuildSpec),
    ("replicas", "Each entry of the list form of `replicas`.", ReplicaSpec),
    ("nodes", "Each entry of `nodes`.", NodeSpec),
    ("prefill and decode", "Below `prefill` and `decode`, for `topology: disaggregated`.", RoleSpec),
    ("disaggregation", "Below `disaggregation`, for `topology: disaggregated`.", DisaggregationSpec),
    ("dynamo", "Below `dynamo`, for `routing: dynamo`.", DynamoSpec),
    ("router", "Below `router`, for `routing: sglang-router`.", RouterSpec),
    ("monitoring", "Below `monitoring`.", MonitoringSpec),
    ("simulator", "Below `simulator`.", SimulatorSpec),
    ("limits", "Below `limits`. The edge has no queue: what is over a limit gets 429.", LimitsSpec),
    ("limits.per_tenant", "Below `limits.per_tenant`, and of each of `limits.tenants`.", TenantLimitsSpec),
    ("tls", "Below `tls`, where it is not `self-signed`.", TlsSpec),
    ("admin", "Below `admin`.", AdminSpec),
)


def json_schema() -> str:
    """For editors: `# yaml-language-server: $schema=docs/deployment.schema.json`."""
    return json.dumps(DeploymentSpec.model_json_schema(mode="validation"), indent=2) + "\n"


def reference_page() -> str:
    """Markdown, one table a model, in the models' order."""
    head = [
        "# Reference of deployment.yaml",
        "",
        "Generated from `generator/spec/model.py` by `make golden`. Editors complete and check the file with",
        "`# yaml-language-server: $schema=docs/deployment.schema.json` as its first line.",
    ]
    return "\n".join([*head, *(line for section in _SECTIONS for line in _section(*section))]) + "\n"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/deployment.schema.json": json_schema,
    "docs/spec-reference.md": reference_page,
}


def _section(title: str, introduction: str, model: type[BaseModel]) -> Iterator[str]:
    yield from (
        "",
        f"## {title}",
        "",
        introduction,
        "",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
    )
    schema = model.model_json_schema()
    for name, field in schema["properties"].items():
        default = _default(model, name)
        yield f"| `{name}` | {_type(field)} | {default} | {model.model_fields[name].description} |"


def _default(model: type[BaseModel], name: str) -> str:
    if model.model_fields[name].is_required():
        return "needed"
    value = model.model_fields[name].get_default(call_default_factory=True)
    if value in (None, (), {}) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value)}`"


def _type(field: dict[str, Any]) -> str:
    options = field.get("anyOf") or field.get("oneOf") or [field]
    words = [_word(option) for option in options if option.get("type") != "null"]
    return " or ".join(dict.fromkeys(word for word in words if word))


def _word(option: dict[str, Any]) -> str:
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    if "const" in option:
        return f"`{option['const']}`"
    if "$ref" in option:
        return "keys and values"
    if "anyOf" in option or "oneOf" in option:
        return _type(option)
    words = {
        "integer": "whole number",
        "number": "number",
        "string": "text",
        "boolean": "true or false",
        "array": "list",
        "object": "keys and values",
    }
    return words.get(option.get("type", ""), "")
    return words.get(
        option.get("type", ""), {"array": "list", "object": "keys and values"}.get(option.get("type", ""), "")
    )
