"""Flags as the engine's own parser of that release would take them (argparse; SGLang srt/server_args.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.catalog import Abbreviation, Ambiguous, Catalog, Exact, Flag, match, retired
from generator.catalog.values import wrong
from generator.foreign.engine_command import Argument, Program
from generator.lint.finding import Finding
from generator.lint.mention import LooseFlag, Mentions

# Filled in by a shell, a template or the reader.
_OPEN = re.compile(r"\$|\{\{|<[^>]*>|\.\.\.|…|^[A-Z][A-Z0-9_]*$")
_UNUSABLE = frozenset({"unknown-flag", "ambiguous-flag"})
# Valid for `sglang serve`, which reads it before the server's parser (SGLang 0.5.23 cli/serve.py:31-59).
_SERVE_ONLY = frozenset({"--model-type"})


def flags(mentions: Mentions, catalog: Catalog) -> Iterator[Finding]:
    """Of every command line and every bare flag that is for SGLang."""
    for invocation in mentions.invocations:
        command = invocation.command
        if command.program in ("sglang", "dynamo"):
            yield from _line(command.arguments, command.program, catalog)
    suspects = _suspects(mentions, catalog)
    for loose in mentions.flags:
        if loose.program in ("sglang", "dynamo"):
            yield from _loose(loose, suspects, catalog)


def _line(arguments: tuple[Argument, ...], program: Program, catalog: Catalog) -> Iterator[Finding]:
    seen: dict[str, Argument] = {}
    for argument in arguments:
        yield from judge(argument, program, catalog)
        found = match(catalog, argument.spelling)
        if isinstance(found, Exact) and found.flag.dest in seen:
            before = seen[found.flag.dest]
            message = f"{argument.spelling} was given in line {before.place.line} already"
            yield Finding(
                argument.place, "repeated-flag", "warning", message, "the engine takes the last one"
            )
        if isinstance(found, Exact):
            seen[found.flag.dest] = argument


def _suspects(mentions: Mentions, catalog: Catalog) -> frozenset[str]:
    """Flags that the text gives to SGLang, which does not know them: wrong in its prose too."""
    given = [
        argument.spelling
        for invocation in mentions.invocations
        if invocation.command.program == "sglang"
        for argument in invocation.command.arguments
    ]
    given += [each.argument.spelling for each in mentions.flags if each.setting != "prose"]
    return frozenset(each for each in given if each and not isinstance(match(catalog, each), Exact))


def _loose(loose: LooseFlag, suspects: frozenset[str], catalog: Catalog) -> Iterator[Finding]:
    """In running text any program's flags are named: those that SGLang does not know are judged only when they are
    known to have been taken for SGLang's."""
    spelling = loose.argument.spelling
    if loose.setting != "prose":
        yield from judge(loose.argument, loose.program, catalog)
    elif spelling in suspects:
        bare = Argument(spelling, (), loose.argument.place)
        yield from (each for each in judge(bare, loose.program, catalog) if each.rule in _UNUSABLE)


def judge(argument: Argument, program: Program, catalog: Catalog) -> Iterator[Finding]:
    """One argument. Dynamo's worker has flags of its own beside SGLang's, so an unknown one may be right there."""
    spelling, place, version = argument.spelling, argument.place, catalog.version
    if not spelling.startswith("--") or _OPEN.search(spelling) or spelling in _SERVE_ONLY:
        return
    found = match(catalog, spelling)
    if isinstance(found, Exact):
        yield from _used(argument, found.flag)
    elif isinstance(found, Abbreviation):
        message = f"{spelling} works only as the beginning of {found.full}, until another flag begins so"
        yield Finding(place, "abbreviated-flag", "info", message, f"write {found.full}")
        yield from _used(argument, found.flag)
    elif isinstance(found, Ambiguous):
        message = f"{spelling} could be {_some(found.candidates)}: SGLang {version} ends with status 2"
        yield Finding(place, "ambiguous-flag", "error", message, _remedy(spelling, ()))
    elif program == "sglang":
        message = f"SGLang {version} has no {spelling} and ends with status 2"
        yield Finding(place, "unknown-flag", "error", message, _remedy(spelling, found.nearest))


def _remedy(spelling: str, nearest: tuple[str, ...]) -> str:
    past = retired(spelling)
    if past:
        return past.advice
    return f"did you mean {nearest[0]}?" if nearest else "leave it out"


def _used(argument: Argument, flag: Flag) -> Iterator[Finding]:
    if flag.deprecated:
        instead = f"use {flag.replacement}" if flag.replacement else "leave it out"
        message = f"{argument.spelling} is deprecated"
        yield Finding(argument.place, "deprecated-flag", "warning", message, instead)
    fault = _fault(argument, flag)
    if fault:
        message, remedy = fault
        yield Finding(argument.place, "flag-value", "error", f"{argument.spelling} {message}", remedy)


def _fault(argument: Argument, flag: Flag) -> tuple[str, str] | None:
    """What is wrong with the values, and what to do."""
    texts = [word.text for word in argument.values]
    if any(_OPEN.search(text) for text in texts):
        return None
    if not flag.takes_value:
        return (f"takes no value, and got {texts[0]!r}", f"write {flag.name} alone") if texts else None
    if not texts:
        return None if flag.nargs in ("?", "*") else ("lacks its value", "put one behind it")
    if flag.nargs in ("", "?") and len(texts) > 1:
        return f"takes one value, and got {len(texts)}", "leave the others out"
    for text in texts:
        if refused := wrong(flag, text):
            expected, meant = refused
            return f"expects {expected}, and got {text!r}", meant or "write such a value"
    return None


def _some(words: tuple[str, ...], most: int = 6) -> str:
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown
