"""A Dockerfile's stages and what it leaves open are told with their lines."""

from __future__ import annotations

import pytest

from generator.foreign.pins import Loose, loose_images, loose_packages
from generator.foreign.place import Fragment
from generator.foreign.stages import base_of, sources, stages


def dockerfile(text: str) -> Fragment:
    return Fragment("dockerfile", text)


def told(loose: Loose) -> str:
    return f"{loose.place.line}: {loose.message}; {loose.remedy}"


STAGES = dockerfile(
    """ARG VERSION=0.5.23
ARG REGISTRY=lmsysorg
FROM --platform=linux/amd64 ${REGISTRY}/sglang:v${VERSION} AS engine
RUN echo FROM nowhere
FROM python:3.13.9-slim AS Wheels
FROM engine
COPY --from=wheels /wheels /wheels
COPY --from=0 /a /b
COPY --from=ghcr.io/astral-sh/uv:0.9.5 /uv /bin/uv
"""
)


def test_images_come_from_elsewhere_or_are_stages() -> None:
    assert [(each.image, each.place.line) for each in sources(STAGES)] == [
        ("lmsysorg/sglang:v0.5.23", 3),
        ("python:3.13.9-slim", 5),
        ("ghcr.io/astral-sh/uv:0.9.5", 9),
    ]


@pytest.mark.parametrize(
    ("target", "base"),
    [
        ("", "lmsysorg/sglang:v0.5.23"),
        ("wheels", "python:3.13.9-slim"),
        ("0", "lmsysorg/sglang:v0.5.23"),
        ("nowhere", ""),
    ],
)
def test_a_target_stands_on_an_image(target: str, base: str) -> None:
    assert base_of(stages(STAGES), target) == base


def test_a_build_argument_wins_over_the_files_default() -> None:
    found = stages(STAGES, {"VERSION": "0.5.22"})
    assert base_of(found) == "lmsysorg/sglang:v0.5.22"


def test_a_name_that_comes_only_later_is_an_image() -> None:
    found = stages(dockerfile("FROM python:3.13\nFROM base AS base\n"))
    assert base_of(found) == "base"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "FROM lmsysorg/sglang:latest",
            "1: lmsysorg/sglang:latest is another image whenever its owner pushes one; write lmsysorg/sglang:<version>",
        ),
        (
            "# x\nFROM registry:5000/sglang",
            "2: registry:5000/sglang is another image whenever its owner pushes one; write registry:5000/sglang:<version>",
        ),
        (
            "ARG BASE\nFROM $BASE",
            "2: nothing says which image $BASE is; give its ARG a default above the first FROM",
        ),
        (
            "FROM a:1\nCOPY --from=ghcr.io/astral-sh/uv /uv /bin/",
            "2: ghcr.io/astral-sh/uv is another image whenever its owner pushes one; write ghcr.io/astral-sh/uv:<version>",
        ),
    ],
)
def test_an_image_without_a_version_is_open(text: str, expected: str) -> None:
    assert [told(each) for each in loose_images(dockerfile(text))] == [expected]


@pytest.mark.parametrize(
    "image", ["a:1", "a@sha256:00", "registry:5000/a:1", "scratch", "${BASE:-a:1}", "a:v0.5.23-cu129"]
)
def test_an_image_with_a_version_is_not(image: str) -> None:
    assert list(loose_images(dockerfile(f"FROM {image}"))) == []


def test_packages_without_a_version_are_open_wherever_they_stand() -> None:
    text = dockerfile(
        """FROM a:1
RUN --mount=type=cache,target=/pip-cache python3 -m pip install \\
      # why it is needed
      fastsafetensors \\
      sentencepiece==0.2.1 \\
 && apt-get install -y git \\
 && uv pip install --system "sglang[all]>=0.5"
RUN <<EOF
pip3 install -U einops
FROM nowhere
EOF
CMD ["pip", "install", "x"]
"""
    )
    assert [told(each) for each in loose_packages(text)] == [
        "4: pip takes whatever fastsafetensors is newest on the day of the build; write fastsafetensors==<version>",
        "7: pip takes whatever sglang[all]>=0.5 is newest on the day of the build; write sglang[all]==<version>",
        "9: pip takes whatever einops is newest on the day of the build; write einops==<version>",
    ]
    assert [each.image for each in sources(text)] == ["a:1"]


@pytest.mark.parametrize(
    "words",
    [
        "a==1.0 b===2",
        "-r requirements.txt",
        "--requirement=requirements.txt",
        "--require-hashes a",
        "-c constraints.txt a",
        "./a /tmp/b.whl dist/*.whl",
        "https://example.com/a.whl",
        "git+https://example.com/a@1f2e3d",
        "'a @ https://example.com/a.whl'",
        "$PACKAGES",
        "a==$VERSION",
        "--index-url https://example.com/simple a==1",
        "-e .",
    ],
)
def test_packages_that_are_told_exactly_are_not(words: str) -> None:
    assert list(loose_packages(dockerfile(f"FROM a:1\nRUN pip install {words}"))) == []


@pytest.mark.parametrize(
    ("requirement", "remedy"),
    [
        ("a==1.*", "write a==<version>"),
        ("git+https://example.com/a", "write git+https://example.com/a@<commit>"),
        ("'a; python_version>\"3.8\"'", "write a==<version>"),
    ],
)
def test_what_only_looks_exact_is_open(requirement: str, remedy: str) -> None:
    found = loose_packages(dockerfile(f"FROM a:1\nRUN pip install {requirement}"))
    assert [each.remedy for each in found] == [remedy]


def test_other_verbs_of_pip_are_none() -> None:
    assert list(loose_packages(dockerfile("FROM a:1\nRUN pip uninstall --yes torch && pip list"))) == []
