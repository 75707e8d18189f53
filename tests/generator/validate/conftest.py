"""Fixtures of the judges' tests."""

from tests.host_programs import host_programs

__all__ = ["host_programs"]
