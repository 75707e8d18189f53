"""Reading a release's source: what it declares, however it is written there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.catalog.extraction.catalog import catalog_text
from generator.catalog.extraction.package import ExtractionError, Package

SERVER_ARGS = """
from sglang.srt.arg_groups.choices import BACKENDS
from sglang.srt.environ import envs
def _names():
    module = sys.modules.get("sglang.parsers")
    if module is not None:
        return list(module.Parsers)
    from sglang.parsers import NAMES
    return list(NAMES)
class ServerArgs:
    @staticmethod
    def add_cli_args(parser):
        choices = set(BACKENDS)
        if envs.SGLANG_MORE.get():
            choices.add("more")
        parser.add_argument("--backend", type=str, choices=choices, default=_declared_default("backend"))
        parser.add_argument("--parser", choices=["auto"] + _names())
        parser.add_argument("--mode", choices=[m.name.lower() for m in Mode])
        parser.add_argument("--old", action=DeprecatedStoreTrueAction, new_flag="--new")
        parser.add_argument("--older", action="store_true", help="(Deprecated: use --new=auto) Was it.")
from sglang.parsers import Mode
"""
FIELDS = """
class Model:
    _NS_PATH = "model"
    # -------------------------------------------------------------------------
    # Model and tokenizer
    # -------------------------------------------------------------------------
    model_path: A[str, Arg(help="Where.", aliases=["--model"])]
    tp_size: A[int, Arg(help="How many.", cli_name="--tp-size", aliases=["--tensor-parallel-size"])] = 1
    backend: A[str, Arg(no_cli=True)] = "b"
    kind: A[Optional[Literal["x", "y"]], "Which."] = None
    length: A[Optional[int], Arg(help="How long.", type_parser=human_readable_int)] = None
    sizes: A[Optional[List[int]], "Sizes."] = None
    bytes: A[int, "Bytes."] = 10 * 1024
    trust: A[bool, "Whether."] = False
    unsaid: A[Optional[bool], "Whether."] = None
    fuse: A[bool, Arg(help="Whether.", action=argparse.BooleanOptionalAction)] = True
    hidden: A[str, Arg(help="No.", no_cli=True)] = ""
    gone: A[bool, "Deprecated. Use --trust instead."] = False
    labels: A[List[str], "Labels."] = msgspec.field(default_factory=list)
"""
METRICS = """
class Collector:
    def __init__(self, labels):
        self.a = Counter(name="sglang:a_total", documentation="", labelnames=list(labels.keys()) + ["mode"])
        self.b = Gauge("sglang:b", "", ["x"])
        self.c = GaugeHistogram(name="sglang:c", labelnames=labels.keys())
        self.d = Histogram(name="other:d", labelnames=[])
"""
SERVER = """
from sglang.srt.entrypoints.more import router as more
app = FastAPI()
app.include_router(more)
if os.environ.get("ONLY") == "sometimes":
    @app.get("/sometimes")
    async def sometimes(): ...
else:
    @app.get("/")
    @app.head("/")
    async def root(): ...
_root = os.environ.get("ROOT")
if _root is None:
    @app.get("/plain")
    async def plain(): ...
else:
    @app.get("/with-a-root")
    async def with_a_root(): ...
@app.api_route("/generate", methods=["POST", "PUT"])
async def generate(): ...
@app.post(os.environ.get("ROUTE", "/api/chat"))
async def chat(): ...
@app.get("/v1/models/{model:path}")
async def model(): ...
"""
ENVIRON = """
class Envs:
    SGLANG_A = EnvBool(False)
    SGLANG_B = EnvInt(5)
    SGLANG_NEW = EnvStrWithAlias(None, deprecated_name="SGLANG_OLD")
