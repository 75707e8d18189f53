"""Directories of the host that the input gives to an engine."""

from __future__ import annotations

from generator.importing.account import Account, Item
from generator.importing.engine import Engine, Mount
from generator.importing.references import mount_of, resolved


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


def bound(text: str) -> Mount:
    """`type=bind,source=SOURCE,target=TARGET`."""
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    target = parts.get("target") or parts.get("destination") or parts.get("dst") or ""
    return Mount(parts.get("source") or parts.get("src") or "", target)


def mount(text: str) -> Mount:
    """`SOURCE:TARGET`, as Docker writes it."""
    source, _, rest = text.partition(":")
    return Mount(source, rest.partition(":")[0])
