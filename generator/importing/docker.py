"""`docker run` and `podman run`: options, image and command of one container."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from generator.foreign.docker_run import DockerRun, Option
from generator.foreign.place import Word
from generator.foreign.shell import ShellCommand
from generator.importing.account import Account, Item, shown, words_item
from generator.importing.container import read_command
from generator.importing.draft import Draft
from generator.importing.engine import Engine, GpuId, Setting, gpus_text
from generator.importing.limits import take_limit
from generator.importing.mounts import bound, mount, take_mount
from generator.importing.ports import memory, project, published
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


def container(run: DockerRun, command: ShellCommand, draft: Draft, account: Account) -> Engine | None:
    """The engine that it starts, None where it starts none."""
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
        (*variables, *read_.variables),
        Setting("image", image, words_item([run.image])) if run.image else None,
        gpus=_gpus(run),
        gpu_count=_gpu_count(run),
        mounts=(*map(mount, run.all("--volume")), *map(bound, run.all("--mount"))),
        on_host_network="host" in run.all("--network"),
    )
    for option in run.options:
        if option.name != "--env":
            _take_option(option, engine, draft, account)
    return engine


def _settle_front(words: Sequence[Word], run: DockerRun, account: Account) -> None:
    """`docker run` itself."""
    first = run.options[0].place if run.options else (run.image.place if run.image else None)
    front = takewhile(lambda word: word.place != first, words)
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
        take_mount(item, mount(value), engine, account)
    elif option.name == "--mount":
        take_mount(item, bound(value), engine, account)
    else:
        account.drop(item, _DROPPED.get(option.name, "the plan decides how containers run"))


def _take_gpus(item: Item, engine: Engine, account: Account) -> None:
    if engine.gpus:
        account.keep(item, f"gpus: {gpus_text(engine.gpus)}", "a replica is given its GPU set")
    else:
        account.keep(item, "replicas", "GPU sets follow from `replicas` and `tensor_parallel_size`")


def _gpus(run: DockerRun) -> tuple[GpuId, ...]:
    for value in run.all("--gpus"):
        ids = gpu_ids(value.strip("\"'").removeprefix("device="))
        if "device=" in value:
            return ids
    return gpu_ids(",".join(value for value in run.all("--device") if is_gpu(value)))


def _gpu_count(run: DockerRun) -> int:
    counts = [value for value in run.all("--gpus") if value.isdigit()]
    return int(counts[0]) if counts else 0
