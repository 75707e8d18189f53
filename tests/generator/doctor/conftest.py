"""Fixtures of the tests in this folder."""

from tests.docker_here import docker_here

__all__ = ["docker_here"]
