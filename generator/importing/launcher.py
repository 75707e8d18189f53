"""The NeMo Evaluator launcher: `deployment:` of a run's configuration, or a file of `configs/deployment/` alone.

Keys and defaults: NVIDIA-NeMo/Evaluator packages/nemo-evaluator-launcher/.../configs/deployment/sglang.yaml and vllm.yaml;
`services:` of the evaluator's newer files: examples/configs/ there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.foreign.containers import Variable, environment
from generator.foreign.engine_command import Argument, Program, is_flag, split
from generator.foreign.nodes import Mapping, Node, Path, Scalar
from generator.foreign.nodes import Sequence as Items
from generator.foreign.place import Word
from generator.importing.account import Account, Item, argument_item, value_item
from generator.importing.container import program_of_image, settings, words_of
from generator.importing.draft import Draft
from generator.importing.engine import Engine, Mount, Setting
from generator.importing.mounts import mount

_REQUIRED = "???"
_SERVED = ("sglang", "vllm")
_DEFAULT_WIDTH = 8
# The launcher's key -> the argument its command makes of it.
_ARGUMENTS = {
    "checkpoint_path": "--model-path",
    "hf_model_handle": "--model-path",
    "model": "--model-path",
    "served_model_name": "--served-model-name",
    "tensor_parallel_size": "--tensor-parallel-size",
    "pipeline_parallel_size": "--pipeline-parallel-size",
    "data_parallel_size": "--data-parallel-size",
}
_OPEN_PATHS = {
    "chat": "/v1/chat/completions",
    "completions": "/v1/completions",
    "health": "/health",
}
_WHY = {
    "defaults": "how the launcher composes its own files",
    "execution": "where the launcher runs; this kit serves on this host",
    "evaluation": "the evaluation is the launcher's: point it at this endpoint, with `deployment: none`",
    "target": "the evaluation is the launcher's: point it at this endpoint",
    "command": "the plan makes the command from the other keys",
    "benchmarks": "the evaluation is the launcher's: point it at this endpoint",
    "cluster": "where the launcher runs; this kit serves on this host",
    "container_mounts": "weights and caches have volumes of the kit; replicas see nothing else",
    "startup_timeout": "the plan's own follows the model's size: `startup_timeout` replaces it",
    "generation": "the client says with each request how it is answered",
}


def why(path: Path) -> str:
    """Of a key that no rule of its own takes."""
    inner = path[2:] if path[:1] == ("services",) else path[1:] if path[:1] == ("deployment",) else path
    return _WHY.get(
        inner[0] if inner else "", "the launcher's own; a deployment on one host does not need it"
    )


def read(documents: Sequence[Node], draft: Draft, account: Account) -> list[Engine]:
    """One engine a file, or one of each of its `services:`."""
    for document in documents:
        if services := served(document):
            named = ((name, each) for name, each in services if each.text("type") in _SERVED)
            return [
                replace(engine, label=f"services.{name}")
                for name, each in named
                for engine in _deployment(each, ("services", name), "", draft, account)
            ]
        if isinstance(document, Mapping):
            block, path = document.get("deployment"), ("deployment",)
            if isinstance(block, Mapping):
                default = _default(document)
                return _deployment(block, path, default, draft, account)
            if is_deployment(document):
                return _deployment(document, (), "", draft, account)
    return []


def served(document: Node) -> list[tuple[str, Mapping]]:
    """Its `services:` by name, each of which says its type; those of Compose have none."""
    services = document.get("services") if isinstance(document, Mapping) else None
    items = services.items if isinstance(services, Mapping) else ()
    return [(name, node) for name, _, node in items if isinstance(node, Mapping) and node.text("type")]


def is_deployment(document: Mapping) -> bool:
    """A file of `configs/deployment/`."""
    return document.text("type").startswith(_SERVED) or document.get("endpoints") is not None


def _default(document: Mapping) -> str:
    """`defaults: [deployment: sglang]` brings the launcher's own values for what is not given."""
    listed = document.get("defaults")
    entries = listed.items if isinstance(listed, Items) else ()
    return next(
        (each.text("deployment") for each in entries if isinstance(each, Mapping) and each.get("deployment")),
        "",
    )


