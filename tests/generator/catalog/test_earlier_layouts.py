"""How releases before the pinned one declared their flags."""

from __future__ import annotations

from pathlib import Path

from tests.generator.catalog.source import FILES, extracted

# As it was written before 0.5.20: all fields in one class, and what has choices of a parser beside it.
IN_ONE_CLASS = """
from ..parsers import *
BACKENDS = ["a", "b"]
class ServerArgs:
    model_path: A[str, Arg(help="Where.", aliases=["--model"]), NS("model")]
    length: A[Optional[int], "How long.", NS("model")] = None
    skipped: A[Optional[Callable], NS("device")] = None
    prefixes: A[List[str], "Prefixes.", NS("log")] = dataclasses.field(default_factory=lambda: list(PREFIXES))
    on_amd: bool = dataclasses.field(default_factory=lambda: is_hip())
    parser: A[Optional[str], Arg(no_cli=True), NS("model")] = None
    @staticmethod
    def add_cli_args(parser):
        names = list(Parsers.BY_NAME.keys())
        parser.add_argument("--parser", type=str, choices=["auto", *names], default=ServerArgs.parser)
        parser.add_argument("--alias", action=DeprecatedAliasStoreAction, new_flag="--length", dest="length", type=int)
"""


# And before 0.5.14: every argument by hand.
BY_HAND = """
class ServerArgs:
    model_path: str
    backend: str = BACKENDS[1]
    limit: Optional[int] = sys.maxsize
    trust: bool = False
    maybe: Optional[bool] = None
    @staticmethod
    def add_cli_args(parser):
        parser.add_argument("--model-path", "--model", type=str, required=True)
        parser.add_argument("--backend", type=str, default=ServerArgs.backend, choices=BACKENDS)
        parser.add_argument("--limit", type=int, default=ServerArgs.limit)
        parser.add_argument("--trust", action="store_true", default=ServerArgs.trust)
        parser.add_argument("--maybe", action="store_true", default=ServerArgs.maybe)
        parser.add_argument("--fuse", action=argparse.BooleanOptionalAction, default=True)
        parser.add_argument("--adapters", type=str, nargs="*", action=LoRAPathAction)
        parser.add_argument("--gone", action=DeprecatedAction, help="Note: it is deprecated. Please use --fuse instead.")
BACKENDS = ["a", "b"]
"""


PARSERS = 'PREFIXES = ["/health"]\nclass Parsers:\n    BY_NAME: Dict[str, type] = {"q": Q, "r": R}\n'


def test_flags_that_one_class_declares(tmp_path: Path) -> None:
    parsers = {"parsers/__init__.py": "from .common import *\n", "parsers/common.py": PARSERS}
    files = {**FILES, "srt/server_args.py": IN_ONE_CLASS, **parsers}
    for later in ("srt/arg_groups/fields/model.py", "parsers.py"):
        del files[later]
    assert extracted(tmp_path, files)["flags"] == [
        {"flags": ["--alias"], "dest": "length", "kind": "int", "deprecated": "--length"},
        {"flags": ["--length"], "dest": "length", "kind": "int"},
        {"flags": ["--model-path", "--model"], "dest": "model_path", "kind": "text", "required": True},
        {"flags": ["--parser"], "dest": "parser", "kind": "text", "choices": ["auto", "q", "r"]},
        {"flags": ["--prefixes"], "dest": "prefixes", "default": ["/health"], "kind": "text", "nargs": "+"},
    ]


def test_flags_that_are_added_by_hand(tmp_path: Path) -> None:
    files = {**FILES, "srt/server_args.py": BY_HAND}
    for later in ("srt/arg_groups/fields/model.py", "srt/environ.py"):
        del files[later]
    content = extracted(tmp_path, files)
    assert content["flags"] == [
        {"flags": ["--adapters"], "dest": "adapters", "kind": "text", "nargs": "*"},
        {"flags": ["--backend"], "dest": "backend", "kind": "text", "choices": ["a", "b"], "default": "b"},
        {"flags": ["--fuse"], "dest": "fuse", "kind": "pair", "default": True},
        {"flags": ["--gone"], "dest": "gone", "kind": "switch", "deprecated": "--fuse"},
        {"flags": ["--limit"], "dest": "limit", "kind": "int"},
        {"flags": ["--maybe"], "dest": "maybe", "kind": "switch", "default": None},
        {"flags": ["--model-path", "--model"], "dest": "model_path", "kind": "text", "required": True},
        {"flags": ["--trust"], "dest": "trust", "kind": "switch"},
    ]
    assert content["environment"] == [{"name": "SGLANG_ELSEWHERE", "kind": "str"}]
