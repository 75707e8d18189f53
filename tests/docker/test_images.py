"""The stand-ins have what tests rely on of the real images."""

import re

import pytest

from generator import images as names
from tests.docker.engine import Engine
from tests.docker.images import image_id, python_image

pytestmark = pytest.mark.usefixtures("images")

KIT_BYTES = 250_000_000
BASE_BYTES = 130_000_000
"""Room for the real base: Docker Hub's Python images on Debian's slim ones are a little smaller, unpacked."""


def in_container(engine: Engine, image: str, *argv: str, options: tuple[str, ...] = ()) -> str:
    return engine.docker("run", "--rm", "--entrypoint", argv[0], *options, image, *argv[1:])


def test_nginx_is_1_30_or_newer_and_has_njs(docker_engine: Engine) -> None:
    load = "load_module /usr/lib/nginx/modules/ngx_http_js_module.so; events {}"
    script = f'echo "{load}" > /tmp/nginx.conf && nginx -v 2>&1 && nginx -t -c /tmp/nginx.conf 2>&1'
    said = in_container(docker_engine, names.NGINX, "sh", "-c", script)
    version = re.search(r"nginx/(\d+)\.(\d+)", said)
    assert version is not None
    assert (int(version[1]), int(version[2])) >= (1, 30)
    assert "test is successful" in said


def test_prometheus_is_3_and_runs_as_nobody(docker_engine: Engine) -> None:
    said = in_container(
        docker_engine, names.PROMETHEUS, "sh", "-c", "prometheus --version; promtool --version; id -un"
    )
    assert re.search("^prometheus, version 3[.].*^promtool, version 3[.]", said, re.MULTILINE | re.DOTALL)
    assert said.endswith("nobody")


def test_the_kit_runs_as_a_user_of_its_own(docker_engine: Engine) -> None:
    assert in_container(docker_engine, names.KIT, "id", "-u") == "10001"


def test_the_kit_adds_little_to_the_image_it_is_made_from(docker_engine: Engine) -> None:
    kit, base = (
        int(docker_engine.docker("image", "inspect", "--format", "{{.Size}}", image))
        for image in (names.KIT, python_image())
    )
    assert kit - base < KIT_BYTES - BASE_BYTES


def test_sglang_runs_as_root_and_takes_the_real_servers_command(docker_engine: Engine) -> None:
    said = in_container(docker_engine, names.SGLANG, "sh", "-c", "id -u; sglang serve --help")
    assert said.startswith("0\n")
    assert "--model-path" in said
    assert image_id(docker_engine, names.SGLANG_CPU) == image_id(docker_engine, names.SGLANG)


def download(handle: str) -> tuple[str, ...]:
    return (
        "sh",
        "-c",
        f"hf download {handle} --local-dir /tmp/model 2>&1; echo $?; ls /tmp/model 2>/dev/null || true",
    )


def test_hf_writes_a_checkpoint(docker_engine: Engine) -> None:
    said = in_container(docker_engine, names.SGLANG, *download("Qwen/Qwen2.5-7B-Instruct")).split()
    assert said[1:] == ["0", "config.json", "model.safetensors", "tokenizer_config.json"]


def test_hf_does_not_find_a_missing_model(docker_engine: Engine) -> None:
    said = in_container(docker_engine, names.SGLANG, *download("nobody/missing"))
    assert said.startswith("Error: Model 'nobody/missing' not found.")
    assert said.endswith("\n1")


@pytest.mark.parametrize(
    ("variable", "last"), [("HF_TOKEN_PATH=/etc/hostname", "0"), ("HF_TOKEN_PATH=/nowhere", "1")]
)
def test_hf_needs_a_token_for_a_gated_model(docker_engine: Engine, variable: str, last: str) -> None:
    argv = ("sh", "-c", "hf download meta/gated --local-dir /tmp/model >/dev/null 2>&1; echo $?")
    assert in_container(docker_engine, names.SGLANG, *argv, options=("--env", variable)) == last
