"""All checks, in the order in which one would mend things."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.doctor.builds import check_builds
from generator.doctor.capacity import check_capacity
from generator.doctor.cgroup import check_cgroup
from generator.doctor.clock import check_clock
from generator.doctor.cuda import check_cuda
from generator.doctor.disk import check_disk
from generator.doctor.finding import Finding, Subject
from generator.doctor.gpu_memory import check_gpu_memory
from generator.doctor.images import check_images
from generator.doctor.limits import check_limits
from generator.doctor.nvidia import check_nvidia
from generator.doctor.ports import check_ports
from generator.doctor.secret_files import check_secret_files
from generator.doctor.shared_memory import check_shared_memory
from generator.doctor.versions import check_versions
from generator.doctor.weights import check_weights

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_versions,
    check_nvidia,
    check_cuda,
    check_gpu_memory,
    check_capacity,
    check_cgroup,
    check_shared_memory,
    check_limits,
    check_clock,
    check_secret_files,
    check_weights,
    check_ports,
    check_disk,
    check_builds,
    check_images,
)


def examine(subject: Subject) -> tuple[Finding, ...]:
    """What all checks say about `subject`."""
    return tuple(finding for check in CHECKS for finding in check(subject))
