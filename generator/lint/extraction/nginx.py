"""Upstreams of an NGINX configuration, and the locations that hand /metrics to them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.foreign import nginx
from generator.foreign.nginx import Directive
from generator.foreign.place import Fragment, Place
from generator.lint.mention import Mentions, Upstream


def mentions(fragment: Fragment) -> Mentions:
    """Of a configuration or a part of one."""
    found = nginx.directives(fragment)
    everything = tuple(nginx.every(found))
    locations = [each for each in everything if each.name == "location"]
    return Mentions(
        upstreams=tuple(_upstream(each, locations) for each in everything if each.name == "upstream")
    )


def _upstream(block: Directive, locations: list[Directive]) -> Upstream:
    name = block.arguments[0] if block.arguments else ""
    return Upstream(
        name=name,
        servers=tuple(each.arguments[0] for each in block.all("server") if each.arguments),
        directives=frozenset(each.name for each in block.block),
        place=block.place,
        metrics_at=tuple(_metrics(name, locations)),
    )


def _metrics(upstream: str, locations: list[Directive]) -> Iterator[Place]:
    for location in locations:
        if not location.arguments or location.arguments[-1].rstrip("/") != "/metrics":
            continue
        for proxied in location.all("proxy_pass"):
            if any(target.partition("://")[2].partition("/")[0] == upstream for target in proxied.arguments):
                yield location.place
