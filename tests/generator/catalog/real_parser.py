"""The real parser of the engine as one process: command lines in, verdicts out, a line each. No server starts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from tests.engines.installation import SglangCpu
from tests.engines.server import environment

# As `sglang serve` does it (cli/serve.py, srt/server_args.py of 0.5.23), with the parser built once. Only the last thing
# written in a line is the answer: the engine itself logs to stderr.
DESCRIBE = """
import argparse, json
from sglang.srt.server_args import ServerArgs
parser = argparse.ArgumentParser(prog="sglang serve")
ServerArgs.add_cli_args(parser)
plain = (str, int, float, bool, list, dict, type(None))
def action(a):
    return {
        "flags": a.option_strings, "dest": a.dest, "nargs": a.nargs, "required": a.required,
        "choices": list(a.choices) if a.choices else None, "type": getattr(a.type, "__name__", None),
        "default": a.default if isinstance(a.default, plain) else repr(a.default),
        "retired": type(a).__name__.startswith("Deprecated"), "successor": getattr(a, "new_flag", None),
    }
print(json.dumps([action(a) for a in parser._actions if a.dest != "help"]), flush=True)
"""
PROGRAM = f"""{DESCRIBE}
import contextlib, io, logging, sys
from sglang.cli.serve import _extract_model_type_override
for line in sys.stdin:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            _, words = _extract_model_type_override(json.loads(line))
            parsed = parser.parse_args(words)
            getattr(logging, parsed.log_level.upper())
            ServerArgs.from_cli_args(parsed)
        answer = ""
    except BaseException as error:
        answer = said.getvalue().strip().splitlines()[-1:] or [repr(error)]
    print(json.dumps(answer), flush=True)
"""


class RealParser:
    """`actions` describes every argument of the parser, as the parser itself has it.

    No dataclass: Hypothesis would print all of them with a failing example.
    """

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.actions: list[dict[str, Any]] = json.loads(stdout.readline())

    def refuses(self, words: Sequence[str]) -> str:
        """The parser's message about the words after `sglang serve`; "" when it takes them."""
        self.stdin.write(json.dumps(list(words)) + "\n")
        self.stdin.flush()
        return "".join(json.loads(self.stdout.readline()))


@contextmanager
def real_parser(sglang: SglangCpu) -> Iterator[RealParser]:
    """Ended with the block."""
    process = subprocess.Popen(
        [str(sglang.python), "-c", PROGRAM],
        env=environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdin
        assert process.stdout
        yield RealParser(process.stdin, process.stdout)
    finally:
        process.kill()
        process.communicate()
