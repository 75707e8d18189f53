"""SVG elements, well-formed by construction. Colours are classes: the page decides them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal
from xml.etree import ElementTree as ET

from loadtest.report.chart import Size

LEFT: Final = 40
TOP: Final = 10
BOTTOM: Final = 24
"""Margins around a plot: tick labels stand in them."""
CHARACTER: Final = 6.3
"""Mean width of a letter of a label."""
LINE_HEIGHT: Final = 12

Pixel = tuple[float, float]


def drawing(size: Size, *, label: str) -> ET.Element:
    """An empty drawing; `label` is what a screen reader says."""
    box = f"0 0 {size.width} {size.height}"
    return ET.Element("svg", {"viewBox": box, "role": "img", "aria-label": label, "class": "chart"})


def add(parent: ET.Element, tag: str, *, style: str, **attributes: float | str) -> None:
    """An element of class `style`."""
    values = {
        name: f"{value:.1f}" if isinstance(value, float) else str(value) for name, value in attributes.items()
    }
    ET.SubElement(parent, tag, {"class": style, **values})


def write(
    parent: ET.Element,
    text: str,
    *,
    at: Pixel,
    anchor: Literal["start", "middle", "end"],
    style: str,
) -> None:
    """A text of class `style` that starts, centres or ends at a pixel."""
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "text-anchor": anchor, "class": style}
    ET.SubElement(parent, "text", place).text = text


def polyline(pixels: Sequence[Pixel]) -> str:
    """The `d` of a path through pixels."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in pixels)


def source(svg: ET.Element) -> str:
    """The text of a drawing."""
    return ET.tostring(svg, encoding="unicode")
