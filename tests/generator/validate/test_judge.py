"""Real NGINX and promtool accept what the kit renders, and refuse what it should not have."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.cli.deployment import Deployment
from generator.cli.validate import validate
from generator.credentials.self_signed import make_pair
from generator.errors import CheckError, Fault
from generator.plan.model import DeploymentPlan
from generator.render import render
from generator.spec import DeploymentSpec
from generator.spec.edge import TlsSpec
from tests.generator.validate.trees import HOST, faults_of, on_host, spoilt

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("host_programs")]


def test_what_the_kit_renders_is_accepted(tmp_path: Path) -> None:
    assert faults_of(on_host(), place=tmp_path) == []


def test_a_certificate_is_judged_with_its_key(tmp_path: Path) -> None:
    assert faults_of(on_host(DeploymentSpec(tls="self-signed")), place=tmp_path) == []
    for name in ("certificate", "key"):
        (tmp_path / name).write_text(make_pair(project=name, address="127.0.0.1")[name == "key"])
    strangers = TlsSpec(certificate=str(tmp_path / "certificate"), key=str(tmp_path / "key"))
    (fault,) = faults_of(on_host(DeploymentSpec(tls=strangers)), place=tmp_path)
    assert "key values mismatch" in fault.message


def test_all_faults_come_at_once_with_file_and_line(tmp_path: Path) -> None:
    plan = on_host()
    tree = spoilt(render(plan))
    server = line_of(tree["nginx/conf.d/server.conf"], "client_max_size")
    scrape = line_of(tree["prometheus/prometheus.yml"], "scrap_configs")
    said = f"line {scrape}: field scrap_configs not found in type config.plain"
    assert faults_of(plan, tree, place=tmp_path) == [
        Fault(f"nginx/conf.d/server.conf:{server}", 'unknown directive "client_max_size"'),
        Fault(f"prometheus/prometheus.yml:{scrape}", said),
    ]


def line_of(text: str, word: str) -> int:
    """Number of the first line that holds `word`."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


def test_a_slip_in_a_script_is_found_at_its_line(tmp_path: Path) -> None:
    plan = on_host()
    tree = {**render(plan), "nginx/js/edge.js": "const a = 1;\nexport default {;\n"}
    assert faults_of(plan, tree, place=tmp_path) == [
        Fault("nginx/js/edge.js:2", 'SyntaxError: Unexpected token ";"')
    ]


def test_a_judge_that_is_missing_is_a_fault_with_a_remedy(tmp_path: Path) -> None:
    plan = on_host()
    gone = replace(plan, edge=replace(plan.edge, binary="/nowhere/nginx"))
    assert faults_of(gone, place=tmp_path) == [
        Fault(
            "nginx/nginx.conf",
            "was not checked: /nowhere/nginx: No such file or directory",
            "run `make setup RUNTIME=host`",
        )
    ]


def test_judging_leaves_nothing_behind(tmp_path: Path) -> None:
    faults_of(on_host(), place=tmp_path / "build")
    assert list((tmp_path / "build").iterdir()) == []


def deployment(plan: DeploymentPlan, place: Path) -> Deployment:
    """As the command line hands it to the verb."""
    return Deployment(DeploymentSpec(), HOST, plan, place / plan.project)


def test_the_verb_names_the_judges(tmp_path: Path) -> None:
    out, plan = io.StringIO(), on_host()
    assert validate(deployment(plan, tmp_path), as_json=False, out=out) == 0
    assert out.getvalue() == (
        f"nginx/nginx.conf: accepted by {plan.edge.binary} -t\n"
        "prometheus/prometheus.yml: accepted by promtool\n"
    )


def test_the_verb_fails_with_every_fault(tmp_path: Path) -> None:
    plan = on_host()
    broken = replace(plan, edge=replace(plan.edge, max_body="much"))
    with pytest.raises(CheckError) as caught:
        validate(deployment(broken, tmp_path), as_json=False, out=io.StringIO())
    assert [fault.message for fault in caught.value.faults] == [
        '"client_max_body_size" directive invalid value'
    ]
    out = io.StringIO()
    assert validate(deployment(broken, tmp_path), as_json=True, out=out) == CheckError.exit_code
    assert json.loads(out.getvalue())[0]["faults"][0]["message"] == caught.value.faults[0].message
