"""Flags that exist and do something else than the text says, and commands that end too early."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.catalog import Catalog
from generator.lint.finding import Finding
from generator.lint.mention import Mentions

_CONTEXT = re.compile(
    r"context[ -](length|window|size)|maximum context|(max\w*|longest) sequence", re.IGNORECASE
)
_TOKENIZED = re.compile(r"dynamo|input_ids|token ids|tokeniz\w+ (front|it|the)|frontend", re.IGNORECASE)


def cut_commands(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """A backslash continues a line only as its very last character."""
    for cut in mentions.cuts:
        yield Finding(
            cut.place,
            "cut-command",
            "error",
            "a comment ends the command here: the flags below are run as a command of their own",
            "put comments above the command, and nothing behind a backslash",
        )


def total_tokens(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """`--max-total-tokens` sizes the KV pool of all requests (SGLang 0.5.23 srt/arg_groups/fields/schedule.py:39)."""
    for each in mentions.explained:
        right = "--context-length" in each.words or re.search(
            r"\b(pool|not|cache)\b", each.words, re.IGNORECASE
        )
        if each.flag == "--max-total-tokens" and _CONTEXT.search(each.words) and not right:
            yield Finding(
                each.place,
                "flag-meaning",
                "warning",
                "--max-total-tokens is the size of the KV pool for all requests, no context length",
                "use --context-length",
            )


def tokenizer(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """Without a tokenizer the engine refuses text (SGLang 0.5.23 srt/managers/tokenizer_manager.py:1121)."""
    dynamo = any(each.command.program == "dynamo" for each in mentions.invocations)
    places = [
        argument.place
        for each in mentions.invocations
        if each.command.program == "sglang"
        for argument in each.command.arguments
        if argument.spelling == "--skip-tokenizer-init"
    ]
    places += [
        each.argument.place
        for each in mentions.flags
        if each.argument.spelling == "--skip-tokenizer-init"
        and each.program == "sglang"
        and not dynamo
        and not _TOKENIZED.search(each.words)
    ]
    for place in places:
        yield Finding(
            place,
            "no-tokenizer",
            "error",
            "with --skip-tokenizer-init SGLang takes token ids only, and chat requests fail",
            "leave it out, unless a frontend that tokenizes (Dynamo's) stands in front",
        )


def secrets(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """Arguments can be read by everybody on the host, and /server_info prints them."""
    for each in mentions.invocations:
        for argument in each.command.arguments:
            if (
                argument.spelling in ("--api-key", "--admin-api-key", "--ssl-keyfile-password")
                and argument.values
            ):
                message = f"{argument.spelling} can be read by everybody on the host, and in the engine's log"
                yield Finding(
                    argument.place, "secret-argument", "info", message, "check keys at the edge, from a file"
                )
