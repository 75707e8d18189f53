"""Fixtures of the judges' tests."""

from tests.docker_here import docker_here
from tests.host_programs import host_programs

__all__ = ["docker_here", "host_programs"]
