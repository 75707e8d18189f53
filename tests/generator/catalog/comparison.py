"""A flag as the catalog has it and as argparse has it, in words that can be compared."""

from __future__ import annotations

from typing import Any

from generator.catalog import Flag

KINDS = {
    "str": "text",
    "nullable_str": "text",
    "parse_cuda_graph_backend_arg": "text",
    "int": "int",
    "float": "float",
    "human_readable_int": "tokens",
    "loads": "json",
    "json_list_type": "json",
    "parse_cuda_graph_config_arg": "json",
}


def as_the_catalog_has_it(flag: Flag) -> dict[str, object]:
    """What both know."""
    return {
        "flags": sorted(flag.spellings),
        "dest": flag.dest,
        "default": flag.default,
        "required": flag.required,
        "choices": sorted(map(str, flag.choices)),
        "value": (flag.kind, flag.nargs) if flag.takes_value else None,
    }


def as_the_parser_has_it(action: dict[str, Any]) -> dict[str, object]:
    """An action as tests.generator.catalog.real_parser describes it."""
    value = (KINDS[action["type"] or "str"], action["nargs"] or "")
    return {
        "flags": sorted(action["flags"]),
        "dest": action["dest"],
        "default": action["default"],
        "required": action["required"],
        "choices": sorted(map(str, action["choices"] or ())),
        "value": None if action["nargs"] == 0 else value,
    }
