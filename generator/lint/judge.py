"""All rules over all mentions of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from generator.catalog import Catalog
from generator.foreign.place import Fragment
from generator.lint.extraction import blocks, markdown, spec
from generator.lint.extraction.programs import most_likely_program
from generator.lint.finding import Finding
from generator.lint.mention import Mentions
from generator.lint.rules import flags, meaning, names, pins, surroundings

Rule = Callable[[Mentions, Catalog], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    flags.flags,
    meaning.cut_commands,
    meaning.total_tokens,
    meaning.tokenizer,
    meaning.secrets,
    names.metrics,
    names.routes,
    surroundings.variables,
    surroundings.probes,
    surroundings.upstreams,
    surroundings.prices,
    pins.images,
    pins.packages,
)
_LANGUAGES = {
    "sh": "shell",
    "bash": "shell",
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "conf": "nginx",
    "nginx": "nginx",
    "promql": "promql",
    "rules": "yaml",
}


def lint(text: str, *, name: str, catalog: Catalog) -> tuple[Finding, ...]:
    """Findings in the order of the text. `name` is the file's: its ending tells the language."""
    own = spec.faults(text, name=name) if name.endswith((".yaml", ".yml")) and spec.is_spec(text) else ()
    return ordered((*own, *judge(mentions(text, name=name), catalog)))


def mentions(text: str, *, name: str) -> Mentions:
    """What the text mentions."""
    ending = name.rpartition(".")[2].lower()
    if ending in ("md", "markdown", "mdx", "rst"):
        return markdown.mentions(text)
    language = "dockerfile" if "Dockerfile" in name else _LANGUAGES.get(ending, "")
    return blocks.mentions(Fragment(language, text), program=most_likely_program(text))


def judge(found: Mentions, catalog: Catalog) -> Iterator[Finding]:
    """What the rules say."""
    return (finding for rule in RULES for finding in rule(found, catalog))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, by place. What is a metric both by its name and by its query is one."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: (each.place, each.rule)))
