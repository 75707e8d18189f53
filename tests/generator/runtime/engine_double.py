"""A stand-in engine for tests of the host runtime: starts in a moment, or fails in the way it is told.

Run like the real one (`PYTHON -m sglang.launch_server --host H --port P ...`), by a script that takes the
place of the interpreter. DOUBLE in its environment: `crash` ends with an out-of-memory error, `deaf` never
opens its port, `patient` takes six seconds to end, anything else serves; its answer contains that word.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODE = os.environ.get("DOUBLE", "")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._reply({"choices": [{"message": {"content": f"hello {MODE}"}}]})

    def _reply(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def end_slowly(*_: object) -> None:
    time.sleep(6)
    os._exit(0)


def main() -> None:
    say("server_args=ServerArgs()")
    say("Load weight begin. avail mem=1.00 GB")
    if MODE == "crash":
        say("torch.OutOfMemoryError: CUDA out of memory.")
        # Longer than supervisord's startsecs: an engine dies while it loads, not when it is started.
        time.sleep(1.2)
        sys.exit(1)
    if MODE == "deaf":
        time.sleep(600)
    if MODE == "patient":
        signal.signal(signal.SIGTERM, end_slowly)
    server = ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler)
    say("The server is fired up and ready to roll!")
    server.serve_forever()


if __name__ == "__main__":
    main()
