"""The command line as a whole: verbs by purpose, and the one place where errors become text and an exit code.

A verb's options stand in the module of its purpose; what it does is in a module of its own, imported when it runs.
"""

from __future__ import annotations

import sys
import traceback

import typer

from loadtest.cli import loading, reading
from loadtest.errors import LoadtestError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Load tests of an OpenAI-compatible endpoint, with a verdict.",
)

for purpose in (loading, reading):
    app.add_typer(purpose.app)

_DEFECT = 70
_INTERRUPTED = 130


def main() -> None:
    """Runs a verb; the only place that turns errors into text and an exit code."""
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """`main_inner` with every error caught: the exit code."""
    try:
        return main_inner(arguments)
    except LoadtestError as error:
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
        return error.exit_code
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        return _INTERRUPTED
    except Exception:
        traceback.print_exc()
        typer.echo("this is a defect of the load test; please report it with the lines above", err=True)
        return _DEFECT


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
