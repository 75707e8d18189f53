"""The rendered files as the programs see them that judge NGINX configurations without running them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.credentials.files import ensure_secrets
from generator.credentials.key_table import entry_of
from generator.facts import DockerFacts, HostFacts, NginxFacts
from generator.output import write
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text
from tests.edge.gixy import ensure_gixy, findings
from tests.edge.running import Nginx, planned

EVERYTHING = """
tls: self-signed
plain_http: redirect
bind_address: 0.0.0.0
limits: {per_tenant: {requests: 4, requests_per_minute: 60}, tenants: {big: {requests: 9}, default: {}}}
"""

SKIPPED = {
    # A host name may have other services on other ports, and browsers would refuse to speak HTTP to them.
    "hsts_header",
    # The one path with a variable has letters, digits, '.', '_' and '-' only: nothing to decode.
    "proxy_pass_normalized",
}


def spec_text(tmp_path: Path, *, extra: str) -> str:
    for name in ("keys", "admins"):
        (tmp_path / name).write_text(f"{entry_of(name, key='x')}\n")
    return f"{extra}api_keys_file: {tmp_path}/keys\nadmin: {{keys_file: {tmp_path}/admins}}\n"


@pytest.mark.parametrize("extra", ["", EVERYTHING], ids=["keys", "everything"])
@pytest.mark.parametrize(
    "facts",
    [
        HostFacts(nginx=NginxFacts("nginx", (1, 22, 1)), superuser="root"),
        HostFacts(docker=DockerFacts((28,))),
    ],
    ids=["host", "compose"],
)
def test_a_static_check_finds_nothing(tmp_path: Path, facts: HostFacts, extra: str) -> None:
    plan = plan_deployment(load_spec_text(spec_text(tmp_path, extra=extra), source="x").spec, facts)
    write(render(plan), tmp_path / "tree")
    assert findings(ensure_gixy(), tmp_path / "tree/nginx", skipping=sorted(SKIPPED)) == []


def test_it_would_find_something(tmp_path: Path) -> None:
    plan = plan_deployment(load_spec_text("", source="x").spec, HostFacts(docker=DockerFacts((28,))))
    tree = dict(render(plan))
    path = "nginx/conf.d/server.conf"
    tree[path] = tree[path].replace("return 404;", "return 302 http://$http_host$uri;")
    write(tree, tmp_path)
    assert any(
        "http_splitting" in found for found in findings(ensure_gixy(), tmp_path / "nginx", skipping=())
    )


@pytest.mark.parametrize("extra", ["", EVERYTHING], ids=["keys", "everything"])
def test_nginx_itself_accepts_it(nginx: Nginx, tmp_path: Path, extra: str) -> None:
    spec = load_spec_text(
        f"runtime: host\nengine: simulator\n{spec_text(tmp_path, extra=extra)}", source="x"
    ).spec
    plan: DeploymentPlan = planned(nginx, spec)
    directory = tmp_path / "tree"
    write(render(plan), directory)
    ensure_secrets(plan, directory)
    (directory / plan.edge.run_dir).mkdir(parents=True)
    said = nginx.run(directory, "-t")
    assert said.returncode == 0, said.stderr
    complaints = [line for line in said.stderr.splitlines() if "[warn]" in line or "[alert]" in line]
    assert complaints == []
