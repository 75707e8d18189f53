"""Why nothing was found in a text: templates, Markdown, YAML with a fault, or no engine in it."""

from __future__ import annotations

import re

from generator.errors import Fault
from generator.foreign.nodes import NotYamlError, documents
from generator.foreign.place import Fragment

_KNOWN = "a command line, docker run, a Compose file, Kubernetes YAML, a Dynamo graph, a NeMo launcher's file"
_TEMPLATE = re.compile(r"^[^#\n]*(\{\{|\{%)", re.MULTILINE)
_YAML = re.compile(r"\A(\s*#.*\n|\s*\n|---.*\n)*[ \t]*[\w.-]+:(\s|$)")
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)


def is_prose(text: str, source: str) -> bool:
    """Whether it is Markdown, in which commands stand among words."""
    return source.endswith((".md", ".mdx", ".rst")) or (
        not source.endswith(".sh") and bool(_FENCE.search(text))
    )


def unreadable(text: str, kind: str, source: str) -> Fault:
    """`kind` is what the text was taken for, `source` its name."""
    fault = _yaml_fault(text) if source.endswith((".yaml", ".yml")) or _YAML.match(text) else ""
    if fault and _TEMPLATE.search(text):
        return Fault(
            "", "is a template, and no YAML until it is rendered", "import what `helm template` prints"
        )
    if fault:
        return Fault("", f"is no YAML: {fault}", "mend it there")
    if is_prose(text, source):
        remedy = "give the one command in it that is meant, in quotes, or its block through `import -`"
        return Fault("", "is a text with commands in it, not a deployment", remedy)
    message = f"has no SGLang or vLLM server that can be recognized (taken for {kind})"
    return Fault("", message, f"give one of: {_KNOWN}")


def _yaml_fault(text: str) -> str:
    try:
        documents(Fragment("yaml", text))
    except NotYamlError as error:
        return f"line {error.line}: {error.problem}"
    return ""
