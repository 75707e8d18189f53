"""Lines as Docker's syslog driver sends them, read as the collector reads them: RFC 5424 with its lengths.

https://www.rfc-editor.org/rfc/rfc5424#section-6
"""

import re
from typing import Any

_LINE = re.compile(
    r"<(?P<priority>\d{1,3})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) "
    r"(?P<hostname>[!-~]{1,255}) (?P<appname>[!-~]{1,48}) (?P<proc_id>[!-~]{1,128}) (?P<msg_id>[!-~]{1,32}) "
    r"(?:-|\[.*?\]) (?P<message>.*)",
    re.DOTALL,
)
# `body matches "..."`, of the language of the collector's operators.
_CONDITION = re.compile(r'body matches "(?P<pattern>.*)"')


def parse(packet: bytes) -> dict[str, str]:
    """The parts of a line. Raises ValueError for what is none."""
    match = _LINE.fullmatch(packet.decode())
    if match is None:
        raise ValueError(f"no line of RFC 5424: {packet[:200]!r}")
    return match.groupdict()


def operate(parts: dict[str, str], operators: list[dict[str, Any]]) -> tuple[str, dict[str, str], str]:
    """Name of the service, attributes and body, after the collector's operators."""
    places: dict[str, str] = {f"attributes.{name}": text for name, text in parts.items()}
    for operator in operators:
        if operator["type"] == "move":
            places[operator["to"]] = places.pop(operator["from"])
        elif _applies(operator["if"], places["body"]):
            found = re.search(operator["regex"], places["body"])
            assert found is not None
            places |= {f"attributes.{name}": text for name, text in found.groupdict().items()}
    service, body = places.pop('resource["service.name"]'), places.pop("body")
    return service, {name.removeprefix("attributes."): text for name, text in places.items()}, body


def _applies(condition: str, body: str) -> bool:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise ValueError(f"no condition that is known here: {condition}")
    return re.search(match["pattern"].replace('\\"', '"'), body) is not None
