"""The command line: `sglbox VERB`, one file a verb. The only place that prints and exits."""

from generator.cli.app import main

__all__ = ["main"]
