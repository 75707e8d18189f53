"""What js/routing reads from a request, asked of the scripts themselves inside both generations of NGINX."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from generator.render import RenderedTree
from tests.edge.bodies import DIALECTS, SPELLINGS, Body, chat, compact, spaced, tools
from tests.edge.conftest import StartEdge
from tests.edge.running import Edge
from tests.edge.stub_engine import EngineRoom

READER = """
import conversation from './conversation.js';
import makeKeys from './keys.js';

function show(r) {
    const keys = makeKeys().read(r);
    r.return(200, JSON.stringify({quick: conversation.key(r), conversation: keys.conversation, prefixes: keys.prefixes}));
}

export default {show};
"""
LOCATION = """
server {
    listen 127.0.0.1:PORT;
    client_max_body_size 64m;
    client_body_buffer_size 128k;
    location / {
        js_import reader from js/routing/reader.js;
        js_content reader.show;
    }
}
"""


@dataclass(frozen=True)
class Keys:
    """`quick` is read without parsing anything, "" where only the longer way works."""

    quick: str
    conversation: str
    prefixes: dict[str, str]
    """Kind -> key, the most specific first."""

    @property
    def own(self) -> str:
        """What places the next turn."""
        return self.quick or self.conversation


Read = Callable[[bytes], Keys]


@pytest.fixture
def read(engines: EngineRoom, start_edge: StartEdge) -> Iterator[Read]:
    """The keys of a body, as the edge's scripts find them."""
    ports: list[int] = []

    def with_reader(tree: RenderedTree) -> RenderedTree:
        metrics = tree["nginx/conf.d/metrics.conf"]
        ports.append(int(metrics.partition("listen 127.0.0.1:")[2].partition(";")[0]) + 2)
        server = LOCATION.replace("PORT", str(ports[0]))
        return {**tree, "nginx/js/routing/reader.js": READER, "nginx/conf.d/metrics.conf": metrics + server}

    edge: Edge = start_edge(engines, alter=with_reader)
    assert edge.plan.edge.upstream.placing in ("cache", "hash")
    with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", trust_env=False, timeout=10) as client:

        def ask(body: bytes) -> Keys:
            answer = client.post("/", content=body)
            assert answer.status_code == 200, edge.log()
            found = answer.json()
            return Keys(
                found["quick"], found["conversation"], {one["kind"]: one["name"] for one in found["prefixes"]}
            )

        yield ask


@pytest.mark.parametrize("spelt", SPELLINGS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.__name__)
def test_the_turns_of_a_conversation_have_a_key_in_common_that_no_other_has(
    read: Read, dialect: Callable[..., Body], spelt: Callable[[Body], bytes]
) -> None:
    first, later = read(spelt(dialect(1))), read(spelt(dialect(4)))
    assert first.own
    assert first.own == later.own
    assert read(spelt(dialect(1, topic="forest"))).own != first.own


@pytest.mark.parametrize("spelt", SPELLINGS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.__name__)
def test_conversations_of_a_tenant_share_its_system_prompt(
    read: Read, dialect: Callable[..., Body], spelt: Callable[[Body], bytes]
) -> None:
    if dialect.__name__ == "picture":
        return  # so long that the system prompt is not worth a placement
    one, other = read(spelt(dialect(1))), read(spelt(dialect(1, topic="forest")))
    assert one.prefixes["system"] == other.prefixes["system"]
    assert read(spelt(dialect(1, tenant="b"))).prefixes["system"] != one.prefixes["system"]


def test_what_most_clients_send_is_read_the_quick_way(read: Read) -> None:
    for spelt in (spaced, compact):
        assert read(spelt(chat(3))).quick
        assert read(spelt(tools(3))).quick


