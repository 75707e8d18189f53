"""Mentions in YAML: containers of Compose and Kubernetes, Dynamo's workers, NeMo's `deployment:`, alert rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.foreign.containers import command_words, environment
from generator.foreign.engine_command import Argument, EngineCommand, Program, engine_command, is_flag, split
from generator.foreign.nodes import Mapping, Node, NotYamlError, Scalar, Sequence, documents, walk
from generator.foreign.place import Fragment, Place, Word
from generator.lint.extraction import shell
from generator.lint.extraction.names import names, queried
from generator.lint.mention import Around, Liveness, LooseFlag, Mentions, Metric, Route, Variable

_COMMAND_KEYS = ("entrypoint", "command", "args")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_LAUNCHED = {"hf_model_handle", "checkpoint_path", "served_model_name", "tensor_parallel_size"}
_WORKER = re.compile(r"SGLang\w*Worker")


def mentions(fragment: Fragment, *, program: Program) -> Mentions:
    """Of every document in it. What is no YAML is read as text."""
    total = names(fragment)
    try:
        found = documents(fragment)
    except NotYamlError:
        return total
    for document in found:
        for path, node in walk(document):
            if isinstance(node, Mapping):
                total += _mapping(node, path, program)
    return total


def _mapping(node: Mapping, path: tuple[str, ...], program: Program) -> Mentions:
    total = _worker(node) if path and _WORKER.fullmatch(path[-1]) else Mentions()
    if any(key in node.keys for key in (*_COMMAND_KEYS, "image", "extra_args", "env_vars")):
        total += _container(node, path, program)
    if path and path[-1] == "metric" and node.text("name").startswith("sglang"):
        total += _metric(node)
    record = node.text("record")
    if isinstance(expression := node.get("expr"), Scalar):
        total += queried(expression.source)
    return total + Mentions(recorded=frozenset({record} if record else ()))


def _metric(node: Mapping) -> Mentions:
    name = node.get("name")
    return Mentions(metrics=(Metric(name.text, name.place),) if isinstance(name, Scalar) else ())


def _container(node: Mapping, path: tuple[str, ...], program: Program) -> Mentions:
    total, written = Mentions(), ""
    words: list[Word] = []
    for key in _COMMAND_KEYS:
        value = node.get(key)
        script = _script(value)
        if script:
            total += shell.mentions(
                script.source, newline="ends" if script.block else "blank", program=program
            )
            written += script.text
        else:
            words += command_words(value)
    command = engine_command(words) or _bare(node, words, program)
    total += shell.invocation(command) if command else Mentions()
    written += " ".join(word.text for word in words)
    if not (command or total.invocations or _is_engine(node, path)):
        return total
    command = command or (total.invocations[0].command if total.invocations else None)
    if (command.program if command else _program(node, program)) == "vllm":
        return total
    return total + _extra_arguments(node, program) + _surroundings(node, path, command, written)


def _script(node: Node | None) -> Scalar | None:
    """A whole script in one value, or behind `sh -c`."""
    if isinstance(node, Scalar):
        return node if shell.mentions_engine(node.text) else None
    if isinstance(node, Sequence):
        return next((found for each in node.items if (found := _script(each)) and " " in found.text), None)
    return None


def _bare(node: Mapping, words: list[Word], program: Program) -> EngineCommand | None:
    """Only arguments are given: the program is in the image."""
    if not words or not is_flag(words[0].text) or program == "vllm":
        return None
    image = node.text("image")
    if not (shell.is_engine_image(image) or any(word.text.startswith("--model") for word in words)):
        return None
    if image and not shell.is_engine_image(image):
        return None
    named: Program = "dynamo" if "dynamo" in image else program
    return EngineCommand(named, split(words), words[0].place)


def _program(node: Mapping, program: Program) -> Program:
    told = node.text("type") + node.text("image")
    return "vllm" if "vllm" in told else "sglang" if "sglang" in told else program


def _is_engine(node: Mapping, path: tuple[str, ...]) -> bool:
    return (
        shell.is_engine_image(node.text("image")) or node.text("type") == "sglang" or _is_launcher(node, path)
    )


def _is_launcher(node: Mapping, path: tuple[str, ...]) -> bool:
    """A `deployment:` block of the NeMo launcher, or this kit's own spec; others use the same two keys for other things."""
    keys = set(node.keys)
    own = path[-1:] == ("deployment",) or path[:1] == ("replicas",) or bool(keys & _LAUNCHED)
    return own and bool({"extra_args", "env_vars"} & keys) and not node.text("type").startswith("vllm")


def _extra_arguments(node: Mapping, program: Program) -> Mentions:
    words = command_words(node.get("extra_args"))
    return shell.loose(words, setting="key", program=program) if words else Mentions()


def _worker(node: Mapping) -> Mentions:
    """A worker of Dynamo's older graphs: its keys are SGLang's flags."""
    found = (
        LooseFlag(_argument(key, place, value), "key", "dynamo")
        for key, place, value in node.items
        if key != "ServiceArgs"
    )
    return Mentions(flags=tuple(found))


def _argument(key: str, place: Place, value: Node) -> Argument:
    words = [Word(f"--{key}", place)]
    if isinstance(value, Scalar) and value.kind != "bool":
        words.append(Word(value.text, value.place))
    return split(words)[0]


def _surroundings(
    node: Mapping, path: tuple[str, ...], command: EngineCommand | None, written: str
) -> Mentions:
    return Mentions(
        variables=tuple(_variables(node, path, written)),
        probes=tuple(_liveness(node, command)),
        routes=tuple(_probed(node)) if command is None or command.program == "sglang" else (),
    )


def _variables(node: Mapping, path: tuple[str, ...], written: str) -> Iterator[Variable]:
    pinned = _pinned(node, path)
    for each in environment(node):
        around: Around = "container" if pinned or each.name != "CUDA_VISIBLE_DEVICES" else "shell"
        yield Variable(each.name, each.value, each.place, around, used=each.name in written)


def _pinned(node: Mapping, path: tuple[str, ...]) -> bool:
    """Whether something else hands out the GPUs: Compose's reservations, Kubernetes' limits, the NeMo launcher."""
    if (
        _is_launcher(node, path)
        or node.get("gpus")
        or node.get("deploy", "resources", "reservations", "devices")
    ):
        return True
    limits = node.get("resources", "limits")
    return isinstance(limits, Mapping) and any("gpu" in key for key in limits.keys)


def _liveness(node: Mapping, command: EngineCommand | None) -> Iterator[Liveness]:
    probe = node.get("livenessProbe")
    if not isinstance(probe, Mapping) or node.get("startupProbe"):
        return
    delay = _number(probe, "initialDelaySeconds", 0)
    patience = delay + _number(probe, "periodSeconds", 10) * _number(probe, "failureThreshold", 3)
    model = command.argument("--model-path", "--model") if command else None
    yield Liveness(patience, model.value if model else "", probe.place)


def _number(node: Mapping, key: str, otherwise: int) -> int:
    text = node.text(key)
    return int(text) if text.isdigit() else otherwise


def _probed(node: Mapping) -> Iterator[Route]:
    for name in _PROBES:
        probe = node.get(name)
        path = probe.get("httpGet", "path") if isinstance(probe, Mapping) else None
        if isinstance(path, Scalar):
            yield Route(path.text, path.place)
