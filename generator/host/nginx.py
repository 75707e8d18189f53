"""The host's own NGINX and its njs module."""

from __future__ import annotations

import re
from pathlib import Path

from generator.facts import NginxFacts, NjsMemory
from generator.host.ask import ask, find_program
from generator.host.version import parse_version

MODULE = "ngx_http_js_module.so"
"""njs: https://nginx.org/en/docs/http/ngx_http_js_module.html"""

MODULES_PATH = re.compile(r"--modules-path=(\S+)")

# Where the packages of Debian, Ubuntu and nginx.org put dynamic modules, when `nginx -V` does not say.
DEFAULT_MODULES = Path("/usr/lib/nginx/modules")

SHARED_SINCE = b"js_periodic"
"""The later one of the two directives that need it (0.8.0, 0.8.1). NGINX does not tell the version of a module."""

TIMEOUT = 5.0


def collect_nginx(binary: str | None = None) -> NginxFacts | None:
    """The NGINX at `binary` (default: the one in PATH or sbin), None when there is none that runs."""
    binary = find_program("nginx") if binary is None else binary
    if not binary:
        return None
    answer = ask((binary, "-V"), timeout=TIMEOUT)
    version = parse_version(answer.stderr.partition("nginx/")[2])
    if answer.status != 0 or not version:
        return None
    module = njs_module(answer.stderr)
    return NginxFacts(binary=binary, version=version, njs_module=module, njs_memory=njs_memory(module))


def njs_module(built_with: str) -> str:
    """The njs module's file under the modules path that `nginx -V` names, "" when it is not installed."""
    found = MODULES_PATH.search(built_with)
    module = (Path(found.group(1)) if found else DEFAULT_MODULES) / MODULE
    return str(module) if module.is_file() else ""


def njs_memory(module: str) -> NjsMemory:
    """What the module at this path can do, by the directives whose names stand in it."""
    try:
        return "shared" if SHARED_SINCE in Path(module).read_bytes() else "none"
    except OSError:
        return "none"
