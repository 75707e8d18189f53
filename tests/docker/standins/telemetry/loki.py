"""Loki: takes lines by OTLP, answers the queries that the kit's Grafana asks."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import configuration
import serving
import shapes

LINES: list[dict[str, str]] = []
_QUERY = re.compile(
    r'\{service_name(?P<how>=~?)"(?P<service>[^"]+)"\}(?: \| trace_id="(?P<trace>[0-9a-f]{32})")?'
)


def main() -> None:
    """Judge the configuration, then keep."""
    document = configuration.read(sys.argv[1].removeprefix("-config.file="), shapes.LOKI)
    if "-verify-config" in sys.argv:
        return
    routes = {
        "/ready": serving.ready,
        "/metrics": serving.metrics,
        "/otlp/v1/logs": take,
        "/loki/api/v1/query_range": answer,
    }
    serving.serve(routes, port=document["server"]["http_listen_port"])
    serving.until_stopped()


def take(_query: Mapping[str, str], body: bytes) -> serving.Answer:
    """Labels are what Loki makes of a resource and of attributes."""
    for resource in json.loads(body)["resourceLogs"]:
        service = _values(resource["resource"]["attributes"])["service.name"]
        for record in (record for scope in resource["scopeLogs"] for record in scope["logRecords"]):
            line = {"service_name": service, "line": record["body"]["stringValue"]}
            LINES.append(_values(record["attributes"]) | line)
    return 204, b""


def answer(query: Mapping[str, str], _body: bytes) -> serving.Answer:
    """Streams as Loki has them, one for each line."""
    asked = _QUERY.fullmatch(query["query"])
    if asked is None:
        return 400, f"parse error: {query['query']}\n".encode()
    pattern = asked["service"] if asked["how"] == "=~" else re.escape(asked["service"])
    found = [
        line
        for line in LINES
        if re.fullmatch(pattern, line["service_name"]) and asked["trace"] in (None, line.get("trace_id"))
    ]
    streams = [{"stream": line, "values": [["0", line["line"]]]} for line in found]
    return 200, json.dumps({"status": "success", "data": {"result": streams}}).encode()


def _values(attributes: list[Any]) -> dict[str, str]:
    return {attribute["key"]: attribute["value"]["stringValue"] for attribute in attributes}


if __name__ == "__main__":
    main()
