"""What the parts of our edge cost a request: the rendered files with one part after another taken away.

A step is an edit of the rendered tree. STEPS go from the full edge down to NGINX alone, each on top of the ones before
it, and what a step saves is what its part cost. OTHERWISE changes one thing of the full edge. All of them run beside
each other under the load of the part `requests`, which also says how CPU is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import reduce
from itertools import pairwise
from typing import Final

from benchmarks.edge import peers
from benchmarks.edge.beside import medians
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server
from benchmarks.edge.requests import WORKLOAD, request_cost, stub_nginx, wrk_script
from benchmarks.result import Figure
from generator.render import RenderedTree

ROUNDS: Final = 9
Edit = Callable[[RenderedTree], RenderedTree]
"""Of the rendered files."""

_ROUTE: Final = "nginx/js/routing/route.js"
_KEYS: Final = "nginx/conf.d/keys.conf"
_UPSTREAM: Final = "nginx/conf.d/upstream.conf"
_LOG: Final = "nginx/snippets/access-log.conf"


def replaced(file: str, *pairs: tuple[str, str]) -> Edit:
    """Other text in a file. Raises ValueError when there is nothing to replace: it would measure the full edge."""

    def edit(tree: RenderedTree) -> RenderedTree:
        text = tree[file]
        for old, new in pairs:
            if old not in text:
                raise ValueError(f"{file} no longer has {old!r}: adapt benchmarks/edge/ablation.py")
            text = text.replace(old, new)
        return {**tree, file: text}

    return edit


def whole(file: str, text: str) -> Edit:
    """Another file in its place."""
    return lambda tree: {**tree, file: text}


def together(*edits: Edit) -> Edit:
    """One after the other."""
    return lambda tree: reduce(lambda made, edit: edit(made), edits, tree)


def before(line: str) -> tuple[str, str]:
    """Ends byCache of route.js in front of this line: least_conn decides."""
    return line, f"return '';\n    {line}"


STEPS: Final[Mapping[str, Edit]] = {
    # Nothing is counted out any more, so nothing may be counted in either: but the calls for that are still made.
    "counting it out": replaced(_ROUTE, before("const ticket = "), ("RECENT + 1, 0)", "0, 0)")),
    "counting it in": replaced(
        _ROUTE, ("return enter(r, place, ", "return replicas.ROUTES[place]; (r, place, ")
    ),
    "looking at the replicas": replaced(_ROUTE, before("const place = key")),
    "reading the conversation": replaced(_ROUTE, before("const session = r.headersIn")),
    "the digest of its key": replaced(
        _KEYS,
        ("js_import auth from js/auth.js;", ""),
        ("js_set $tenant auth.tenant;", "map $server_name $tenant { default bench; }"),
    ),
    "functions for it": whole(_ROUTE, "export default {byCache: () => '', finished: () => ''};\n"),
    "an environment for the script": replaced(
        _UPSTREAM,
        ("js_import route from js/routing/route.js;", ""),
        ("js_set $route route.byCache;", "js_var $route;"),
        ("js_set $request_done route.finished;", "js_var $request_done;"),
    ),
    "the log": replaced(_LOG, ("access_log /dev/stdout requests buffer=4k flush=1s;", "access_log off;")),
    "limits": whole("nginx/conf.d/admission.conf", ""),
}
OTHERWISE: Final[Mapping[str, Edit]] = {
    "each line of the log written by itself": replaced(_LOG, (" buffer=4k flush=1s", "")),
    "bodies parsed": replaced(
        _ROUTE, ("const session = ", "JSON.parse(r.requestText);\n    const session = ")
    ),
    "scripts imported where they are not called": replaced(
        _KEYS,
        (
            "js_import auth from js/auth.js;",
            "js_import auth from js/auth.js;\njs_import errors from js/edge.js;\njs_import checks from js/routing/health.js;",
        ),
    ),
    # NGINX's other engine for scripts keeps environments from one request to the next; it has no `require`.
    "js_engine qjs": together(
        replaced(_KEYS, ("js_import auth", "js_engine qjs;\njs_import auth")),
        replaced(
            "nginx/js/key_file.js",
            ("    const fs = require('fs');\n", ""),
            ("function makeKeyFile", "import fs from 'fs';\n\nfunction makeKeyFile"),
        ),
    ),
}


def figures(nginx: Nginx) -> list[Figure]:
    """What each part costs; what is left without any; and the full edge beside each other way."""
    found = medians(_measure(nginx))
    full, *less = (found[name] for name in ("full", *STEPS))
    return [
        *(
            Figure(f"edge CPU per request: {part}", WORKLOAD, more - rest, "us")
            for part, (more, rest) in zip(STEPS, pairwise((full, *less)), strict=True)
        ),
        Figure("edge CPU per request: NGINX alone", WORKLOAD, less[-1], "us"),
        *(
            Figure("edge CPU per request", WORKLOAD, full, "us", None, found[name], name)
            for name in OTHERWISE
        ),
    ]


def _measure(nginx: Nginx) -> dict[str, list[float]]:
    """Microseconds of CPU a request, by what was taken away last or is done otherwise."""
    script = wrk_script()
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        engines = stub_nginx(stack, nginx)
        servers: dict[str, Server] = {}
        for number, (name, edit) in enumerate(_edits().items()):
            started = peers.edge(engines, nginx, folder=f"edge-{number}", edit=edit)
            servers[name] = stack.enter_context(started)
        for _ in range(ROUNDS):
            for name, server in servers.items():
                found.setdefault(name, []).append(request_cost(server, script))
    return found


def _edits() -> dict[str, Edit]:
    edits = tuple(STEPS.values())
    downward = {name: together(*edits[: count + 1]) for count, name in enumerate(STEPS)}
    return {"full": together(), **downward, **OTHERWISE}
