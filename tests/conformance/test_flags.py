"""The simulator's list of flags against the real parser's own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.arguments import parse
from simulator.flags import known
from tests.engines.installation import SglangCpu
from tests.engines.server import environment

# Runs in the real server's interpreter: every action of its parser, as JSON on the last line.
DUMP = """
import argparse, json
from sglang.srt.server_args import ServerArgs
parser = argparse.ArgumentParser()
ServerArgs.add_cli_args(parser)
plain = (str, int, float, bool, list, dict, type(None))
print(json.dumps([
    {
        "flags": action.option_strings, "dest": action.dest, "nargs": action.nargs,
        "choices": list(action.choices) if action.choices else None,
        "default": action.default if isinstance(action.default, plain) else None,
    }
    for action in parser._actions if action.option_strings and action.dest != "help"
]))
"""


@pytest.fixture(scope="module")
def real(sglang_cpu: SglangCpu) -> dict[str, dict[str, Any]]:
    """The real parser's actions by their first spelling."""
    ended = subprocess.run(
        [str(sglang_cpu.python), "-c", DUMP], env=environment(), capture_output=True, text=True, check=True
    )
    return {entry["flags"][0]: entry for entry in json.loads(ended.stdout.splitlines()[-1])}


def pairs(real: dict[str, dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(real, ours) of each flag. The flag of the file itself both handle before parsing."""
    ours = {entry["flags"][0]: entry for entry in known()}
    assert ours.keys() == real.keys()
    return ((real[flag], ours[flag]) for flag in ours)


def test_spellings_are_the_same(real: dict[str, dict[str, Any]]) -> None:
    for theirs, ours in pairs(real):
        spellings = theirs["flags"][:1] if ours["kind"] == "pair" else theirs["flags"]
        assert ours["flags"] == spellings
        assert ours["dest"] == theirs["dest"]


def test_choices_and_counts_of_values_are_the_same(real: dict[str, dict[str, Any]]) -> None:
    for theirs, ours in pairs(real):
        assert sorted(ours.get("choices") or ()) == sorted(theirs["choices"] or ())  # some are sets
        takes_none = theirs["nargs"] == 0 or ours["kind"] == "switch"
        assert takes_none == (ours["kind"] in ("switch", "pair")), ours
        if not takes_none:
            assert ours.get("nargs") == theirs["nargs"]


def test_defaults_are_the_same(real: dict[str, dict[str, Any]]) -> None:
    parsed = vars(parse(["serve", "m"]))
    resolved = {"model_path", "served_model_name", "tokenizer_path", "context_length", "page_size"}
    for theirs, ours in pairs(real):
        if ours["dest"] not in resolved:
            assert parsed[ours["dest"]] == theirs["default"] or not (
                parsed[ours["dest"]] or theirs["default"]
            ), ours
