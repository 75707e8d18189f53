"""docs/loadtest-numbers.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

from loadtest.derive.timing import LATENCIES
from loadtest.exporters.formats import FORMATS
from loadtest.slo.loading import presets
from loadtest.slo.model import Slo
from loadtest.verdict import EXIT_CODES

PAGE = (Path(__file__).resolve().parents[2] / "docs/loadtest-numbers.md").read_text(encoding="utf-8")


def test_every_latency_is_there_with_its_formula() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", PAGE, flags=re.MULTILINE)
    assert rows == [(one.name, one.label, one.formula) for one in LATENCIES.values()]


def test_the_presets_formats_and_exit_codes_are_those_there_are() -> None:
    assert ", ".join(f"`{name}`" for name in presets()) in PAGE
    assert "|".join(FORMATS) in PAGE
    assert sorted(map(int, re.findall(r"^\| (\d) \|", PAGE, flags=re.MULTILINE))) == sorted(
        EXIT_CODES.values()
    )


def test_the_example_is_an_slo_with_every_key() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    slo = Slo.model_validate(YAML(typ="safe").load(example))
    assert slo.model_fields_set == Slo.model_fields.keys() - {"why"}
