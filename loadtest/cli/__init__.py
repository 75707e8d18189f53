"""The command line of the load test. The only place that prints and exits."""

from loadtest.cli.app import main

__all__ = ["main"]
