"""Shell text as commands made of words, each with its place.

Covers what people write into guides, scripts and `command:` keys: quotes, continued lines, comments, pipes,
redirections, here-documents, assignments. `shlex` splits words alike but forgets where they stood. Nothing is expanded:
`$TP` stays `$TP`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from generator.foreign.place import Fragment, Place, Word

Newline = Literal["ends", "blank"]
"""What a bare line break does: ends a command as in a script, or is a blank as in a folded YAML text."""

_TOKEN = re.compile(
    r"""
    (?P<broken> \\ [ \t]+ (?:\#[^\n]*)? (?:\n|$) )
    | (?P<continued> \\ \r?\n )
    | (?P<newline> \n )
    | (?P<blank> \s+? )
    | (?P<comment> (?<!\S) \#[^\n]* )
    | (?P<placeholder> <[A-Za-z][\w .-]*> )
    | << -? [ \t]* ['"]? (?P<end>\w+) ['"]? (?P<heredoc>)
    | (?P<redirection> (?: &>>? | [0-9]*(?:>>|>&|<&|>|<) ) [ \t]* [^\s;|&]* )
    | (?P<separator> && | \|\| | [;|&()] )
    | (?P<word> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w .-]*>")
_CONTINUATION = re.compile(r"\\[ \t]*(#[^\n]*)?\r?(\n|$)")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_PLAIN = re.compile(r"[^\s'\"\\$`|&;()<>]+")
_SINGLE = re.compile(r"'([^']*)'?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_SUBSTITUTION = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|`[^`]*`|\$")
_PROMPTS = ("$", "#", ">")


@dataclass(frozen=True)
class Assignment:
    """`NAME=value`. `exported`: a program sees it; else it is the shell's own."""

    name: str
    value: str
    place: Place
    exported: bool = True


@dataclass(frozen=True)
class Comment:
    """`follows` is the word it stands behind on the same line, or None on a line of its own."""

    text: str
    place: Place
    follows: Word | None


@dataclass(frozen=True)
class ShellCommand:
    """One simple command. `cut` are the places where a comment ends it although its author meant to go on.

    `array` is a variable whose elements the words are: `NAME=(...)`.
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    comments: tuple[Comment, ...] = ()
    cut: tuple[Place, ...] = ()
    array: str = ""


@dataclass
class _Draft:
    words: list[Word] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    cut: list[Place] = field(default_factory=list)
    array: str = ""

    def finished(self) -> ShellCommand:
        words = list(self.words)
        if self.array:
            return ShellCommand(tuple(words), (), tuple(self.comments), tuple(self.cut), self.array)
        if words and words[0].text in _PROMPTS:
            del words[0]
        exported = bool(words) and words[0].text in ("export", "env")
        rest = words[1:] if exported else words
        found: list[tuple[re.Match[str], Place]] = []
        while rest and (match := _ASSIGNMENT.fullmatch(rest[0].text)):
            found.append((match, rest[0].place))
            rest = rest[1:]
        assignments = tuple(
            Assignment(match[1], match[2], place, exported or bool(rest)) for match, place in found
        )
        return ShellCommand(tuple(rest), assignments, tuple(self.comments), tuple(self.cut))


def commands(fragment: Fragment, *, newline: Newline = "ends") -> tuple[ShellCommand, ...]:
    """Every simple command of the text, and comments alone as commands without words."""
    found = _Script(fragment, newline).read()
    return tuple(each for each in found if each.words or each.assignments or each.comments)


class _Script:
    """Reads token by token; `continued` is whether the line before asked for this one."""

    def __init__(self, fragment: Fragment, newline: Newline) -> None:
        self.fragment = fragment
        self.newline = newline
        self.draft = _Draft()
        self.done: list[ShellCommand] = []
        self.at = 0
        self.heredoc = ""
        self.continued = False

    def read(self) -> tuple[ShellCommand, ...]:
        takers = {
            "broken": self._take_broken,
            "continued": self._take_continued,
            "newline": self._take_newline,
            "comment": self._take_comment,
            "heredoc": self._take_heredoc,
            "separator": self._end_command,
            "placeholder": self._take_word,
            "word": self._take_word,
        }
        while found := _TOKEN.match(self.fragment.text, self.at):
            self.at = found.end()
            take = takers.get(found.lastgroup or "")
            if take:
                take(found)
        self._end_command()
        return tuple(self.done)

    def _end_command(self, found: re.Match[str] | None = None) -> None:
        array = self._array(found) if found else ""
        self.done.append(self.draft.finished())
        self.draft, self.continued = _Draft(array=array), False

    def _array(self, found: re.Match[str]) -> str:
        """Its name, where `(` follows `NAME=` at once."""
        word = self.draft.words[-1] if found[0] == "(" and self.draft.words else None
        directly = word and self.fragment.text[: found.start()].endswith(word.text)
        named = _ASSIGNMENT.fullmatch(word.text) if word and directly else None
        return named[1] if named and not named[2] else ""

    def _take_broken(self, found: re.Match[str]) -> None:
        self.draft.cut.append(self.fragment.place(found.start()))
        if "#" in found[0]:
            self._comment(found.start() + found[0].index("#"))
        self.continued = True

    def _take_continued(self, _: re.Match[str]) -> None:
        self.continued = True

    def _take_newline(self, _: re.Match[str]) -> None:
        if self.newline == "ends" and not self.draft.array:
            self._end_command()
        if self.heredoc:
            end = re.compile(rf"^[ \t]*{self.heredoc}[ \t]*$", re.MULTILINE).search(
                self.fragment.text, self.at
            )
            self.at, self.heredoc = end.end() if end else len(self.fragment.text), ""

    def _take_comment(self, found: re.Match[str]) -> None:
        self._comment(found.start())
        flag_below = re.match(r"\n[ \t]*--", self.fragment.text[self.at : self.at + 200])
        if self.continued and flag_below and self._alone(found.start()):
            self.draft.cut.append(self.fragment.place(found.start()))
            self.at += 1

    def _take_heredoc(self, found: re.Match[str]) -> None:
        self.heredoc = re.escape(found["end"])

    def _take_word(self, found: re.Match[str]) -> None:
        text, self.at = _word(self.fragment.text, found.start())
        self.draft.words.append(Word(text, self.fragment.place(found.start())))

    def _comment(self, at: int) -> None:
        text = self.fragment.text[at:].partition("\n")[0].lstrip("# ")
        before = self.draft.words[-1] if self.draft.words and not self._alone(at) else None
        self.draft.comments.append(Comment(text, self.fragment.place(at), before))

    def _alone(self, at: int) -> bool:
        line = self.fragment.text.rfind("\n", 0, at) + 1
        return not self.fragment.text[line:at].strip()


def _unescaped(text: str) -> str:
    """What stands in double quotes. Continued lines stay so in a script, which is read with the places of its own."""
    whole = text if re.search(r"\s-", text) else text.replace("\\\n", "")
    return re.sub(r"\\([\"\\$`])", r"\1", whole)


def _word(text: str, at: int) -> tuple[str, int]:
    """The word that begins here, unquoted, and where it ends."""
    parts: list[str] = []
    start = at
    if placeholder := _PLACEHOLDER.match(text, at):
        return placeholder[0], placeholder.end()
    while at < len(text) and not (text[at].isspace() or text[at] in "|&;()<>"):
        if _CONTINUATION.match(text, at):
            break
        if found := _PLAIN.match(text, at):
            parts.append(found[0])
        elif found := _SINGLE.match(text, at):
            parts.append(found[1])
        elif found := _DOUBLE.match(text, at):
            parts.append(_unescaped(found[1]))
        elif found := _SUBSTITUTION.match(text, at):
            parts.append(found[0])
        else:
            parts.append(text[at + 1 : at + 2])
            at += 2
            continue
        at = found.end()
    return "".join(parts), max(at, start + 1)