_DEPRECATED_ENVS = {"SGLANG_GONE": _DeprecatedEnv(note="Please use '--flag' instead.")}
"""
FILES = {
    "srt/server_args.py": SERVER_ARGS,
    "srt/arg_groups/fields/model.py": FIELDS,
    "srt/arg_groups/choices.py": 'BACKENDS = ["b"] + ["a"]\n',
    "parsers.py": 'NAMES = {"q": 1, "r": 2}\nclass Mode(Enum):\n    NONE = 0\n    ALL = 1\n',
    "srt/metrics.py": METRICS,
    "srt/entrypoints/http_server.py": SERVER,
    "srt/entrypoints/more.py": '@router.get("/v1/loads")\ndef loads(): ...\n@other.get("/no")\ndef no(): ...\n',
    "srt/utils/common.py": 'app.routes.append(Mount("/metrics", x))\nos.getenv("SGLANG_ELSEWHERE", "")\n',
    "srt/environ.py": ENVIRON,
}


def extracted(folder: Path, files: Mapping[str, str]) -> dict[str, Any]:
    for name, text in files.items():
        file = folder / "sglang" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    content: dict[str, Any] = json.loads(catalog_text(Package(folder / "sglang"), version="1.2.3"))
    return content


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    return extracted(tmp_path, FILES)


def test_flags(content: dict[str, Any]) -> None:
    section = {"section": "Model and tokenizer"}
    assert content["flags"] == [
        {"flags": ["--backend"], "dest": "backend", "kind": "text", "choices": ["a", "b"], "default": "b"} | section,
        {"flags": ["--bytes"], "dest": "bytes", "default": 10240, "kind": "int"} | section,
        {"flags": ["--fuse"], "dest": "fuse", "default": True, "kind": "pair"} | section,
        {"flags": ["--gone"], "dest": "gone", "kind": "switch", "deprecated": "--trust"} | section,
        {"flags": ["--kind"], "dest": "kind", "kind": "text", "choices": ["x", "y"]} | section,
        {"flags": ["--labels"], "dest": "labels", "default": [], "kind": "text", "nargs": "+"} | section,
        {"flags": ["--length"], "dest": "length", "kind": "tokens"} | section,
        {"flags": ["--mode"], "dest": "mode", "kind": "text", "choices": ["none", "all"]},
        {"flags": ["--model-path", "--model"], "dest": "model_path", "kind": "text", "required": True} | section,
        {"flags": ["--old"], "dest": "old", "kind": "switch", "deprecated": "--new"},
        {"flags": ["--older"], "dest": "older", "kind": "switch", "deprecated": "--new=auto"},
        {"flags": ["--parser"], "dest": "parser", "kind": "text", "choices": ["auto", "q", "r"]},
        {"flags": ["--sizes"], "dest": "sizes", "kind": "int", "nargs": "+"} | section,
        {"flags": ["--tp-size", "--tensor-parallel-size"], "dest": "tp_size", "default": 1, "kind": "int"} | section,
        {"flags": ["--trust"], "dest": "trust", "kind": "switch"} | section,
        {"flags": ["--unsaid"], "dest": "unsaid", "default": None, "kind": "switch"} | section,
    ]  # fmt: skip


# As it was written before 0.5.20: all fields in one class, and what has choices of a parser beside it.
IN_ONE_CLASS = """
from sglang.parsers import *
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
# And before 0.5.15: every argument by hand.
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
    files = {**FILES, "srt/server_args.py": IN_ONE_CLASS, "parsers.py": PARSERS}
    del files["srt/arg_groups/fields/model.py"]
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


def test_metrics(content: dict[str, Any]) -> None:
    assert content["metrics"] == [
        {"name": "sglang:a_total", "kind": "counter", "labels": ["mode"], "common": True},
        {"name": "sglang:b", "kind": "gauge", "labels": ["x"]},
        {"name": "sglang:c", "kind": "gauge", "common": True, "labels": ["gt", "le"]},
    ]


def test_routes(content: dict[str, Any]) -> None:
    assert content["routes"] == [
        {"path": "/", "methods": ["GET", "HEAD"]},
        {"path": "/api/chat", "methods": ["POST"]},
        {"path": "/generate", "methods": ["POST", "PUT"]},
        {"path": "/metrics", "methods": ["GET"]},
        {"path": "/plain", "methods": ["GET"]},
        {"path": "/v1/loads", "methods": ["GET"]},
        {"path": "/v1/models/{model}", "methods": ["GET"]},
    ]


def test_environment(content: dict[str, Any]) -> None:
    assert content["environment"] == [
        {"name": "SGLANG_A", "kind": "bool", "default": False},
        {"name": "SGLANG_B", "kind": "int", "default": 5},
        {"name": "SGLANG_ELSEWHERE", "kind": "str"},
        {"name": "SGLANG_GONE", "kind": "str", "deprecated": "--flag"},
        {"name": "SGLANG_NEW", "kind": "str"},
        {"name": "SGLANG_OLD", "kind": "str", "deprecated": "SGLANG_NEW"},
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("srt/arg_groups/fields/model.py", "human_readable_int", "strange", r"model:\d+: unknown parser strange"),
        ("srt/arg_groups/fields/model.py", "argparse.Boolean", "Other", r"unknown action OtherOptionalAction"),
        ("srt/arg_groups/fields/model.py", "10 * 1024", "size_of(x)", r"no constant value size_of"),
        ("srt/server_args.py", "add_cli_args", "other", "no ServerArgs.add_cli_args"),
        ("srt/server_args.py", "DeprecatedStoreTrueAction", "Other", r"server_args:\d+: unknown action Other"),
        ("srt/server_args.py", '["auto"] + _names()', '["auto", found]', "no constant value found"),
        ("srt/environ.py", "class Envs", "class Other", "no class Envs"),
        ("srt/metrics.py", "sglang:", "other:", "found no metrics"),
    ],
)  # fmt: skip
def test_what_is_written_in_another_way_is_said(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(ExtractionError, match=message):
        extracted(tmp_path, {**FILES, file: FILES[file].replace(old, new)})


def test_a_folder_that_is_no_engine_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match=r"has no module sglang\.srt\.server_args"):
        extracted(tmp_path, {"__init__.py": ""})
