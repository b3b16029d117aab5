"""Headings of a table: found, told apart, missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def tidy(cells: Sequence[str]) -> list[str]:
    """Headings without blanks around them and line breaks in them; empty ones at the end are left out."""
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def numbered(count: int) -> list[str]:
    """What the columns of a file without headings are called: 1, 2, 3 …"""
    return [str(number) for number in range(1, count + 1)]


def duplicates(headings: Sequence[str]) -> list[str]:
    """Headings that stand more than once, in any case of letters."""
    counts = Counter(heading.casefold() for heading in headings if heading)
    return [heading for heading, count in counts.items() if count > 1]


def locate(headings: Sequence[str], wanted: str) -> list[int]:
    """The columns meant by a declared heading: those equal to it, else those equal but for a remark in brackets at the
    end (`Value` finds `Value (kWh)`). Several mean the heading is not unique."""
    folded = " ".join(wanted.split()).casefold()
    equal = [index for index, heading in enumerate(headings) if heading.casefold() == folded]
    return equal or [index for index, heading in enumerate(headings) if without_remark(heading).casefold() == folded]


def without_remark(heading: str) -> str:
    """`Time (Europe/Helsinki)` → `Time`."""
    return _REMARK.sub("", heading)


def remark(heading: str) -> str:
    """`Value [kWh]` → `kWh`; empty where there is none."""
    found = _REMARK.search(heading)
    return found.group().strip()[1:-1].strip() if found else ""
