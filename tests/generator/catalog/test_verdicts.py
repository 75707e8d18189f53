"""The kit's verdict on a list of arguments is the real parser's, right or wrong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator import images
from generator.catalog import Finding, check, load
from tests.generator.catalog.legal_arguments import Words, arguments
from tests.generator.catalog.real_parser import RealParser
from tests.generator.catalog.test_every_argv import PLENTY

CATALOG = load(images.SGLANG_VERSION)
# What the kit refuses though the parser does not: it would mean something else one day, or half of what it says.
STRICTER = ("is short for", "is given twice", "is the same flag as")
BEGINNINGS = sorted({spelling[:end] for spelling in CATALOG.spellings for end in range(3, len(spelling) + 1)})
# Not `--`: what argparse makes of it is another thing in each Python.
STRANGE = st.sampled_from(
    ["", "-", "-1", "-1.5", "-x", "7", "32k", "1.5Ki", "true", "null", "a b", "--no-such", "--ep", "--mem", "--tp=2"]
) | st.integers(0, len(BEGINNINGS) - 1).map(lambda at: BEGINNINGS[at])  # fmt: skip
NOT_HELP = STRANGE.filter(lambda word: not (len(word) > 2 and "--help".startswith(word)))


@st.composite
def mangled(draw: st.DrawFn) -> Words:
    """Legal arguments in which a word is left out, repeated, exchanged or cut."""
    words = list(draw(arguments(CATALOG, most=4)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(words)))
        change = draw(st.sampled_from(["insert", "remove", "replace", "attach"]))
        if change == "insert" or at == len(words):
            words.insert(at, draw(NOT_HELP))
        elif change == "remove":
            del words[at]
        elif change == "replace":
            words[at] = draw(NOT_HELP)
        else:
            words[at] += f"={draw(NOT_HELP)}"
    return tuple(words)


def refused(findings: tuple[Finding, ...]) -> list[Finding]:
    return [
        finding
        for finding in findings
        if finding.severity == "error" and not any(phrase in finding.message for phrase in STRICTER)
    ]


@PLENTY
@given(words=mangled())
def test_the_kit_and_the_parser_agree(real: RealParser, words: Words) -> None:
    theirs = real.refuses(["--model-path", "m", *words])
    ours = refused(check(CATALOG, words, owned={}))
    assert bool(theirs) == bool(ours), (theirs, ours)
