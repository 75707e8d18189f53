"""The collector: syslog by UDP and OTLP over HTTP in, both out as its pipelines say."""

import json
import socket
import sys
import urllib.request
from threading import Thread
from typing import Any

import configuration
import lines
import otlp
import serving
import shapes


def main() -> None:
    """Judge the configuration, then pass on."""
    file = sys.argv[-1].removeprefix("--config=")
    document = configuration.read(file, shapes.COLLECTOR)
    if faults := configuration.dangling(document):
        sys.exit("\n".join(faults))
    if "validate" in sys.argv:
        return
    receivers, exporters = document["receivers"], document["exporters"]
    Thread(target=_take_lines, args=(receivers["syslog"], exporters["otlphttp/loki"]), daemon=True).start()
    reader = document["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]
    serving.serve({"/metrics": serving.metrics}, port=reader["port"])
    http = receivers["otlp"]["protocols"]["http"]["endpoint"]
    tempo = exporters["otlp/tempo"]["endpoint"]
    serving.serve({"/v1/traces": lambda _, body: _pass_on(body, tempo)}, port=int(http.rpartition(":")[2]))
    serving.until_stopped()


def _pass_on(body: bytes, tempo: str) -> serving.Answer:
    """The real two speak gRPC to each other."""
    _send(f"http://{tempo}/v1/traces", otlp.spans(body))
    return 200, b""


def _take_lines(receiver: dict[str, Any], exporter: dict[str, Any]) -> None:
    address, _, port = receiver["udp"]["listen_address"].rpartition(":")
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind((address, int(port)))
    while True:
        packet, _ = listening.recvfrom(65536)
        try:
            found = lines.operate(lines.parse(packet), receiver["operators"])
            _send(f"{exporter['endpoint']}/v1/logs", _record(*found))
        except (ValueError, OSError) as error:
            sys.stderr.write(f"error\t{error}\n")


def _record(service: str, attributes: dict[str, str], body: str) -> Any:
    """OTLP in its JSON form."""
    record = {"body": {"stringValue": body}, "attributes": _attributes(attributes)}
    resource = {"attributes": _attributes({"service.name": service})}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]}


def _attributes(values: dict[str, str]) -> list[Any]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]


def _send(url: str, document: Any) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(document).encode(), headers)  # noqa: S310 - the test's own
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310
        pass


if __name__ == "__main__":
    main()
