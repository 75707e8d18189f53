"""Every flag of the release, with a value that it takes, is right; so is every metric and every route."""

from __future__ import annotations

import re
import shlex

from generator.catalog import Flag, load
from generator.lint import lint

CATALOG = load("0.5.23")
# Free text for the parser, and a few words for what reads it.
WORDS = {"--log-level": "info", "--log-level-http": "info"}
VALUES = {"int": "4", "float": "0.5", "tokens": "32k", "json": '{"a": 1}', "text": "word"}


def words(flag: Flag) -> list[str]:
    if not flag.takes_value:
        return [flag.name]
    value = WORDS.get(flag.name) or (str(flag.choices[0]) if flag.choices else VALUES[flag.kind])
    return [flag.name, value]


def test_every_flag_with_a_value_it_takes() -> None:
    lines = [f"sglang serve m/m {shlex.join(words(flag))}" for flag in CATALOG.flags]
    found = lint("\n".join(lines), name="run.sh", catalog=CATALOG)
    expected = {"deprecated-flag", "secret-argument", "no-tokenizer"}
    assert [each for each in found if each.rule not in expected] == []
    deprecated = sum(flag.deprecated for flag in CATALOG.flags)
    assert sum(each.rule == "deprecated-flag" for each in found) == deprecated > 0


def test_every_spelling_is_known() -> None:
    lines = [
        f"sglang serve m/m {spelling} $X" for spelling, flag in CATALOG.spellings.items() if flag.takes_value
    ]
    found = lint("\n".join(lines), name="run.sh", catalog=CATALOG)
    assert {each.rule for each in found} <= {"deprecated-flag", "secret-argument"}


def test_every_series_of_every_metric() -> None:
    names = [series for metric in CATALOG.metrics for series in metric.series if series.startswith("sglang:")]
    rules = ", ".join(f"{{alert: A, expr: 'rate({name}[5m]) > 1'}}" for name in names)
    assert len(names) > 100
    assert lint(f"groups: [{{name: g, rules: [{rules}]}}]", name="alerts.yaml", catalog=CATALOG) == ()


def test_every_route() -> None:
    paths = [re.sub(r"\{[^}]*\}", "x", route.path) for route in CATALOG.routes]
    text = "sglang serve m/m\n" + "\n".join(f"curl http://localhost:30000{path}" for path in paths)
    assert len(paths) > 80
    assert lint(text, name="run.sh", catalog=CATALOG) == ()
