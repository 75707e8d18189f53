"""The GPU driver against the CUDA release of the engine image.

Evidence. SGLang's installation page says that v0.5.19-cu129 is its last image with CUDA 12, so releases from
0.5.20 on carry CUDA 13, and it names `-cu129` and `-cu130` tags. NVIDIA's CUDA release notes give the driver
that comes with each toolkit (table below), and say that within one major release an older driver of that major
may run a newer toolkit ("minor version compatibility": from 525 for CUDA 12, from 580 for CUDA 13).
Unconfirmed: whether the forward-compatibility libraries of the images let a data-centre GPU run CUDA 13 with an
older driver; it is not relied on. Images of other repositories say nothing by their tag, and are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject
from generator.facts import Version
from generator.host.version import parse_version, show_version

# CUDA -> the driver branch that comes with it (Linux), from the CUDA release notes.
DRIVER: dict[Version, int] = {(13, 0): 580, (12, 9): 575, (12, 8): 570, (12, 6): 560, (12, 4): 550}

# The oldest branch that may run any toolkit of the major release.
OLDEST_DRIVER = {13: 580, 12: 525}

FIRST_WITH_CUDA_13: Version = (0, 5, 20)
LAST_CUDA_12_IMAGE = "lmsysorg/sglang:v0.5.19-cu129"

SGLANG_TAG = re.compile(
    r"lmsysorg/sglang:v(?P<version>[\d.]+\d)(?:\.?post\d+)?(?:-cu(?P<cuda>\d{3}))?(?:-runtime)?"
)


def check_cuda(subject: Subject) -> Iterator[Finding]:
    """One finding for each engine image that runs on GPUs."""
    if subject.plan.engine != "sglang" or subject.plan.runtime != "compose":
        return
    for image in subject.plan.engine_bases:
        yield judge(image, cuda=image_cuda(image), driver=subject.facts.driver)


def image_cuda(image: str) -> Version:
    """The CUDA release in an image by its tag, () where the tag does not tell."""
    found = SGLANG_TAG.fullmatch(image)
    if not found:
        return ()
    if digits := found["cuda"]:
        return (int(digits[:2]), int(digits[2]))
    return (13, 0) if parse_version(found["version"]) >= FIRST_WITH_CUDA_13 else ()


def judge(image: str, *, cuda: Version, driver: str) -> Finding:
    """Whether a driver can run an image."""
    check = "GPU driver"
    if not cuda:
        needed = f"{image}: its tag does not tell the CUDA release"
        return Finding(check, "warn", driver or "none", needed, "compare its CUDA release with `nvidia-smi`")
    branch = DRIVER.get(cuda, OLDEST_DRIVER.get(cuda[0], 0))
    needed = f"{branch} or newer: {image} has CUDA {show_version(cuda)}"
    if not driver:
        return Finding(check, "fail", "none", needed, "install NVIDIA's driver")
    major = parse_version(driver)[0]
    if major >= branch:
        return Finding(check, "ok", driver, needed)
    if major >= OLDEST_DRIVER.get(cuda[0], branch):
        return Finding(
            check, "warn", driver, needed, "it may run by minor version compatibility; upgrade the driver"
        )
    return Finding(check, "fail", driver, needed, f"upgrade the driver{older_image(cuda)}")


def older_image(cuda: Version) -> str:
    """The way out for those who can't upgrade."""
    return f", or set `image: {LAST_CUDA_12_IMAGE}`" if cuda[0] > 12 else ""
