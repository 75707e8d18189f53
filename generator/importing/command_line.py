"""A command line: `sglang serve`, `python -m sglang.launch_server`, `vllm serve`, `docker run`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.foreign.docker_run import DockerRun, Option, docker_run
from generator.foreign.place import Fragment, Word
from generator.foreign.shell import Assignment, ShellCommand, commands
from generator.importing.account import Account, Item, shown, words_item
from generator.importing.container import read_command
from generator.importing.draft import Draft
from generator.importing.dynamo_arguments import take_frontend, take_router_mode
from generator.importing.engine import Engine, GpuId, Mount, Setting, gpus_text, met_by_clients
from generator.importing.limits import take_limit
from generator.importing.ports import memory, project, published
from generator.importing.references import mount_of, refers_to, resolved
from generator.importing.router import take_router
from generator.importing.variables import gpu_ids, is_gpu

_DROPPED = {
    "--ipc": "the processes of a replica share memory by `shm_size`",
    "--network": "replicas have a network of their own, and only the edge is published",
    "--restart": "the plan sets it: a crashed engine may exit 0, so `unless-stopped`",
    "--ulimit": "the plan sets those that engines need",
    "--privileged": "replicas run with no more rights than they need",
    "--cap-add": "replicas run with no more rights than they need",
    "--security-opt": "the plan sets it",
    "--runtime": "GPUs are asked for by device id",
    "--env-file": "its values are not in the input: add them to `env_vars`, and secrets to files",
    "--entrypoint": "the plan makes the command",
    "--device": "GPUs are asked for by device id",
    "--user": "the image's user",
    "--workdir": "the plan makes the command",
}


def read_command_line(text: str, draft: Draft, account: Account) -> list[Engine]:
    """One engine a command; others are dropped as a whole."""
    engines = []
    before: tuple[Assignment, ...] = ()
    for command in commands(Fragment("shell", text)):
        if not command.words:
            before = (*before, *command.assignments)
            continue
        found = _engine(command, before, draft, account)
        if found:
            engines.append(found)
        else:
            _settle_other(command, draft, account)
    seen = {each.item.place for engine in engines if engine.place == "host" for each in engine.variables}
    for each in before:
        if each.place not in seen:
            account.drop(_assigned(each).item, "the shell's own: no engine sees it")
    return met_by_clients(engines, draft)


def _engine(
    command: ShellCommand, before: Sequence[Assignment], draft: Draft, account: Account
) -> Engine | None:
    """What is assigned in front of a command is for that command alone."""
    if not docker_run(command.words):
        return _process(command, (*before, *command.assignments), account)
    _settle_used(command, before, account)
    written = _written_out(command, before)
    run = docker_run(written.words)
    return _container(run, written, draft, account) if run else None


def _settle_other(command: ShellCommand, draft: Draft, account: Account) -> None:
    """A command that starts no engine, with what is assigned for it."""
    frontend = take_frontend(command.words, draft, account)
    if not frontend and not take_router(command.words, draft, account):
        account.drop(words_item(command.words), "it starts no engine")
    for each in command.assignments:
        if frontend and each.name == "DYN_ROUTER_MODE":
            take_router_mode(each.value, _assigned(each).item, draft, account)
        else:
            account.drop(_assigned(each).item, "it is for that command alone")


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
            account.keep(_assigned(each).item, "", "its value stands where the command has it")


def _process(command: ShellCommand, assigned: Sequence[Assignment], account: Account) -> Engine | None:
    read_ = read_command(command.words, "", account)
    if not read_:
        return None
    known = _known(assigned)
    variables = tuple(replace(_assigned(each), value=known[each.name]) for each in assigned)
    return Engine(
        "the command", read_.program, read_.arguments, variables, place="host", on_host_network=True
    )


def _assigned(each: Assignment) -> Setting:
    item = Item(shown(each.name, each.value), each.place, (each.place,))
    return Setting(each.name, each.value, item, exported=each.exported)


def _container(run: DockerRun, command: ShellCommand, draft: Draft, account: Account) -> Engine | None:
    image = run.image.text if run.image else ""
    variables = tuple(_variable(each) for each in run.options if each.name == "--env")
    read_ = read_command(run.command, image, account, [each.name for each in variables])
    if not read_:
        return None
    _settle_front(command.words, run, account)
    engine = Engine(
        "the container",
        read_.program,
        read_.arguments,
        variables,
        Setting("image", image, words_item([run.image])) if run.image else None,
        gpus=_gpus(run),
        gpu_count=_gpu_count(run),
        mounts=tuple(_mount(text) for text in run.all("--volume")),
        on_host_network="host" in run.all("--network"),
    )
    for option in run.options:
        if option.name != "--env":
            _take_option(option, engine, draft, account)
    return engine


def _settle_front(words: Sequence[Word], run: DockerRun, account: Account) -> None:
    """`docker run` itself."""
    first = run.options[0].place if run.options else (run.image.place if run.image else None)
    front = [word for word in words if first is None or word.place < first]
    account.keep(words_item(front), "", "the runtime starts the containers")


def _variable(option: Option) -> Setting:
    name, _, value = (option.value or "").partition("=")
    return Setting(name, value, option_item(option, f"--env {shown(name, value)}"))


def option_item(option: Option, what: str = "") -> Item:
    """An option with its value."""
    text = what or f"{option.name} {option.value or ''}".strip()
    return Item(text, option.place, option.covers)


def _take_option(option: Option, engine: Engine, draft: Draft, account: Account) -> None:
    item, value = option_item(option), option.value or ""
    ports = published(value) if option.name == "--publish" else None
    size = memory(value) if option.name == "--shm-size" else ""
    name = project(value) if option.name == "--name" else ""
    if ports:
        draft.set("port", ports[0])
        account.change(item, f"port: {ports[0]}", "the edge is published there, on loopback")
    elif size:
        draft.set("shm_size", size)
        account.keep(item, f"shm_size: {size}")
    elif name:
        draft.set("name", name)
        account.change(item, f"name: {name}", "the prefix of all containers")
    elif option.name in ("--cpus", "--memory"):
        take_limit(option.name.lstrip("-"), value, item, draft, account)
        account.drop(item, f"{value!r} can't be read")
    elif option.name == "--gpus" or (option.name == "--device" and is_gpu(value)):
        _take_gpus(item, engine, account)
    elif option.name == "--volume":
        take_mount(item, _mount(value), engine, account)
    else:
        account.drop(item, _DROPPED.get(option.name, "the plan decides how containers run"))


def _take_gpus(item: Item, engine: Engine, account: Account) -> None:
    if engine.gpus:
        account.keep(item, f"gpus: {gpus_text(engine.gpus)}", "a replica is given its GPU set")
    else:
        account.keep(item, "replicas", "GPU sets follow from `replicas` and `tensor_parallel_size`")


def take_mount(item: Item, mount: Mount, engine: Engine, account: Account) -> None:
    """A directory of the host, as the engine sees it."""
    if not serves_from(engine, mount):
        account.drop(
            item, "weights, caches and compiled kernels have volumes of the kit; replicas see nothing else"
        )
    elif mount.source.startswith("/"):
        account.keep(item, "checkpoint_path", "the weights, mounted read-only")
    else:
        account.change(item, "checkpoint_path", f"the weights: give the absolute path of {mount.source}")


def serves_from(engine: Engine, mount: Mount) -> bool:
    """Whether the model lies in a mounted directory."""
    models = (
        resolved(argument.value, engine.environment)
        for number, (argument, _) in enumerate(engine.arguments)
        if argument.spelling in ("--model", "--model-path") or (not argument.spelling and not number)
    )
    return any(mount_of(path, [mount]) for path in models)


def _mount(text: str) -> Mount:
    source, _, rest = text.partition(":")
    return Mount(source, rest.partition(":")[0])


def _gpus(run: DockerRun) -> tuple[GpuId, ...]:
    for value in run.all("--gpus"):
        ids = gpu_ids(value.strip("\"'").removeprefix("device="))
        if "device=" in value:
            return ids
    return gpu_ids(",".join(value for value in run.all("--device") if is_gpu(value)))


def _gpu_count(run: DockerRun) -> int:
    counts = [value for value in run.all("--gpus") if value.isdigit()]
    return int(counts[0]) if counts else 0
