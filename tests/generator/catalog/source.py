"""The least source of an engine that the reader takes, and what it makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.catalog.extraction.catalog import catalog_text
from generator.catalog.extraction.package import Package

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
