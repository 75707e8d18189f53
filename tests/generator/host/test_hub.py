"""What the hub says about a handle becomes a size or a reason. The hub is a stub with the real one's answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.host.hub import collect_handle
from generator.sizing.architecture import Architecture
from generator.sizing.quantization import Quantization
from tests.stub_http import Reply, Request, stub_server

CONFIG = (
    '{"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "num_attention_heads": 8, '
    '"hidden_size": 64, "intermediate_size": 128, "vocab_size": 512}'
)
FILES = [
    {"rfilename": "config.json", "size": 10},
    {"rfilename": "model-1.safetensors", "size": 4000},
    {"rfilename": "original/consolidated.00.pth", "size": 9000},
]


def model(name: str, *, gated: object = False, files: object = FILES) -> Reply:
    """The hub's listing of a repository."""
    return Reply(body={"id": name, "modelId": name, "gated": gated, "siblings": files, "tags": []})


def failed(status: int, code: str) -> Reply:
    """The hub's way of refusing: a status and X-Error-Code."""
    return Reply(status, {"error": code}, {"X-Error-Code": code})


def content(text: str) -> Reply:
    """A file of a repository."""
    return Reply(body=text, headers={"ETag": '"0123456789abcdef"', "X-Repo-Commit": "c0ffee"})


def hub(request: Request) -> Reply:
    """Some repositories; `closed` opens for one token only."""
    path = request.path.partition("?")[0]
    if path in ("/org/open/resolve/v1/config.json", "/org/stored/resolve/main/config.json"):
        return content(CONFIG)
    if path == "/org/stored/resolve/main/hf_quant_config.json":
        return content('{"quantization": {"quant_algo": "FP8"}}')
    authorised = request.headers.get("authorization") == "Bearer hf_good"
    match path.removeprefix("/api/models/"):
        case "org/open" | "org/open/revision/v1":
            return model("org/open")
        case "org/open/revision/v2":
            return failed(404, "RevisionNotFound")
        case "org/stored":
            return model("org/stored", files=[*FILES, {"rfilename": "hf_quant_config.json", "size": 8}])
        case "org/closed":
            return model("org/closed", gated="manual")
        case "org/closed/auth-check":
            return Reply() if authorised else failed(403, "GatedRepo")
        case "org/empty":
            return model("org/empty", files=[{"rfilename": "README.md", "size": 3}])
        case "org/broken":
            return Reply(500, "out of order")
        case _:
            return failed(404, "RepoNotFound") if authorised else failed(401, "RepoNotFound")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The stub's address."""
    with stub_server(hub) as address:
        yield f"http://{address}"


def token(directory: Path, text: str) -> str:
    """A token file."""
    file = directory / "token"
    file.write_text(text)
    return str(file)


def test_an_open_model_has_the_weights_and_the_download_apart(endpoint: str) -> None:
    facts = collect_handle("org/open", endpoint=endpoint)
    assert (facts.bytes, facts.download_bytes, facts.reason) == (4000, 13010, "")


def test_the_shape_of_the_model_comes_with_it(endpoint: str) -> None:
    assert collect_handle("org/open", revision="v1", endpoint=endpoint).architecture == Architecture(
        name="LlamaForCausalLM",
        layers=2,
        hidden=64,
        heads=8,
        kv_heads=8,
        head_dim=8,
        vocabulary=512,
        intermediate=128,
    )


def test_how_weights_are_stored_may_stand_in_a_file_of_its_own(endpoint: str) -> None:
    found = collect_handle("org/stored", endpoint=endpoint).architecture
    assert found is not None
    assert found.quantization == Quantization("fp8", 8.0)


def test_a_config_that_cannot_be_had_costs_the_shape_only(endpoint: str) -> None:
    facts = collect_handle("org/open", endpoint=endpoint)
    assert (facts.architecture, facts.reason) == (None, "")


@pytest.mark.parametrize(
    ("handle", "revision", "reason"),
    [
        ("org/open", "v2", "has no revision 'v2'"),
        ("org/closed", "", "is gated: it needs a token of an account with access"),
        ("org/none", "", "was not found on the hub, or is private and needs a token"),
        ("org/empty", "", "has no weights that SGLang loads"),
        ("not a handle", "", "is not a handle: expected ORGANISATION/NAME"),
    ],
)
def test_a_handle_that_cannot_be_fetched_says_why(
    endpoint: str, handle: str, revision: str, reason: str
) -> None:
    facts = collect_handle(handle, revision=revision, endpoint=endpoint)
    assert (facts.reason, facts.answered) == (reason, True)


def test_a_token_with_access_opens_a_gated_model(endpoint: str, tmp_path: Path) -> None:
    facts = collect_handle("org/closed", endpoint=endpoint, token_file=token(tmp_path, "hf_good\n"))
    assert (facts.bytes, facts.reason) == (4000, "")


def test_a_token_without_access_is_told_apart_from_none(endpoint: str, tmp_path: Path) -> None:
    facts = collect_handle("org/closed", endpoint=endpoint, token_file=token(tmp_path, "hf_other"))
    assert facts.reason == "is gated: the token's account has no access; ask for it on the model's page"


def test_a_token_file_that_holds_nothing_or_is_not_there_is_a_reason(endpoint: str, tmp_path: Path) -> None:
    empty = token(tmp_path, " \n")
    missing = str(tmp_path / "none")
    assert (
        collect_handle("org/open", endpoint=endpoint, token_file=empty).reason
        == f"the token file {empty} is empty"
    )
    assert (
        collect_handle("org/open", endpoint=endpoint, token_file=missing).reason
        == f"the token file {missing} can't be read: No such file or directory"
    )


def test_a_hub_in_trouble_has_not_answered(endpoint: str) -> None:
    facts = collect_handle("org/broken", endpoint=endpoint)
    assert (facts.answered, facts.reason) == (False, "the hub answered 500")


def test_a_hub_that_is_not_there_has_not_answered() -> None:
    with stub_server(hub) as address:
        gone = f"http://{address}"
    facts = collect_handle("org/open", endpoint=gone)
    assert not facts.answered
    assert facts.reason.startswith(f"the hub at {gone} can't be reached")


def test_the_endpoint_comes_from_the_environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert collect_handle("org/open").reason == ""
