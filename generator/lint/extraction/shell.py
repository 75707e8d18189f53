"""Mentions in shell text: engines' command lines, bare flags, containers' variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.foreign import shell
from generator.foreign.docker_run import DockerRun, docker_run
from generator.foreign.engine_command import (
    Argument,
    EngineCommand,
    Program,
    engine_command,
    makes_images,
    split,
    talks,
)
from generator.foreign.place import Fragment, Word
from generator.foreign.router_command import router_words
from generator.foreign.shell import Comment, ShellCommand
from generator.foreign.shell_variables import expanded
from generator.lint.extraction.names import names
from generator.lint.mention import Around, Cut, Explained, Invocation, LooseFlag, Mentions, Setting, Variable

_ENGINE = re.compile(
    r"sglang(_router)?\.launch_server|dynamo\.sglang|\b(sglang|vllm) serve\b|vllm\.entrypoints"
)
_BARE = re.compile(r"--[A-Za-z][\w.-]*(=.*)?", re.DOTALL)
# Of sglang-router 0.3.2 and smg 1.13.0.
_ROUTER_PORT = 30000
# An image whose entry point is the project's own: SGLang's, or one built without an entry point and called like it.
_ENGINE_IMAGE = re.compile(r"(.*/)?sglang(-runtime)?(:[\w.-]+)?(@.*)?")


def mentions(fragment: Fragment, *, newline: shell.Newline = "ends", program: Program = "sglang") -> Mentions:
    """Of a script. `program` is the engine that bare flags are for."""
    found = shell.commands(fragment, newline=newline)
    total = names(fragment)
    if all(_is_bare(each) for each in found):
        for before, command in zip((None, *found), found, strict=False):
            total += _bare(command, before, program)
        return total
    for command in expanded(found).commands:
        total += _of(command, program)
    return total


def _is_bare(command: ShellCommand) -> bool:
    """Flags alone. Among commands they are most likely arguments of another one: an array, a case."""
    return not command.words or bool(_BARE.fullmatch(command.words[0].text))


def _bare(command: ShellCommand, before: ShellCommand | None, program: Program) -> Mentions:
    arguments = split(command.words)
    explained = _explained(arguments, (*_heading(before), *command.comments))
    cuts = tuple(Cut(place) for place in command.cut)
    return loose(command.words, setting="block", program=program) + Mentions(
        explained=tuple(explained), cuts=cuts
    )


def invocation(command: EngineCommand, *, comments: Sequence[Comment] = ()) -> Mentions:
    """An engine's command line, with what the comments in it say of its flags.

    `--router-...` is for the router that `sglang_router.launch_server` starts beside the engine.
    """
    own = tuple(each for each in command.arguments if not each.spelling.startswith("--router-"))
    return Mentions(
        invocations=(Invocation(replace(command, arguments=own), tuple(comments)),),
        explained=tuple(_explained(own, comments)),
    )


def loose(words: Sequence[Word], *, setting: Setting, program: Program, around: str = "") -> Mentions:
    """Flags without a command."""
    found = split(words)
    meant: Program = "diffusion" if makes_images(found) else program
    return Mentions(flags=tuple(LooseFlag(each, setting, meant, around) for each in found if each.spelling))


def is_engine_image(image: str) -> bool:
    """Whether an image runs SGLang and reads no variables of its own."""
    return bool(_ENGINE_IMAGE.fullmatch(image))


def mentions_engine(text: str) -> bool:
    """Whether an engine's command line may be in the text."""
    return bool(_ENGINE.search(text))


def _of(command: ShellCommand, program: Program) -> Mentions:
    words = command.words
    cuts = Mentions(cuts=tuple(Cut(place) for place in command.cut))
    run = docker_run(words)
    found = engine_command(run.command if run else words)
    if run:
        cuts += Mentions(variables=tuple(_container_variables(run, found)))
    if found:
        if any(word.text == "sglang_router.launch_server" for word in words):
            cuts += Mentions(routers=(_port(found.arguments),))
        return cuts + invocation(found, comments=command.comments) + _shell_variables(command)
    end = router_words(run.command if run else words)
    if end:
        return cuts + Mentions(routers=(_port(split((run.command if run else words)[end:])),))
    # What is in backquotes reads as itself again.
    inner = next((word for word in words if " " in word.text and mentions_engine(word.text)), None)
    if inner and not talks(words) and not inner.text.startswith("`"):
        return cuts + mentions(_inside(inner), program=program)
    return cuts


def _port(arguments: Sequence[Argument]) -> int:
    given = [each.value for each in arguments if each.spelling == "--port" and each.value.isdigit()]
    return int(given[-1]) if given else _ROUTER_PORT


def _inside(word: Word) -> Fragment:
    return Fragment("shell", " " * word.place.column + word.text, word.place.line)


def _heading(before: ShellCommand | None) -> tuple[Comment, ...]:
    """A comment on the line above counts for the flag below it."""
    return before.comments if before and not before.words else ()


def _explained(arguments: Sequence[Argument], comments: Sequence[Comment]) -> Iterator[Explained]:
    for argument in arguments:
        line = max((word.place.line for word in argument.values), default=argument.place.line)
        for comment in comments:
            above = comment.follows is None and comment.place.line == argument.place.line - 1
            if above or (comment.follows and comment.place.line == line):
                yield Explained(argument.spelling, comment.text, argument.place)


def _shell_variables(command: ShellCommand) -> Mentions:
    found = (Variable(each.name, each.value, each.place, "shell") for each in command.assignments)
    return Mentions(variables=tuple(found))


def _container_variables(run: DockerRun, found: EngineCommand | None) -> Iterator[Variable]:
    ours = found is not None or (
        run.image is not None and is_engine_image(run.image.text) and not run.command
    )
    pinned = bool(run.all("--gpus") or any("gpu" in device for device in run.all("--device")))
    if not ours:
        return
    written = " ".join(word.text for word in run.command)
    for option in run.options:
        if option.name == "--env" and option.value:
            name, _, value = option.value.partition("=")
            around: Around = "container" if pinned or name != "CUDA_VISIBLE_DEVICES" else "shell"
            yield Variable(name, value, option.place, around, used=name in written)
