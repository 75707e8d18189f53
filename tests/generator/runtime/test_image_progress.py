"""A pull's progress must come from Compose's own lines, in steps that a log can bear."""

from __future__ import annotations

from generator.runtime.image_progress import BuildProgress, PullProgress, build_failure

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


# As BuildKit writes them (moby/buildkit#4133 has more), shortened.
FETCH = """\
#5 [1/2] FROM docker.io/lmsysorg/sglang:v0.5.23@sha256:4abc
#5 sha256:4abc 0B / 7.50GB 0.1s
#5 sha256:73dc 2.50GB / 2.50GB 0.3s done
#5 sha256:4abc 3.75GB / 7.50GB 5.2s
#5 sha256:4abc 3.76GB / 7.50GB 5.3s
#5 extracting sha256:73dc
#6 [2/2] RUN true
"""
FAILURE = """\
#7 [2/2] RUN pip install a==9
#7 0.9 Collecting a
#7 ERROR: process "/bin/sh -c pip install a==9" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install a==9:
0.9 ERROR: No matching distribution found for a==9
------
Dockerfile:5
--------------------
   4 |     # why
   5 | >>> RUN pip install \\
   6 | >>>     a==9
   7 |     USER root
--------------------
ERROR: failed to solve: process "/bin/sh -c pip install a==9" did not complete successfully: exit code: 1
"""


def test_a_build_tells_how_much_of_its_base_is_here() -> None:
    said: list[str] = []
    progress = BuildProgress(lambda phase: said.append(str(phase)))
    for line in FETCH.splitlines():
        progress.feed(line)
    assert said == [
        "building (1/2)",
        "building (fetched 0 % of 7.5 GB)",
        "building (fetched 20 % of 10 GB)",
        "building (fetched 60 % of 10 GB)",
        "building (2/2)",
    ]


def test_a_failed_build_says_what_its_step_printed_and_where_it_stands() -> None:
    assert build_failure(FAILURE).splitlines() == [
        "> [2/2] RUN pip install a==9:",
        "0.9 ERROR: No matching distribution found for a==9",
        "Dockerfile:5: RUN pip install \\ a==9",
        'ERROR: failed to solve: process "/bin/sh -c pip install a==9" did not complete successfully: exit code: 1',
    ]
    assert build_failure("ERROR: failed to connect") == ""
