"""Arguments of SGLang for which the spec has keys, or which the plan sets itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.catalog.values import tokens
from generator.importing import roles
from generator.importing.account import Item
from generator.importing.engine import Wanted, gpus_text
from generator.importing.references import is_open, on_host
from generator.spec import DeploymentSpec

API_KEYS_FILE = "/etc/sglbox/api_keys"
ADMIN_KEYS_FILE = "/etc/sglbox/admin_keys"
HF_TOKEN_FILE = "/etc/sglbox/hf_token"  # noqa: S105 - where the secret lies, not the secret

_PAIR = ("--ssl-certfile", "--ssl-keyfile")
_ALWAYS = "the plan always sets it"


def take_context_length(value: str, item: Item, wanted: Wanted) -> None:
    """`32768`, `32k` or `32Ki`."""
    _key("context_length", tokens(value), item, wanted)


def take_tensor_parallel(value: str, item: Item, wanted: Wanted) -> None:
    """GPUs of one replica."""
    wanted.tensor_parallel = int(value)
    wanted.account.keep(item, f"tensor_parallel_size: {int(value)}")


def take_pipeline_parallel(value: str, item: Item, wanted: Wanted) -> None:
    """Stages of the model, one after another."""
    wanted.pipeline_parallel = int(value)
    if int(value) > 1:
        wanted.want("pipeline_parallel_size", int(value))
    wanted.account.keep(item, f"pipeline_parallel_size: {int(value)}")


def take_data_parallel(value: str, item: Item, wanted: Wanted) -> None:
    """Copies of the model become replicas, unless it is data parallelism of attention only."""
    wanted.data_parallel = int(value)
    if any(argument.spelling == "--enable-dp-attention" for argument, _ in wanted.engine.arguments):
        wanted.data_parallel = 1
        wanted.extra_args.append(("--attn-dp-size", str(int(value))))
        wanted.account.change(
            item, f"extra_args: --attn-dp-size {int(value)}", "with --enable-dp-attention it meant that"
        )
    elif int(value) == 1:
        wanted.account.drop(item, "1 is none")
    else:
        why = "each copy of the model is a replica of its own: one that fails leaves the others, and the edge balances"
        wanted.account.change(item, f"replicas: {int(value)} for each server", why)


def take_served_name(value: str, item: Item, wanted: Wanted) -> None:
    """The first one; the engine has one name."""
    first, *more = value.split()
    if ":" in first:
        wanted.account.drop(
            item, "the engine keeps the colon for adapters: give a `served_model_name` without one"
        )
        return
    wanted.want("served_model_name", first)
    if more:
        wanted.account.change(item, f"served_model_name: {first}", "the engine has one name")
    else:
        wanted.account.keep(item, f"served_model_name: {first}")


def take_port(value: str, item: Item, wanted: Wanted) -> None:
    """Clients of a server with nothing in front met it there; they meet the edge there now."""
    if wanted.engine.meets == "clients":
        wanted.want("port", int(value))
        wanted.account.change(item, f"port: {int(value)}", "clients meet the edge there")
    elif wanted.engine.place == "host":
        wanted.account.drop(
            item, "replicas have ports of their own, from `replica_port`; clients meet the edge"
        )
    else:
        if int(value) != DeploymentSpec().replica_port:
            wanted.want("replica_port", int(value))
        wanted.account.keep(item, f"replica_port: {int(value)}", "clients meet the edge at `port`")


def take_api_key(_: str, item: Item, wanted: Wanted) -> None:
    """A key in a command line can be read by everybody on the host."""
    wanted.want(
        "api_keys_file",
        API_KEYS_FILE,
        "The input's key is not copied: `sglbox keys add TENANT` makes new ones.",
    )
    wanted.account.change(
        item, f"api_keys_file: {API_KEYS_FILE}", "the key itself is not copied: `sglbox keys add` makes one"
    )


def take_admin_key(_: str, item: Item, wanted: Wanted) -> None:
    """The same for administrators."""
    comment = "The input's key is not copied: `sglbox keys add NAME --admin` makes new ones."
    wanted.want("admin", {"keys_file": ADMIN_KEYS_FILE}, comment)
    why = "the key itself is not copied: `sglbox keys add NAME --admin` makes one"
    wanted.account.change(item, f"admin.keys_file: {ADMIN_KEYS_FILE}", why)


def take_base_gpu(value: str, item: Item, wanted: Wanted) -> None:
    """The first GPU of the set."""
    if wanted.engine.place == "container" or int(value) == 0:
        wanted.account.drop(item, "a replica sees its own GPUs only, from 0")
        return
    wanted.gpus = tuple(range(int(value), int(value) + _tensor_parallel(wanted)))
    wanted.account.change(item, f"gpus: {gpus_text(wanted.gpus)}", "a replica is given its GPU set")


def take_nodes(value: str, item: Item, wanted: Wanted) -> None:
    """More than one host is another topology."""
    if is_open(value) or int(value) > 1:
        remedy = "the addresses of the others are not in it: write `nodes`, see docs/nodes.md"
        wanted.faults.append((item, f"is not for a single host: {value} nodes", remedy))
    wanted.account.drop(item, "one host, as without `nodes`")


def take_device(value: str, item: Item, wanted: Wanted) -> None:
    """Which kind of engine it is."""
    if value == "cpu":
        wanted.want("engine", "sglang-cpu")
        wanted.account.change(item, "engine: sglang-cpu", "the kit's name for it")
    else:
        wanted.account.drop(item, "found by the engine itself")


def take_revision(value: str, item: Item, wanted: Wanted) -> None:
    """Branch, tag or commit."""
    _key("revision", value, item, wanted)


def take_always(_: str, item: Item, wanted: Wanted) -> None:
    """Set by the plan in any case."""
    wanted.account.keep(item, "", _ALWAYS)


def take_host(_: str, item: Item, wanted: Wanted) -> None:
    """The engine's address is the plan's; the endpoint's is the operator's."""
    wanted.account.drop(
        item, "the endpoint is on loopback until `bind_address` says otherwise, with keys or `open: true`"
    )


def take_tls(part: str) -> Callable[[str, Item, Wanted], None]:
    """A certificate file, or its key."""

    def take(value: str, item: Item, wanted: Wanted) -> None:
        if not all(any(a.spelling == name for a, _ in wanted.engine.arguments) for name in _PAIR):
            wanted.account.drop(item, "a certificate and its key belong together")
            return
        inside = wanted.engine.place == "container"
        path = on_host(value, wanted.engine.mounts) if inside else value
        if not path.startswith("/"):
            wanted.account.drop(item, f"give the file of this host as `tls.{part}`")
            return
        pair = wanted.keys.get("tls", {})
        wanted.want("tls", {**pair, part: path})
        wanted.account.change(item, f"tls.{part}: {path}", "the edge speaks TLS")

    return take


def take_attention_switch(_: str, item: Item, wanted: Wanted) -> None:
    """`--attn-dp-size` says it (SGLang 0.5.23 srt/server_args.py:418 deprecates the switch)."""
    wanted.account.change(item, "extra_args: --attn-dp-size", "the switch is deprecated")


def take_tracing(_: str, item: Item, wanted: Wanted) -> None:
    """Replicas have no way out of this host, so spans go to a collector beside them."""
    wanted.want("monitoring", {"tracing": True})
    wanted.account.change(item, "monitoring.tracing: true", "spans go to the kit's own collector")


def take_trace_receiver(_: str, item: Item, wanted: Wanted) -> None:
    """Where the spans go, and under which name: the plan knows, if there are any."""
    wanted.account.drop(
        item, "with `monitoring.tracing` the plan sets it: spans go to the kit's own collector"
    )


def _key(key: str, value: str | int, item: Item, wanted: Wanted) -> None:
    wanted.want(key, value)
    wanted.account.keep(item, f"{key}: {value}")


def _tensor_parallel(wanted: Wanted) -> int:
    given = (
        a.value
        for a, _ in wanted.engine.arguments
        if re.fullmatch(r"--(tp|tp-size|tensor-parallel-size)", a.spelling)
    )
    return next((int(value) for value in given if value.isdigit()), 1)


TAKERS: dict[str, Callable[[str, Item, Wanted], None]] = {
    "--context-length": take_context_length,
    "--tp-size": take_tensor_parallel,
    "--pp-size": take_pipeline_parallel,
    "--dp-size": take_data_parallel,
    "--served-model-name": take_served_name,
    "--revision": take_revision,
    "--port": take_port,
    "--host": take_host,
    "--api-key": take_api_key,
    "--admin-api-key": take_admin_key,
    "--base-gpu-id": take_base_gpu,
    "--nnodes": take_nodes,
    "--device": take_device,
    "--enable-metrics": take_always,
    "--enable-cache-report": take_always,
    "--enable-dp-attention": take_attention_switch,
    "--enable-trace": take_tracing,
    "--otlp-traces-endpoint": take_trace_receiver,
    "--disaggregation-mode": roles.take_mode,
    "--disaggregation-transfer-backend": roles.take_backend,
    "--disaggregation-bootstrap-port": roles.take_bootstrap_port,
    "--disaggregation-ib-device": roles.take_devices,
    "--ssl-certfile": take_tls("certificate"),
    "--ssl-keyfile": take_tls("key"),
}
