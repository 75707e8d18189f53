"""Whatever is in an argument or a variable, supervisord reads what was meant. It is asked itself."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from generator.facts import HostFacts
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import DeploymentSpec

AWKWARD = (
    "plain",
    "",
    "with space",
    "it's",
    "'quoted'",
    '"quoted"',
    """both ' and " of them""",
    '{"a": "b"}',
    "back\\slash\\n",
    "100% %(here)s",
    "a ;b",
    "a #b ;c",
    "#first",
    "a,b=c",
    "Grüße 日本",
    "$HOME `id`",
)


@pytest.mark.parametrize("value", AWKWARD)
def test_supervisord_reads_what_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    plan = plan_deployment(DeploymentSpec(runtime="host", engine="simulator"), HostFacts())
    first = replace(plan.processes[0], argv=("python3", value), environment=(("A", "1"), ("VALUE", value)))
    conf = tmp_path / "host" / "supervisord.conf"
    for folder in ("host", "run", "logs"):
        (tmp_path / folder).mkdir()
    conf.write_text(render(replace(plan, processes=(first,)))["host/supervisord.conf"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert _as_started(conf) == (("python3", value), {"A": "1", "VALUE": value})


def _as_started(conf: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """argv and variables of the first program, after env(1) has done its part."""
    options = ServerOptions()
    options.realize(["-c", str(conf)])
    (group,) = options.process_group_configs
    (program,) = group.process_configs
    start, words = shlex.split(program.command)[:4], shlex.split(program.command)[4:]
    assert start == ["/bin/sh", "host/start.sh", "replica-0", "TERM"]
    variables = dict(program.environment)
    while words[0] == "env" or "=" in words[0]:
        name, separator, value = words.pop(0).partition("=")
        variables |= {name: value} if separator else {}
    return tuple(words), variables
