"""The verbs below `keys`, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from generator.cli.deployment import Request

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Keys of clients and administrators.")

Spec = Annotated[Path | None, typer.Option("--spec", help="Spec file; deployment.yaml where there is one.")]
Example = Annotated[str, typer.Option("--example", help="A spec of compose/examples/, by its name.")]
Build = Annotated[Path, typer.Option("--build", help="Folder of the rendered trees.")]
Admin = Annotated[bool, typer.Option("--admin", help="Administrators' keys instead of clients'.")]
Tenant = Annotated[str, typer.Argument(help="Whose key.")]


@app.command()
def add(
    tenant: Tenant,
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    admin: Admin = False,
) -> int:
    """Make a key, and print it this once."""
    from generator.cli.keys import add as add_key
    from generator.cli.keys import key_file

    return add_key(key_file(Request(spec, example, build), whose=_whose(admin)), tenant)


@app.command()
def revoke(
    tenant: Tenant,
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    admin: Admin = False,
) -> int:
    """Take all keys of a tenant away."""
    from generator.cli.keys import key_file
    from generator.cli.keys import revoke as revoke_keys

    return revoke_keys(key_file(Request(spec, example, build), whose=_whose(admin)), tenant)


@app.command("list")
def show(spec: Spec = None, example: Example = "", build: Build = Path("build"), admin: Admin = False) -> int:
    """Who has how many keys."""
    from generator.cli.keys import key_file
    from generator.cli.keys import show as show_keys

    return show_keys(key_file(Request(spec, example, build), whose=_whose(admin)))


@app.command()
def migrate(file: Annotated[Path, typer.Argument(help="A file with `tenant:key` lines.")]) -> int:
    """Turn keys in plain text into digests; they stay valid."""
    from generator.cli.keys import migrate as migrate_keys

    return migrate_keys(file)


def _whose(admin: bool) -> Literal["clients", "administrators"]:  # noqa: FBT001 - an option's value
    return "administrators" if admin else "clients"
