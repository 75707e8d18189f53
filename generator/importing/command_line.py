"""A command line: `sglang serve`, `python -m sglang.launch_server`, `vllm serve`, `docker run`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from generator.foreign.docker_run import docker_run
from generator.foreign.place import Fragment, Word
from generator.foreign.shell import Assignment, ShellCommand, commands
from generator.foreign.shell_variables import expanded
from generator.importing.account import Account, words_item
from generator.importing.container import assigned, read_command
from generator.importing.docker import container
from generator.importing.draft import Draft
from generator.importing.dynamo_arguments import take_frontend, take_router_mode
from generator.importing.engine import Engine, met_by_clients
from generator.importing.references import refers_to, resolved
from generator.importing.router import take_router


def read_command_line(text: str, draft: Draft, account: Account) -> list[Engine]:
    """One engine a command; others are dropped as a whole."""
    engines = []
    before: tuple[Assignment, ...] = ()
    script = expanded(commands(Fragment("shell", text)))
    for word in script.references:
        account.keep(words_item([word]), "", "what it stands for has lines of its own")
    loops = 0
    for command in script.commands:
        loops += _opened(command)
        _settle_expanded(command, script.used, account)
        if command.array:
            continue
        if not command.words:
            before = (*before, *command.assignments)
            continue
        found = _engine(command, before, draft, account)
        if found:
            engines.append(found)
        else:
            _settle_other(command, draft, account)
        if found and loops > 0:
            draft.remark("replicas", "The input starts it in a loop: give the number of rounds.")
    seen = {each.item.place for engine in engines if engine.place == "host" for each in engine.variables}
    for each in before:
        if each.place not in seen:
            account.drop(assigned(each).item, "the shell's own: no engine sees it")
    return met_by_clients(engines, draft)


def _opened(command: ShellCommand) -> int:
    """Loops that begin, or end, with a command."""
    first = command.words[0].text if command.words else ""
    return 1 if first in ("for", "while", "until") else -1 if first == "done" else 0


def _settle_expanded(command: ShellCommand, used: Collection[str], account: Account) -> None:
    """Variables whose words stand where a command takes them; those that none takes have no part in it."""
    for each in command.assignments if not command.words else ():
        if each.name in used:
            account.keep(assigned(each).item, "", "its value stands where the command has it")
    if command.array and command.array not in used and command.words:
        account.drop(words_item(command.words), "no command takes them")


def _engine(
    command: ShellCommand, before: Sequence[Assignment], draft: Draft, account: Account
) -> Engine | None:
    """What is assigned in front of a command is for that command alone."""
    if not docker_run(command.words):
        return _process(command, (*before, *command.assignments), account)
    _settle_used(command, before, account)
    written = _written_out(command, before)
    run = docker_run(written.words)
    return container(run, written, draft, account) if run else None


def _settle_other(command: ShellCommand, draft: Draft, account: Account) -> None:
    """A command that starts no engine, with what is assigned for it."""
    frontend = take_frontend(command.words, draft, account)
    if not frontend and not take_router(command.words, draft, account):
        account.drop(words_item(command.words), "it starts no engine")
    for each in command.assignments:
        if frontend and each.name == "DYN_ROUTER_MODE":
            take_router_mode(each.value, assigned(each).item, draft, account)
        else:
            account.drop(assigned(each).item, "it is for that command alone")


def _written_out(command: ShellCommand, before: Sequence[Assignment]) -> ShellCommand:
    """With the values of the shell's variables, as the container gets them."""
    known = _known(before)
    return replace(command, words=tuple(Word(resolved(w.text, known), w.place) for w in command.words))


def _known(assigned: Sequence[Assignment]) -> dict[str, str]:
    """What each variable is in the end; one may be made of those before it."""
    known: dict[str, str] = {}
    for each in assigned:
        known[each.name] = resolved(each.value, known)
    return known


def _settle_used(command: ShellCommand, before: Sequence[Assignment], account: Account) -> None:
    text = " ".join(word.text for word in command.words)
    for each in before:
        if refers_to(each.name, text):
            account.keep(assigned(each).item, "", "its value stands where the command has it")


def _process(command: ShellCommand, given: Sequence[Assignment], account: Account) -> Engine | None:
    read_ = read_command(command.words, "", account)
    if not read_:
        return None
    known = _known(given)
    variables = (*(replace(assigned(each), value=known[each.name]) for each in given), *read_.variables)
    return Engine(
        "the command", read_.program, read_.arguments, variables, place="host", on_host_network=True
    )
