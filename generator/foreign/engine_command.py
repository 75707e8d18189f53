"""Command lines of inference engines inside other words: which program, which arguments, and what stands around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generator.foreign.place import Place, Word

Program = Literal["sglang", "dynamo", "vllm", "simulator", "mocker", "diffusion"]
"""`dynamo` is `dynamo.sglang`: SGLang's parser behind a frontend that tokenizes; `simulator` is this kit's own, `mocker` Dynamo's;
`diffusion` is what `sglang serve` starts for models that make images and videos, with a parser of its own."""

_MODULES: dict[str, Program] = {
    "sglang.launch_server": "sglang",
    "sglang.srt.entrypoints.http_server": "sglang",
    "dynamo.sglang": "dynamo",
    # Starts its copies of the engine and a router, whose own arguments begin with `--router-`.
    "sglang_router.launch_server": "sglang",
    "dynamo.mocker": "mocker",
    "vllm.entrypoints.openai.api_server": "vllm",
    "vllm.entrypoints.api_server": "vllm",
}
_SERVERS: dict[str, Program] = {"sglang": "sglang", "vllm": "vllm"}
# Its arguments that a server of language models has not (SGLang 0.5.23 multimodal_gen/runtime/server_args.py).
_DIFFUSION = frozenset(
    {
        *("--num-gpus", "--ulysses-degree", "--ring-degree", "--sp-degree", "--enable-cfg-parallel"),
        *("--text-encoder-cpu-offload", "--dit-cpu-offload", "--dit-layerwise-offload", "--vae-cpu-offload"),
        *("--image-encoder-cpu-offload", "--pin-cpu-memory", "--adjust-frames", "--save-output"),
    }
)
# They name a command and do not start it.
_TALKING = frozenset({"echo", "printf", "pkill", "pgrep", "killall", "ps", "grep", "egrep", "log", "info"})
_PYTHON = re.compile(r"(.*/)?python[0-9.]*")
_NUMBER = re.compile(r"-[0-9.]+")


@dataclass(frozen=True)
class Argument:
    """One flag with the words behind it. `spelling` is "" for words that belong to no flag."""

    spelling: str
    values: tuple[Word, ...]
    place: Place

    @property
    def value(self) -> str:
        """All values in one text."""
        return " ".join(word.text for word in self.values)


@dataclass(frozen=True)
class EngineCommand:
    """`before` are the words in front of the program: `docker run ... IMAGE`, say."""

    program: Program
    arguments: tuple[Argument, ...]
    place: Place
    before: tuple[Word, ...] = ()

    def argument(self, *spellings: str) -> Argument | None:
        """The last one with one of these spellings, as argparse takes it."""
        found = [each for each in self.arguments if each.spelling in spellings]
        return found[-1] if found else None


def engine_command(words: Sequence[Word]) -> EngineCommand | None:
    """The engine started by these words, None where there is none."""
    for at, word in enumerate(words):
        found = _program(words, at)
        if found:
            program, length = found
            arguments = split(words[at + length :])
            program = "diffusion" if program == "sglang" and makes_images(arguments) else program
            return EngineCommand(program, arguments, word.place, tuple(words[:at]))
    return None


def talks(words: Sequence[Word]) -> bool:
    """Whether a command is only named: `pkill -f "sglang serve"`."""
    first = [word.text for word in words if word.text != "sudo"][:1]
    return bool(_TALKING & {text.rpartition("/")[2] for text in first})


def makes_images(arguments: Sequence[Argument]) -> bool:
    """Whether these are arguments of a diffusion server: by the flags, else by the name that such models have."""
    return any(
        each.spelling in _DIFFUSION
        or (each.spelling == "--model-type" and each.value == "diffusion")
        or (each.spelling in ("--model-path", "--model", "") and each.value.endswith("-Diffusers"))
        for each in arguments
    )


def _program(words: Sequence[Word], at: int) -> tuple[Program, int] | None:
    """Program and how many words name it."""
    texts = [word.text for word in words[at : at + 3]]
    if len(texts) == 3 and _PYTHON.fullmatch(texts[0]) and texts[1] == "-m" and texts[2] in _MODULES:
        return _MODULES[texts[2]], 3
    if texts[:1] == ["simulator"] and texts[1:2] == ["serve"] and at and words[at - 1].text == "-m":
        return "simulator", 2
    if len(texts) >= 2 and texts[1] == "serve" and texts[0].rpartition("/")[2] in _SERVERS:
        return _SERVERS[texts[0].rpartition("/")[2]], 2
    if texts[:1] == ["-m"] and texts[1:2] and texts[1] in _MODULES:
        return _MODULES[texts[1]], 2
    return None


def split(words: Sequence[Word]) -> tuple[Argument, ...]:
    """Flags with their values, as far as that can be told without knowing the flags."""
    found: list[Argument] = []
    for word in words:
        if is_flag(word.text):
            name, equals, value = word.text.partition("=")
            rest = Word(value, Place(word.place.line, word.place.column + len(name) + 1))
            found.append(Argument(name, (rest,) if equals else (), word.place))
        elif found and found[-1].spelling:
            last = found.pop()
            found.append(Argument(last.spelling, (*last.values, word), last.place))
        else:
            found.append(Argument("", (word,), word.place))
    return tuple(found)


def is_flag(text: str) -> bool:
    """Negative numbers are values."""
    return text.startswith("-") and text != "-" and not _NUMBER.fullmatch(text)
