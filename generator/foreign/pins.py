"""What a Dockerfile leaves open, so that tomorrow's build may be another image: images and packages without a version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.foreign.dockerfile import instructions
from generator.foreign.place import Fragment, Place, Word
from generator.foreign.stages import sources
from generator.images import names_version

_PIP = re.compile(r"(.*/)?pip3?(\.\d+)?")
# Of pip 26 and `uv pip` 0.9: options of `install` whose value is the next word.
_TAKES_VALUE = (
    "-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-e", "--editable", "-i",
    "--index-url", "--index", "--default-index", "--extra-index-url", "-f", "--find-links", "-t", "--target",
    "--prefix", "--root", "--platform", "--python-version", "--implementation", "--abi", "--cache-dir",
    "--trusted-host", "--proxy", "--timeout", "--retries", "--no-binary", "--only-binary", "-C",
    "--config-settings", "--progress-bar", "--log", "--python", "--torch-backend", "--index-strategy",
    "--prerelease", "--upgrade-strategy", "--src",
)  # fmt: skip
# Whatever they hold decides, and the command says nothing of it.
_DECIDED_ELSEWHERE = ("-c", "--constraint", "--constraints", "--require-hashes")
_EXACT = re.compile(r"===?[^=*]+$|\s@\s")


@dataclass(frozen=True)
class Loose:
    """A place where the version is not told, and how to tell it."""

    place: Place
    message: str
    remedy: str


def loose_images(fragment: Fragment, arguments: Mapping[str, str] | None = None) -> Iterator[Loose]:
    """Images without a tag, with one that moves, or that only an argument without a value names."""
    for each in sources(fragment, arguments):
        if "$" in each.image:
            message = f"nothing says which image {each.image} is"
            yield Loose(each.place, message, "give its ARG a default above the first FROM")
        elif not names_version(each.image):
            path, slash, last = each.image.rpartition("/")
            message = f"{each.image} is another image whenever its owner pushes one"
            yield Loose(each.place, message, f"write {path}{slash}{last.partition(':')[0]}:<version>")


def loose_packages(fragment: Fragment) -> Iterator[Loose]:
    """Of `pip install` and `uv pip install`. System packages are left alone: archives keep only the newest."""
    for each in instructions(fragment):
        for command in each.commands if each.name == "RUN" else ():
            for word in _open(_installed(command.words)):
                message = f"pip takes whatever {word.text} is newest on the day of the build"
                yield Loose(word.place, message, _remedy(word.text))


def _installed(words: Sequence[Word]) -> Sequence[Word]:
    """What stands behind `pip install`."""
    texts = [word.text for word in words]
    for at, text in enumerate(texts):
        if _PIP.fullmatch(text) and not text.startswith("-"):
            verb = next(
                (place for place in range(at + 1, len(texts)) if not texts[place].startswith("-")), at
            )
            return words[verb + 1 :] if texts[verb] == "install" else ()
    return ()


def _open(words: Sequence[Word]) -> Iterator[Word]:
    """Requirements without an exact version. A path, an archive or a variable is what it is."""
    if any(word.text.partition("=")[0] in _DECIDED_ELSEWHERE for word in words):
        return
    before = ""
    for word in words:
        takes, before = before in _TAKES_VALUE, word.text
        if not takes and not word.text.startswith("-") and not _is_exact(word.text):
            yield word


def _is_exact(requirement: str) -> bool:
    if requirement.startswith("git+"):
        return "@" in requirement.rpartition("/")[2]
    path = requirement.startswith((".", "/", "$", "http://", "https://")) or "/" in requirement
    archive = requirement.endswith((".whl", ".gz", ".zip"))
    return path or archive or bool(_EXACT.search(requirement.partition(";")[0].strip()))


def _remedy(requirement: str) -> str:
    """With the package's extras: `sglang[all]`."""
    if requirement.startswith("git+"):
        return f"write {requirement}@<commit>"
    found = re.match(r"[\w.-]+(\[[^\]]*\])?", requirement)
    return f"write {found[0] if found else requirement}==<version>"
