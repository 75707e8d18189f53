"""A pull's progress must come from Compose's own lines, in steps that a log can bear."""

from __future__ import annotations

from generator.runtime.image_progress import BuildProgress, PullProgress

# Compose 2.40.3, no terminal, shortened.
PULL = """\
 a Pulling
 a209fd37da98 Pulling fs layer
 73dc1230ecf3 Pulling fs layer
 a209fd37da98 Downloading [==================================================>]  2.5GB/2.5GB
 a209fd37da98 Download complete
 73dc1230ecf3 Downloading [==>                                                ]  500MB/7.5GB
 73dc1230ecf3 Downloading [===>                                               ]  550MB/7.5GB
 73dc1230ecf3 Downloading [=========================>                         ]  3.75GB/7.5GB
 a209fd37da98 Extracting [=====>                                             ]  1.2MB/2.5GB
 73dc1230ecf3 Pull complete
 a Pulled
"""
BUILD = """\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 1.2kB done
#7 [venv 2/3] COPY requirements/kit.lock /tmp/kit.lock
#7 DONE 0.1s
#8 [venv 3/3] RUN python -m venv /venv
#8 3.1 Collecting httpx
#8 [venv 3/3] RUN python -m venv /venv
"""


def test_a_pull_is_told_in_steps_of_ten_percent() -> None:
    said: list[str] = []
    progress = PullProgress(lambda phase: said.append(str(phase)))
    for line in PULL.splitlines():
        progress.feed(line)
    assert said == [
        "pulling",
        "pulling (100 % of 2.5 GB)",
        "pulling (30 % of 10 GB)",
        "pulling (60 % of 10 GB)",
        "pulling (100 % of 10 GB)",
    ]


def test_a_build_tells_each_step_once() -> None:
    said: list[str] = []
    progress = BuildProgress(lambda phase: said.append(str(phase)))
    for line in BUILD.splitlines():
        progress.feed(line)
    assert said == ["building (internal)", "building (venv 2/3)", "building (venv 3/3)"]
