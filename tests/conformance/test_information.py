"""What a server tells about itself, and the probes."""

from __future__ import annotations

import time

import httpx

from tests.conformance.shapes import shape
from tests.conformance.targets import CONTEXT_LENGTH, MODEL

CARD = {
    "id": "str",
    "object": "str",
    "created": "int",
    "owned_by": "str",
    "root": "str",
    "parent": "null",
    "max_model_len": "int",
}
LOAD = {
    "timestamp": "float",
    "dp_rank": "int",
    "num_running_reqs": "int",
    "num_waiting_reqs": "int",
    "num_waiting_uncached_tokens": "int",
    "num_used_tokens": "int",
    "num_total_tokens": "int",
    "num_active_tokens": "int",
    "num_prealloc_ready_tokens": "int",
    "max_total_num_tokens": "int",
    "max_running_requests": "int",
    "token_usage": "float",
    "gen_throughput": "float",
    "cache_hit_rate": "float",
    "utilization": "float",
    "total_prefill_uncached_tokens": "int",
    "total_prefill_busy_us": "int",
    "decode_moments": ["float"],
}
MEMORY = {"weight_gb": "float", "kv_cache_gb": "float", "graph_gb": "float", "token_capacity": "int"}
DISAGGREGATION = {
    "mode": "str",
    "prefill_bootstrap_queue_reqs": "int",
    "prefill_inflight_queue_reqs": "int",
    "decode_prealloc_queue_reqs": "int",
    "decode_transfer_queue_reqs": "int",
    "decode_retracted_queue_reqs": "int",
    "kv_transfer_speed_gb_s": "float",
    "kv_transfer_latency_ms": "float",
}
QUEUES = dict.fromkeys(("waiting", "grammar", "paused", "retracted", "prealloc_ready"), "int")


def test_the_served_model_is_listed(client: httpx.Client) -> None:
    answer = client.get("/v1/models").json()
    assert shape(answer) == {"object": "str", "data": [CARD]}
    card = answer["data"][0]
    assert (card["id"], card["root"], card["owned_by"]) == (MODEL, MODEL, "sglang")
    assert card["max_model_len"] == CONTEXT_LENGTH


def test_one_model_can_be_asked_for(client: httpx.Client) -> None:
    assert shape(client.get(f"/v1/models/{MODEL}").json()) == CARD


def test_an_unknown_model_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/v1/models/nope")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "message": "The model 'nope' does not exist",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }
    }


def test_the_root_answers(client: httpx.Client) -> None:
    assert client.get("/").content == b'"SGLang is running"'
    head = client.head("/")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "19", b"")


def test_quick_probes_have_no_body(client: httpx.Client) -> None:
    for path in ("/ready", "/ping"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == "0"
        assert "content-type" not in answer.headers


def test_health_takes_a_second_because_it_generates(client: httpx.Client) -> None:
    for path in ("/health", "/health_generate"):
        begun = time.monotonic()
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert time.monotonic() - begun >= 0.99


def test_ollama_clients_find_the_model(client: httpx.Client) -> None:
    models = client.get("/api/tags").json()["models"]
    details = {"format": "str", "family": "str", "parameter_size": "str"}
    entry = {"name": "str", "model": "str", "modified_at": "str", "size": "int", "digest": "str"}
    assert shape(models) == [{**entry, "details": details}]
    assert models[0]["name"] == MODEL


def test_model_info_names_the_model(client: httpx.Client) -> None:
    info = client.get("/model_info").json()
    assert info["served_model_name"] == MODEL
    assert info["is_generation"] is True
    assert {
        "model_path", "tokenizer_path", "weight_version", "load_format", "reasoning_parser", "tool_call_parser",
        "disaggregation_mode", "has_image_understanding", "has_audio_understanding", "model_type", "architectures",
        "preferred_sampling_params",
    } <= set(info)  # fmt: skip
    assert (info["embedding"]["family"], info["embedding"]["enabled"]) == ("none", False)
    assert client.get("/get_model_info").json() == info


def test_server_info_tells_flags_memory_and_version(client: httpx.Client) -> None:
    info = client.get("/server_info").json()
    assert info["version"] == "0.5.23"
    assert (info["served_model_name"], info["max_total_tokens"]) == (MODEL, 65536)
    assert (info["max_running_requests"], info["page_size"], info["tp_size"]) == (64, 1, 1)
    assert (info["schedule_policy"], info["enable_metrics"], info["host"]) == ("fcfs", True, "127.0.0.1")
    assert info["max_total_num_tokens"] == 65536
    assert info["disable_radix_cache"] is False
    state = info["internal_states"][0]
    assert state["effective_max_running_requests_per_dp"] == 64
    assert state["memory_usage"]["token_capacity"] == 65536
    assert set(client.get("/get_server_info").json()) == set(info)


def test_loads_tell_everything_by_default(client: httpx.Client) -> None:
    answer = client.get("/v1/loads").json()
    assert (answer["version"], answer["num_accelerators"]) == ("0.5.23", 1)
    load = {**LOAD, "memory": MEMORY, "disaggregation": DISAGGREGATION, "queues": QUEUES}
    assert shape(answer["loads"]) == [load]
    assert set(answer) == {"timestamp", "version", "accelerator", "num_accelerators", "loads"}


def test_loads_can_be_reduced(client: httpx.Client) -> None:
    for include, more in (("core", {}), ("core,memory", {"memory": MEMORY}), ("queues", {"queues": QUEUES})):
        answer = client.get("/v1/loads", params={"include": include}).json()
        assert shape(answer["loads"]) == [{**LOAD, **more}]


def test_loads_of_an_absent_rank_are_none(client: httpx.Client) -> None:
    assert client.get("/v1/loads", params={"dp_rank": 3}).json()["loads"] == []


def test_texts_are_tokenized(client: httpx.Client) -> None:
    answer = client.post("/v1/tokenize", json={"model": MODEL, "prompt": "hello world"}).json()
    assert set(answer) == {"tokens", "count", "max_model_len"}
    assert answer["count"] == len(answer["tokens"]) > 1
    several = client.post("/v1/tokenize", json={"model": MODEL, "prompt": ["hello world", "a"]}).json()
    assert several["tokens"][0] == answer["tokens"]
    assert several["count"] == [len(tokens) for tokens in several["tokens"]]


def test_tokens_become_the_text_again(client: httpx.Client) -> None:
    tokens = client.post("/v1/tokenize", json={"model": MODEL, "prompt": "hello world"}).json()["tokens"]
    answer = client.post("/v1/detokenize", json={"model": MODEL, "tokens": tokens}).json()
    assert answer == {"text": "hello world"}


def test_browsers_of_any_origin_may_ask(client: httpx.Client) -> None:
    headers = {"origin": "http://a", "access-control-request-method": "POST"}
    answer = client.options("/v1/chat/completions", headers=headers)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["access-control-allow-origin"] == "http://a"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Access-Control-Request-Headers" in answer.headers["vary"]


def test_an_answer_names_the_origin_that_asked(client: httpx.Client) -> None:
    answer = client.get("/v1/models", headers={"origin": "http://a"})
    assert answer.headers["access-control-allow-origin"] == "http://a"
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_a_connection_is_kept(client: httpx.Client) -> None:
    first, second = client.get("/ready"), client.get("/ready")
    assert "connection" not in first.headers
    assert first.extensions["network_stream"] is second.extensions["network_stream"]