@pytest.mark.parametrize("spelt", SPELLINGS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("place", ["beginning", "middle", "end"])
def test_prompts_that_differ_in_one_place_are_two_conversations(
    read: Read, place: str, spelt: Callable[[Body], bytes]
) -> None:
    def numbered(number: str) -> Keys:
        parts = {"beginning": "", "middle": "", "end": "", place: number}
        filler = "Once upon a time there was a river. " * 5
        text = f"{parts['beginning']}{filler}{parts['middle']}{filler}{parts['end']}"
        return read(spelt({"messages": [{"role": "user", "content": text}]}))

    assert numbered("1").own != numbered("2").own


def test_questions_about_a_document_share_it_and_nothing_else(read: Read) -> None:
    def about(document: str, question: str) -> Keys:
        text = f"{document * 400}\n\nQuestion: {question}"
        return read(
            spaced(
                {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]}
            )
        )

    one, other = about("A river is wide. ", "How wide?"), about("A river is wide. ", "How long is it?")
    assert one.prefixes == other.prefixes
    assert list(one.prefixes) == ["document"]
    assert one.own != other.own
    assert about("A wood is thick. ", "How wide?").prefixes != one.prefixes


@pytest.mark.parametrize("given", [{"prompt_cache_key": "k1"}, {"user": "u1"}], ids=["cache_key", "user"])
def test_a_clients_own_key_comes_first(read: Read, given: dict[str, str]) -> None:
    kind = "user" if "user" in given else "cache_key"
    before = {**given, **chat(1)}
    for body in (chat(1, **given), chat(2, topic="forest", **given), before, {**tools(1), **given}):
        found = read(spaced(body)).prefixes
        assert next(iter(found)) == kind
        assert found[kind] == "k" + next(iter(given.values()))
    between = {"messages": chat(1)["messages"], **given, "tools": tools(1)["tools"]}
    assert kind in read(compact(between)).prefixes


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": "Once upon"},
        {"prompt": ["Once upon", "a time"]},
        {"text": "Once upon"},
        {"input": "Once upon"},
    ],
    ids=["prompt", "prompts", "text", "input"],
)
def test_a_short_prompt_is_its_own_key(read: Read, body: Body) -> None:
    other = json.loads(json.dumps(body).replace("Once", "Twice"))
    assert read(spaced(body)).own == read(spaced({**body, "max_tokens": 7})).own != ""
    assert read(spaced(other)).own != read(spaced(body)).own


@pytest.mark.parametrize("name", ["prompt", "text", "input"])
def test_prompts_that_grow_share_their_beginning(read: Read, name: str) -> None:
    head = "Once upon a time there was a river. " * 100
    short, long = read(spaced({name: head})), read(spaced({name: head + "It was wide. " * 50}))
    assert short.prefixes["document"] == long.prefixes["document"]


def test_token_ids_are_a_prompt_too(read: Read) -> None:
    ids = list(range(1000, 3000))
    assert read(spaced({"prompt": ids})).prefixes == read(spaced({"prompt": [*ids, 1, 2]})).prefixes != {}


def test_a_long_body_is_read_from_its_beginning(read: Read) -> None:
    def body(turns: int, topic: str = "rivers") -> bytes:
        long = [{"role": "assistant", "content": "x" * 100_000}]
        return compact({"messages": [*chat(turns, topic=topic)["messages"], *long]})

    assert read(body(1)).own == read(body(3)).own != ""
    assert read(body(1)).own != read(body(1, "forest")).own


def test_a_body_that_lies_in_a_file_has_no_keys(read: Read) -> None:
    assert read(spaced(chat(1)) + b" " * 300_000) == Keys("", "", {})


NO_REQUEST: dict[str, Any] = {
    "empty": b"",
    "no JSON": b"hello",
    "binary": bytes(range(256)) * 4,
    "cut off": spaced(chat(1))[:300],
    "unclosed": b'{"messages":[{"role":"user","content":"',
    "not a list": b'{"messages":"none"}',
    "no content": b'{"messages":[{"role":"user","content":null}]}',
    "nobody's": b'{"messages":[{"role":"system","content":"x"}]}',
    "empty list": b'{"messages":[]}',
    "deep": b'{"messages":' + b"[" * 20000 + b"]" * 20000 + b"}",
    "quotes": b'{"messages":[{"role":"user","content":"' + rb"\"" * 200_000 + b'"}]}',
    "backslashes": b'{"messages":[{"role":"user","content":"' + rb"\\" * 200_000 + b'"}]}',
    "spaces": b'{"messages":' + b" " * 200_000 + b"[]}",
    "names": b'{"messages"' * 20_000,
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("body", NO_REQUEST.values(), ids=NO_REQUEST)
def test_what_cannot_be_read_is_no_error(read: Read, body: bytes) -> None:
    read(body)
