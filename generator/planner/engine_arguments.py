"""`extra_args` judged before anything starts: what the engine's release would refuse, and what the plan itself sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.catalog import Finding, check
from generator.plan.model import EngineKind
from generator.planner.decisions import Decisions
from generator.planner.engine_release import EngineRelease, Reader
from generator.spec.model import DeploymentSpec

_ALWAYS_ON = "the plan always sets it; leave it out"
_MODEL = "use `hf_model_handle` or `checkpoint_path`"
_NODES = "use `nodes`"
_TLS = "use `tls`: the edge speaks HTTPS, and plain HTTP to the replicas"

# Flag -> which key to use instead. Aliases and abbreviations follow from the catalog.
OWNED = {
    "--model-path": _MODEL,
    "--model-type": _ALWAYS_ON,
    "--revision": "use `revision`",
    "--served-model-name": "use `served_model_name`",
    "--host": "the plan sets the address; leave it out",
    "--port": "use `replica_port`",
    "--tp-size": "use `tensor_parallel_size`",
    "--pp-size": "use `pipeline_parallel_size`",
    "--dp-size": "one container per GPU set serves better: use `replicas`, or `data_parallel_size`",
    "--base-gpu-id": "use `gpus` of a replica",
    "--context-length": "use `context_length`",
    "--enable-metrics": _ALWAYS_ON,
    "--enable-cache-report": _ALWAYS_ON,
    "--api-key": "use `api_keys_file`: an argument can be read by anybody on the host",
    "--admin-api-key": "keys are never passed as arguments; leave it out",
    "--ssl-certfile": _TLS,
    "--ssl-keyfile": _TLS,
    "--nnodes": _NODES,
    "--node-rank": _NODES,
    "--dist-init-addr": "use `nodes` and `distributed_port`",
    "--dist-timeout": "use `startup_timeout`",
    "--disaggregation-mode": "use `topology: disaggregated`",
    "--disaggregation-bootstrap-port": "use `disaggregation`",
    "--disaggregation-transfer-backend": "use `disaggregation`",
    "--disaggregation-ib-device": "use `disaggregation`",
    "--config": "arguments come from this file; use `extra_args`",
    "--help": "it prints the flags and ends; leave it out",
}
# With `monitoring.tracing`; without it they are free, for a receiver of the operator's own.
_TRACED = dict.fromkeys(
    ("--enable-trace", "--otlp-traces-endpoint", "--otlp-service-name"),
    "with `monitoring.tracing` the plan sets it; leave it out",
)
# SGLang 0.5.23 srt/managers/tokenizer_manager.py:1121.
_NO_TOKENIZER = (
    "with --skip-tokenizer-init the engine takes token ids only, and every chat fails; leave it out, unless a frontend "
    "that tokenizes stands in front"
)
# The simulator's own, which it judges itself: they are for tests of the kit.
_SIMULATION = "--sim-"


@dataclass(frozen=True)
class _Words:
    """One list of the spec, at its key, and the release that will read it."""

    path: str
    words: tuple[str, ...]
    release: EngineRelease


def check_engine_arguments(
    spec: DeploymentSpec, readers: Sequence[Reader], engine: EngineKind, decisions: Decisions
) -> None:
    """Refuses what can't work, warns of what will not for long, and says when the release had to be guessed."""
    owned = OWNED | (_TRACED if spec.monitoring.tracing else {})
    for written in dict.fromkeys(_lists(spec, readers)):
        for finding in check(written.release.catalog, written.words, owned=owned):
            if not written.words[finding.at].startswith(_SIMULATION) or engine != "simulator":
                _note(finding, written, decisions)
        if "--skip-tokenizer-init" in written.words and spec.routing != "dynamo":
            decisions.warn(f"{written.path}: {_NO_TOKENIZER}")
        if written.release.doubt:
            checked = f"{written.path} is judged by SGLang {written.release.catalog.version}"
            decisions.warn(f"{checked}; {written.release.doubt}")


def _lists(spec: DeploymentSpec, readers: Sequence[Reader]) -> Iterator[_Words]:
    """The common list once for each release that reads it, then each replica's own."""
    if spec.extra_args:
        yield from (_Words("extra_args", spec.extra_args, reader.release) for reader in readers)
    for reader in readers:
        if reader.override.extra_args:
            yield _Words(f"{reader.key}.extra_args", reader.override.extra_args, reader.release)


def _note(finding: Finding, written: _Words, decisions: Decisions) -> None:
    if finding.severity == "error":
        remedy = "; ".join(filter(None, (finding.remedy, written.release.doubt)))
        decisions.refuse(f"{written.path}.{finding.at}", finding.message, remedy)
    else:
        decisions.warn(f"{written.path}: {finding.message}; {finding.remedy}")
