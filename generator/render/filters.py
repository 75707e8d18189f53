"""How a value is written in the language of each rendered file. Quoting only, no decisions."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from generator.plan.model import Environment, HealthCheck, Mount, Process

_PLAIN = re.compile(r"(--?[A-Za-z]|\.?/|[A-Za-z_])[A-Za-z0-9_./@=-]*(:[A-Za-z0-9_./@=-]+)*")
# Between a space and the ; or # after it.
_COMMENT = re.compile(r"(?<=\s)(?=[;#])")
_RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"}


def yaml(value: Any) -> str:
    """A YAML scalar or flow list. Text that could be read as anything else is quoted, as is a dollar doubled
    for Compose's interpolation (Prometheus and Grafana files hold none)."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(yaml(item) for item in value)}]"
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False).replace("$", "$$")


def argv_lines(argv: Sequence[str]) -> Iterator[str]:
    """A command as a YAML flow list with one flag and its values a line, as one would write it by hand."""
    lines: list[list[str]] = [[]]
    for argument in argv:
        if argument.startswith("--") and lines[-1]:
            lines.append([])
        lines[-1].append(yaml(argument))
    for number, line in enumerate(lines):
        opening = "[" if number == 0 else " "
        closing = "]" if number == len(lines) - 1 else ","
        yield f"{opening}{', '.join(line)}{closing}"


def volume(mount: Mount) -> str:
    """A named volume in the short form; a host path in the long one, which fails when the path is missing
    instead of creating it as root."""
    if mount.kind == "volume":
        return yaml(f"{mount.source}:{mount.target}:{mount.mode}")
    read_only = ", read_only: true" if mount.mode == "ro" else ""
    return (
        f"{{ type: bind, source: {yaml(mount.source)}, target: {yaml(mount.target)}{read_only}, "
        "bind: { create_host_path: false } }"
    )


def healthcheck(check: HealthCheck, indent: int) -> str:
    """The lines below Compose's `healthcheck:`."""
    fields = {
        "test": yaml(check.test),
        "interval": f"{check.interval}s",
        "timeout": f"{check.timeout}s",
        "retries": str(check.retries),
        "start_period": f"{check.start_period}s",
    }
    if check.start_interval is not None:
        fields["start_interval"] = f"{check.start_interval}s"
    return "\n".join(f"{' ' * indent}{name}: {value}" for name, value in fields.items())


def regex(text: str) -> str:
    """Literal text inside an NGINX regular expression."""
    return re.escape(text)


def megabytes(size: str) -> str:
    """Docker's `50m` in supervisord's spelling."""
    return size.upper() + "B"


def supervisor_command(process: Process) -> str:
    """supervisord splits it like a shell, expands %(...)s, and takes ; or # after a space for a comment."""
    awkward = [f"{name}={value}" for name, value in process.environment if not _can_be_quoted(value)]
    words = ("env", *awkward, *process.argv) if awkward else process.argv
    return _COMMENT.sub("''", shlex.join(words).replace("%", "%%"))


def supervisor_environment(environment: Environment) -> str:
    """KEY="value" pairs; supervisord expands %(...)s here too. What it has no way to write, env(1) sets."""
    plain = [(name, value) for name, value in environment if _can_be_quoted(value)]
    return ",".join(f'{name}="{value}"'.replace("%", "%%") for name, value in plain)


def _can_be_quoted(value: str) -> bool:
    """supervisord knows no escapes, strips quotes of both kinds from the ends, and cuts off comments first."""
    return '"' not in value and value == value.strip("'") and not _COMMENT.search(value)


FILTERS = {
    function.__name__: function
    for function in (
        yaml,
        argv_lines,
        volume,
        healthcheck,
        regex,
        megabytes,
        supervisor_command,
        supervisor_environment,
    )
}
