"""This kit's own spec: its faults are findings like any other."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import SpecError, nearest_line
from generator.foreign.nodes import Mapping, NotYamlError, documents
from generator.foreign.place import Fragment, Place
from generator.lint.finding import Finding
from generator.spec import DeploymentSpec
from generator.spec.loading import load_spec_text

# Keys of other formats whose remaining keys are like ours: the NeMo launcher's, Compose's, Kubernetes'.
_FOREIGN = frozenset(
    {"type", "command", "services", "apiVersion", "deployment", "groups", "defaults", "endpoints"}
)


def is_spec(text: str) -> bool:
    """Most of its keys are keys of a deployment."""
    try:
        found = documents(Fragment("yaml", text))
    except NotYamlError:
        return False
    if len(found) != 1 or not isinstance(found[0], Mapping):
        return False
    keys = set(found[0].keys)
    return bool(keys) and not keys & _FOREIGN and 2 * len(keys & set(DeploymentSpec.model_fields)) > len(keys)


def faults(text: str, *, name: str) -> Iterator[Finding]:
    """What `plan` would say of its shapes and ranges."""
    try:
        load_spec_text(text, source=name)
    except SpecError as error:
        for fault in error.faults:
            place = Place(nearest_line(fault.path, error.lines) or 1, 1)
            yield Finding(place, "spec", "error", f"{fault.path}: {fault.message}", fault.remedy)
