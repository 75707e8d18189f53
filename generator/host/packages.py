"""Install what a runtime lacks, saying what and why first; do nothing when all is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Literal

from generator.errors import HostError
from generator.host import apt
from generator.host.programs import RUNTIME_PROGRAMS, SERVICE_PROGRAMS, Package, Program
from generator.host.services import services_held
from generator.host.version import show_version
from generator.plan.model import RuntimeKind

Say = Callable[[str], None]
Services = Literal["held", "started"]

# The kit starts its own NGINX and Prometheus; the Docker engine is the system's service.
RUNTIME_SERVICES: dict[RuntimeKind, Services] = {"host": "held", "compose": "started"}


def ensure_runtime(runtime: RuntimeKind, *, say: Say) -> tuple[str, ...]:
    """Have the programs of `runtime`; the packages that were installed for it. Errors as `ensure`."""
    return ensure(RUNTIME_PROGRAMS[runtime], say=say, services=RUNTIME_SERVICES[runtime])


def ensure_services(names: Sequence[str], *, say: Say) -> tuple[str, ...]:
    """Have the programs of services of the host runtime; the packages installed for it. Errors as `ensure`."""
    return ensure([SERVICE_PROGRAMS[name] for name in names], say=say)


def ensure(programs: Sequence[Program], *, say: Say, services: Services = "held") -> tuple[str, ...]:
    """Have `programs`: the packages that were installed, () when nothing was missing.

    Raises HostError where it can't be done here, ToolError when the package manager fails.
    """
    missing = tuple(program for program in programs if not program.present())
    if not missing:
        return ()
    if not apt.has_apt():
        raise HostError(
            f"not installed: {listed(missing)}; and this system has no apt-get", hint=by_hand(missing)
        )
    packages = choose_or_update(missing, say=say)
    for program, package in zip(missing, packages, strict=True):
        say(f"installing {package}: {program.name}, {program.why}")
    wanted = tuple(dict.fromkeys(packages))
    with services_held() if services == "held" else nullcontext():
        apt.install(wanted)
    if absent := tuple(program for program in missing if not program.present()):
        raise HostError(
            f"{' '.join(wanted)} installed, but still not found: {listed(absent)}", hint=by_hand(absent)
        )
    return wanted


def choose_or_update(programs: Sequence[Program], *, say: Say) -> tuple[str, ...]:
    """A package for each program; the lists of packages are fetched when they know none."""
    chosen = tuple(map(choose, programs))
    if not all(chosen):
        say("updating the lists of packages: they do not know all that is needed")
        apt.update()
        chosen = tuple(map(choose, programs))
    if unknown := [program for program, package in zip(programs, chosen, strict=True) if not package]:
        raise HostError(f"the distribution has no package for: {listed(unknown)}", hint=by_hand(unknown))
    return chosen


def choose(program: Program) -> str:
    """The first of the program's packages that the distribution has in a version that will do, else ""."""
    return next((package.name for package in program.packages if available(package)), "")


def available(package: Package) -> bool:
    """Whether the distribution has it, new enough."""
    version = apt.candidate(package.name)
    return version is not None and version >= package.oldest


def listed(programs: Sequence[Program]) -> str:
    """Their names in a row."""
    return ", ".join(program.name for program in programs)


def by_hand(programs: Sequence[Program]) -> str:
    """What to install, by what it is rather than by one distribution's name for it."""
    return "install " + "; ".join(f"{described(program)} ({program.why})" for program in programs)


def described(program: Program) -> str:
    """The program with the version it needs at least."""
    oldest = program.packages[0].oldest
    return f"{program.name} {show_version(oldest)} or newer" if oldest else program.name