def _default_width(block: Mapping, draft: Draft) -> tuple[tuple[Argument, Item], ...]:
    """The launcher's own width; no place of the input stands for it."""
    if block.get("tensor_parallel_size"):
        return ()
    draft.remark("tensor_parallel_size", "The launcher's default; the file does not say it.")
    width = Argument("--tensor-parallel-size", (Word(str(_DEFAULT_WIDTH), block.place),), block.place)
    return ((width, Item("", block.place, ())),)


def _deployment(block: Mapping, path: Path, engine: str, draft: Draft, account: Account) -> list[Engine]:
    program = _program(block, engine, account, path)
    if program is None:
        return []
    image = block.get("image")
    given = Setting("image", block.text("image"), value_item((*path, "image"), image)) if image else None
    _port(block, path, draft, account)
    _endpoints(block, path, account)
    arguments = [*_keys(block, path, draft, account, program), *_extra(block, path, account)]
    if engine:
        arguments += _default_width(block, draft)
    mounts = (Mount(block.text("checkpoint_path"), "/checkpoint"), *_mounts(block))
    return [
        Engine(
            "the deployment",
            program,
            tuple(arguments),
            settings(tuple(_plain(each) for each in environment(block))),
            given,
            mounts=mounts,
            place="container",
        )
    ]


def _program(block: Mapping, engine: str, account: Account, path: Path) -> Program | None:
    kind = block.text("type") or program_of_image(block.text("image")) or engine or "sglang"
    if not kind.startswith(_SERVED):
        return None
    node = block.get("type")
    if node:
        became = "engine: sglang"
        if kind == "sglang":
            account.keep(value_item((*path, "type"), node), became)
        else:
            account.change(value_item((*path, "type"), node), became, "SGLang serves the model instead")
    return "vllm" if kind.startswith("vllm") else "sglang"


def _plain(variable: Variable) -> Variable:
    """`lit:x` is x, `host:NAME` what the launcher's own environment has."""
    origin, colon, value = variable.value.partition(":")
    if not colon or origin not in ("lit", "host"):
        return variable
    return replace(variable, value=value if origin == "lit" else f"${value}")


def _keys(
    block: Mapping, path: Path, draft: Draft, account: Account, program: Program
) -> list[tuple[Argument, Item]]:
    found = []
    for key, spelling in _ARGUMENTS.items():
        node = block.get(key)
        if not isinstance(node, Scalar):
            continue
        item = value_item((*path, key), node)
        if node.text == _REQUIRED or node.kind == "null" or not node.text:
            account.drop(
                item,
                "no value is given" if node.text != _REQUIRED else "the launcher asks for it at run time",
            )
        elif key == "checkpoint_path" and not node.text.startswith("/"):
            account.drop(item, "its absolute path is not in the input: give `checkpoint_path`")
        elif key == "checkpoint_path":
            draft.set("checkpoint_path", node.text)
            account.keep(
                item, f"checkpoint_path: {node.text}", "the fallback when the handle can't be fetched"
            )
        else:
            named = "--model" if program == "vllm" and spelling == "--model-path" else spelling
            found.append((Argument(named, (Word(node.text, node.place),), node.place), item))
    return found


def _extra(block: Mapping, path: Path, account: Account) -> list[tuple[Argument, Item]]:
    node = block.get("extra_args")
    words = words_of(node)
    if node is None:
        return []
    if not words or not is_flag(words[0].text):
        account.drop(value_item((*path, "extra_args"), node), "it holds no argument")
        return []
    return [(each, argument_item(each, "extra_args: ")) for each in split(words)]


def _mounts(block: Mapping) -> list[Mount]:
    listed = block.get("container_mounts")
    return [
        mount(each.text)
        for each in (listed.items if isinstance(listed, Items) else ())
        if isinstance(each, Scalar)
    ]


def _port(block: Mapping, path: Path, draft: Draft, account: Account) -> None:
    node = block.get("port")
    if isinstance(node, Scalar) and node.text.isdigit():
        draft.set("port", int(node.text))
        account.keep(value_item((*path, "port"), node), f"port: {node.text}", "clients meet the edge there")


def _endpoints(block: Mapping, path: Path, account: Account) -> None:
    endpoints = block.get("endpoints")
    for key, _, node in endpoints.items if isinstance(endpoints, Mapping) else ():
        item = value_item((*path, "endpoints", key), node)
        text = node.text if isinstance(node, Scalar) else ""
        if text in _OPEN_PATHS.values():
            account.keep(item, "", f"{text} is open at the edge")
        else:
            account.drop(item, "the edge opens the engine's own paths")
