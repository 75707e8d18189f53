"""Earlier releases, fetched and read as `make catalog` does it, against their own parsers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator import minimum
from generator.catalog import Catalog
from generator.catalog.extraction.catalog import catalog_text
from generator.catalog.extraction.release import fetched
from generator.catalog.loading import parsed
from tests.engines.installation import SglangCpu
from tests.engines.server import environment
from tests.generator.catalog.comparison import as_the_catalog_has_it, as_the_parser_has_it
from tests.generator.catalog.real_parser import DESCRIBE

# The first that the kit can start, whose arguments are all added by hand, and one whose fields are those of one class.
OLDEST = ".".join(map(str, minimum.SGLANG))
RELEASES = (OLDEST, "0.5.18")
# They register models that the installed transformers has learnt since.
WITH_LATER_LIBRARIES = """
import transformers
register = transformers.AutoConfig.register
transformers.AutoConfig.register = staticmethod(lambda name, config, exist_ok=False: register(name, config, exist_ok=True))
"""


@pytest.mark.parametrize("release", RELEASES)
def test_every_flag_is_as_the_parser_has_it(release: str, sglang_cpu: SglangCpu, tmp_path: Path) -> None:
    catalog: Catalog = parsed(catalog_text(fetched(release, folder=tmp_path), version=release))
    known = {flag.name: flag for flag in catalog.flags}
    actions = parser_of(tmp_path, sglang_cpu)
    assert known.keys() == {action["flags"][0] for action in actions}
    for action in actions:
        flag = known[action["flags"][0]]
        assert as_the_catalog_has_it(flag) == as_the_parser_has_it(action) | unsaid(action, flag.default)
        assert flag.deprecated or not action["retired"]


def unsaid(action: dict[str, Any], default: object) -> dict[str, object]:
    """A retired flag may have no default of its own."""
    none = action["retired"] and action["default"] in (None, "==SUPPRESS==")
    return {"default": default} if none else {}


def parser_of(folder: Path, sglang: SglangCpu) -> list[dict[str, Any]]:
    program = f"import sys\nsys.path.insert(0, {str(folder)!r})\n{WITH_LATER_LIBRARIES}{DESCRIBE}"
    ended = subprocess.run(
        [str(sglang.python), "-c", program], env=environment(), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found: list[dict[str, Any]] = json.loads(ended.stdout.splitlines()[-1])
    return found
