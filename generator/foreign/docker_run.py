"""`docker run` (or `podman run`) as options, image and command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.foreign.place import Place, Word

# All other options take a value (docs.docker.com/reference/cli/docker/container/run).
_SWITCHES = frozenset(
    (
        *(
            "-d",
            "--detach",
            "--rm",
            "-i",
            "--interactive",
            "-t",
            "--tty",
            "-it",
            "-ti",
            "-itd",
            "-dit",
            "-id",
            "-di",
        ),
        *(
            "-td",
            "-dt",
            "--privileged",
            "--init",
            "--no-healthcheck",
            "--read-only",
            "--sig-proxy",
            "-P",
            "-q",
        ),
        *("--publish-all", "--oom-kill-disable", "--disable-content-trust", "--quiet", "--help"),
    )
)
_NAMES = {
    "-e": "--env",
    "-v": "--volume",
    "-p": "--publish",
    "-w": "--workdir",
    "-u": "--user",
    "-h": "--hostname",
    "-m": "--memory",
    "-l": "--label",
    "--net": "--network",
    "-c": "--cpu-shares",
}


@dataclass(frozen=True)
class Option:
    """`name` is the long one; `value` is None for switches; `covers` are the places of its words."""

    name: str
    value: str | None
    place: Place
    covers: tuple[Place, ...]


@dataclass(frozen=True)
class DockerRun:
    """What is started, from which image, with which command; the image is None where none is named."""

    options: tuple[Option, ...]
    image: Word | None
    command: tuple[Word, ...]
    place: Place

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of an option."""
        return tuple(each.value or "" for each in self.options if each.name == name)


def docker_run(words: Sequence[Word]) -> DockerRun | None:
    """None where the words are something else."""
    texts = [word.text for word in words]
    start = texts.index("run") + 1 if "run" in texts else 0
    if not start or not {"docker", "podman", "nerdctl"} & {
        text.rpartition("/")[2] for text in texts[: start - 1]
    }:
        return None
    rest = list(words[start:])
    options = tuple(_options(rest))
    image = rest.pop(0) if rest else None
    return DockerRun(options, image, tuple(rest), words[0].place)


def _options(rest: list[Word]) -> Iterator[Option]:
    """Takes the options from the front of `rest`."""
    while rest and rest[0].text.startswith("-"):
        word = rest.pop(0)
        name, equals, value = word.text.partition("=")
        if name not in _SWITCHES and not equals and name[1:2] != "-" and len(name) > 2:
            name, equals, value = name[:2], "=", name[2:]
        name = _NAMES.get(name, name)
        if name in _SWITCHES or equals:
            yield Option(name, value if equals else None, word.place, (word.place,))
        else:
            given = rest.pop(0) if rest else Word("", word.place)
            yield Option(name, given.text, word.place, (word.place, given.place))
