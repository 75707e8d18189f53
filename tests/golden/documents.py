"""Every generated document: its path and how it is made."""

from __future__ import annotations

from collections.abc import Callable

from generator.spec.reference import DOCUMENTS as OF_THE_SPEC
from tests.generator.sizing import estimates_page, instances_page, searches
from tests.golden.examples_page import PAGE, examples_page

DOCUMENTS: dict[str, Callable[[], str]] = {
    **OF_THE_SPEC,
    PAGE: examples_page,
    estimates_page.PAGE: estimates_page.estimates_page,
    instances_page.PAGE: instances_page.instances_page,
    searches.PAGE: searches.searches_text,
}
