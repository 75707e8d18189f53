"""Claims of cost in prose: dollars an hour, tokens a second and dollars per million tokens near each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.foreign.place import Fragment
from generator.lint.mention import Mentions, Price

Range = tuple[float, float]

_HOURLY = re.compile(
    r"\$\s?([\d.,]+)(?:\s?[-\u2013]\s?\$?([\d.,]+))?\s?(?:/|per |an )\s?(?:hour|hr|h)\b", re.IGNORECASE
)
_SPEED = re.compile(
    r"([\d.,]+k?)(?:\s?[-\u2013]\s?([\d.,]+k?))?\s?(?:tok(?:en)?s?)\s?(?:/|per )\s?s(?:ec(?:ond)?)?\b",
    re.IGNORECASE,
)
_MILLION = re.compile(
    r"(?:per|/)\s?(?:1?\s?M|million|1M)\s?(?:tok(?:en)?s?)?\s?[:=]\s?\$\s?([\d.]+)(?:\s?[-\u2013]\s?\$?([\d.]+))?"
    r"|\$\s?([\d.]+)(?:\s?[-\u2013]\s?\$?([\d.]+))?\s?(?:/|per )\s?(?:1?\s?M|million)\b",
    re.IGNORECASE,
)
_WIDTH = re.compile(r"\btp\s?[=:]?\s?(\d+)\b", re.IGNORECASE)


def prices(text: str) -> Mentions:
    """Of every group of adjoining lines that has all three numbers, or every line of it that has them."""
    return Mentions(prices=tuple(price for group in _groups(text) for price in _of_group(group)))


def _groups(text: str) -> Iterator[Fragment]:
    start = 0
    for end in [*(match.start() for match in re.finditer(r"\n[ \t]*\n", text)), len(text)]:
        line = text.count("\n", 0, start) + 1
        yield Fragment("text", text[start:end], line)
        start = end


def _of_group(group: Fragment) -> Iterator[Price]:
    """With several of a kind, only those of one line surely belong together."""
    if _has_one_each(group):
        yield _price(group)
        return
    for number, line in enumerate(group.text.split("\n")):
        single = Fragment("text", line, group.line + number)
        if _has_one_each(single):
            yield _price(single)


def _has_one_each(group: Fragment) -> bool:
    return all(len(pattern.findall(group.text)) == 1 for pattern in (_HOURLY, _SPEED, _MILLION))


def _price(group: Fragment) -> Price:
    hourly, speed, claimed = (next(p.finditer(group.text)) for p in (_HOURLY, _SPEED, _MILLION))
    # A price in a guide is for one GPU; the throughput is that of all of them.
    width = _WIDTH.search(group.text)
    gpus = int(width[1]) if width else 1
    dollars, tokens = _range(hourly), _range(speed)
    return Price(
        (dollars[0] * gpus, dollars[1] * gpus), tokens, _range(claimed), group.place(claimed.start())
    )


def _range(found: re.Match[str]) -> Range:
    numbers = [_number(each) for each in found.groups() if each]
    return numbers[0], numbers[-1]


def _number(text: str) -> float:
    scale = 1000 if text.lower().endswith("k") else 1
    return float(text.lower().rstrip("k.,").replace(",", "")) * scale
