"""Which images are built here, and with which settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator import images
from generator.plan.model import BuildSecret, EngineBuild
from generator.runtime.image_builds import image_build, is_built_here
from generator.runtime.kit_image import CONTEXT, digest_of
from tests.golden.cases import CASES

PLAN = next(case for case in CASES if case.name == "docker-build").plan()
OWN = PLAN.engine_build


def test_the_kit_and_what_the_operator_asks_for_are_built_and_nothing_else() -> None:
    assert isinstance(OWN, EngineBuild)
    assert is_built_here(PLAN, OWN.image)
    assert is_built_here(PLAN, images.KIT)
    assert not is_built_here(PLAN, images.SGLANG)
    assert not is_built_here(replace(PLAN, engine_build=None), OWN.image)


def test_each_has_its_folder_and_digest() -> None:
    assert isinstance(OWN, EngineBuild)
    secrets = (BuildSecret("index", "/etc/token"),)
    own = replace(OWN, target="small", arguments=(("A", "1"),), secrets=secrets)
    found = image_build(replace(PLAN, engine_build=own), own.image)
    assert (found.context, found.digest) == (Path(own.context), own.digest)
    assert found.settings == {
        "file": own.dockerfile,
        "target": "small",
        "build_args": {"A": "1"},
        "secrets": ["id=index,src=/etc/token"],
    }
    kit = image_build(PLAN, images.KIT)
    assert (kit.context, kit.digest, kit.settings) == (CONTEXT, digest_of(), {})
