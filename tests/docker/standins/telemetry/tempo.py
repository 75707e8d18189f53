"""Tempo: takes spans, gives back those of a trace."""

import json
import sys
from collections.abc import Mapping

import configuration
import serving
import shapes

TRACES: dict[str, list[object]] = {}


def main() -> None:
    """Judge the configuration, then keep."""
    document = configuration.read(sys.argv[1].removeprefix("-config.file="), shapes.TEMPO)
    if "-config.verify=true" in sys.argv:
        return
    routes = {"/ready": serving.ready, "/metrics": serving.metrics, "/api/traces/*": answer}
    serving.serve(routes, port=document["server"]["http_listen_port"])
    inlet = document["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    # The real one speaks gRPC here; its stand-ins speak HTTP to each other.
    serving.serve({"/v1/traces": take}, port=int(inlet.rpartition(":")[2]))
    serving.until_stopped()


def take(_query: Mapping[str, str], body: bytes) -> serving.Answer:
    """`[{"trace": id, ...}]`, as the collector's stand-in has taken the spans apart."""
    for span in json.loads(body):
        TRACES.setdefault(span["trace"], []).append(span)
    return 200, b""


def answer(query: Mapping[str, str], _body: bytes) -> serving.Answer:
    """404 for a trace that nobody has sent a span of."""
    spans = TRACES.get(query["path"].rpartition("/")[2])
    return (200, json.dumps(spans).encode()) if spans else (404, b"trace not found\n")


if __name__ == "__main__":
    main()
