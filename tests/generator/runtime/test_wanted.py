"""Each service must be said to read what it has mounted, and of a secret only the digest may be kept."""

from __future__ import annotations

from pathlib import Path

from generator.runtime.wanted import files_of, service_files
from tests.generator.runtime.situations import GPU_HOST, plan_of

PLAN = plan_of("checkpoint_path: /models/m\napi_keys_file: /etc/keys", facts=GPU_HOST)


def test_files_belong_to_the_service_that_mounts_them(tmp_path: Path) -> None:
    for path in (
        "nginx/nginx.conf",
        "prometheus/prometheus.yml",
        "grafana/a.json",
        "host/x",
        "secrets/api_keys",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("s3cret")
    files = service_files(PLAN, directory=tmp_path)
    owners = {
        name: files_of(PLAN, service=name, paths=tuple(files))
        for name in ("edge", "prometheus", "grafana", "replica-0")
    }
    assert owners == {
        "edge": ("nginx/nginx.conf", "secrets/api_keys"),
        "prometheus": ("prometheus/prometheus.yml",),
        "grafana": ("grafana/a.json",),
        "replica-0": (),
    }
    assert files["nginx/nginx.conf"] == "s3cret"
    assert "s3cret" not in files["secrets/api_keys"]
