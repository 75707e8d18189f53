"""The host's NGINX is asked for its version and its modules' directory."""

from __future__ import annotations

from pathlib import Path

from generator.facts import NginxFacts
from generator.host.nginx import MODULE, collect_nginx


def nginx(directory: Path, *, modules: Path) -> str:
    """A program that answers `nginx -V` as Ubuntu's does."""
    program = directory / "nginx"
    program.write_text(
        "#!/bin/sh\n"
        "echo 'nginx version: nginx/1.24.0 (Ubuntu)' >&2\n"
        "echo 'built with OpenSSL 3.0.13 30 Jan 2024' >&2\n"
        f"echo 'configure arguments: --prefix=/usr/share/nginx --modules-path={modules} --with-debug' >&2\n"
    )
    program.chmod(0o755)
    return str(program)


def test_version_and_njs_module_are_found(tmp_path: Path) -> None:
    (tmp_path / MODULE).touch()
    binary = nginx(tmp_path, modules=tmp_path)
    assert collect_nginx(binary) == NginxFacts(binary, (1, 24, 0), str(tmp_path / MODULE))


def test_an_nginx_without_njs_has_no_module(tmp_path: Path) -> None:
    facts = collect_nginx(nginx(tmp_path, modules=tmp_path))
    assert facts is not None
    assert facts.njs_module == ""


def test_no_nginx_or_one_that_does_not_run_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "nginx"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert collect_nginx("") is None
    assert collect_nginx(str(broken)) is None
