"""The command line as a whole: verbs by purpose, and the one place where errors become text and an exit code.

A verb's options stand in the module of its purpose; what it does is in a module of its own, imported when it runs.
"""

from __future__ import annotations

import errno
import sys
import traceback

import typer

from generator import __version__
from generator.cli import checking, keys_commands, operating, planning, reading
from generator.errors import HostError, SglboxError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One GPU server, one file, one balanced SGLang endpoint.",
)

for purpose in (planning, operating, checking, reading):
    app.add_typer(purpose.app)
app.add_typer(keys_commands.app, name="keys")

_DEFECT = 70
_INTERRUPTED = 130

# A full disk, a folder that is somebody else's or no folder at all can be met wherever a file is written.
_OF_THE_HOST = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOTDIR, errno.EEXIST)


def main() -> None:
    """Runs a verb; the only place that turns errors into text and an exit code."""
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """`main_inner` with every error caught: the exit code."""
    try:
        return main_inner(arguments)
    except SglboxError as error:
        return _told(error)
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command continues where this one stopped", err=True)
        return _INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_HOST:
            what = f"{error.filename or 'a file'}: {error.strerror}"
            return _told(HostError(what, hint="free space, or take back the folder's ownership"))
        traceback.print_exc()
        typer.echo(
            f"this is a defect of sglbox {__version__}; please report it with the lines above", err=True
        )
        return _DEFECT


def _told(error: SglboxError) -> int:
    typer.echo(f"error: {error.message}", err=True)
    if error.hint:
        typer.echo(f"hint: {error.hint}", err=True)
    return error.exit_code


def main_inner(arguments: list[str]) -> int:
    """The exit code of a verb; errors pass."""
    try:
        return int(app(arguments, standalone_mode=False) or 0)
    except typer.Exit as exit_:
        return exit_.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # click's usage errors know how to show themselves; everything else goes on.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            return int(error.exit_code)
        raise
