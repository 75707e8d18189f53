"""The load generator of a Compose deployment: beside the edge, with what it must read and nothing else."""

from __future__ import annotations

from generator.facts import HostFacts
from generator.plan.load import LoadGenerator
from tests.generator.runtime.situations import BARE_HOST, GPU_HOST, plan_of


def generator(text: str, facts: HostFacts = GPU_HOST) -> LoadGenerator:
    found = plan_of(f"checkpoint_path: /models/m\n{text}", facts=facts).load_generator
    assert found
    return found


def sources(text: str) -> list[str]:
    return [mount.source for mount in generator(text).mounts if mount.mode == "ro"]


def test_it_asks_the_edge_in_the_edge_s_own_network() -> None:
    found = generator("port: 9999")
    assert found.beside == "edge"
    assert ("LOADTEST_URL", "http://127.0.0.1:8080") in found.environment
    assert [mount.target for mount in found.mounts if mount.mode == "rw"] == ["/app/build/loadtest"]


def test_it_reads_the_plan_and_of_the_secrets_its_own_key_only() -> None:
    assert sources("") == ["./plan.json"]
    assert sources("api_keys_file: /etc/keys\nhf_token_file: /etc/token") == [
        "./plan.json",
        "./secrets/probe_key",
    ]


def test_it_trusts_the_certificate_that_the_kit_makes() -> None:
    found = generator("tls: self-signed")
    assert dict(found.environment)["LOADTEST_URL"] == "https://127.0.0.1:8080"
    assert "/app/build/sglbox/secrets/tls_certificate" in [mount.target for mount in found.mounts]
    assert sources("tls: {certificate: /etc/c, key: /etc/k}") == ["./plan.json"]


def test_there_is_none_without_containers() -> None:
    assert plan_of("", facts=BARE_HOST).load_generator is None
