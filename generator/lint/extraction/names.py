"""Metric names and addresses, found anywhere in text by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.foreign.place import Fragment
from generator.lint.mention import Mentions, Metric, Url

# `sglang:` is also how an image is written, so a metric must have an underscore; `sglang_` begins many names, so it
# must end like a metric. `sglang_router_` is the router's, which has metrics of its own.
_COLON = re.compile(r"(?<![\w/.:-])sglang:([A-Za-z0-9]+_[A-Za-z0-9_]*[A-Za-z0-9])(?![\w*/-]|[.:]\w|\[[^\d$])")
_UNDERSCORE = re.compile(
    r"(?<![\w/.:$-])sglang_(?!router_)[a-z0-9_]*?_?(?:total|seconds|bytes|requests|reqs|size|rate|ratio|tokens|count|usage"
    r"|throughput|len|sum|bucket|latency)(?![\w*:=/(\[-]|\.\w)"
)
_QUERIED = re.compile(r"(?<![\w.:$])sglang[:_](?!router_)[A-Za-z0-9_:]*[A-Za-z0-9](?![\w*.(\[:]*[*(])")
# Without a scheme, as curl takes them, only this host's own: elsewhere `a:1/b` may be anything.
_URL = re.compile(
    r"(?:https?://|(?<![\w/.@:-])(?=(?:localhost|127\.0\.0\.1):\d))"
    r"([\w.-]+|\$\{?\w+\}?|\[[0-9a-f:]+\])(?::(\d+))?(/[\w./{}-]*)?"
)


def names(fragment: Fragment) -> Mentions:
    """Metrics and addresses in any text."""
    found = (match for pattern in (_COLON, _UNDERSCORE) for match in pattern.finditer(fragment.text))
    metrics = tuple(Metric(match[0], fragment.place(match.start())) for match in found)
    return Mentions(metrics=metrics, urls=tuple(_urls(fragment)))


def queried(fragment: Fragment) -> Mentions:
    """Metrics of SGLang in a query, whatever they look like. Names of recording rules (two colons) are the author's."""
    found = (match for match in _QUERIED.finditer(fragment.text) if match[0].count(":") < 2)
    return Mentions(metrics=tuple(Metric(match[0], fragment.place(match.start())) for match in found))


def _urls(fragment: Fragment) -> Iterator[Url]:
    for match in _URL.finditer(fragment.text):
        path = (match[3] or "/").rstrip(".") or "/"
        yield Url(match[1], int(match[2] or 0), path, fragment.place(match.start()))
