"""The columns of a file found by their declared headings, or what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from integration.formats.portion import Problem
from integration.formats.table.headings import duplicates, locate
from integration.formats.table.mapping import Layout, Mapping

TWICE = "this heading stands more than once"
MEANINGS = ("point", "quantity", "time", "clock", "value", "unit", "quality", "serial", "kind", "length", "flag")


@dataclass(frozen=True, slots=True)
class Places:
    """Index of the column of every meaning the mapping declares, and of the columns of values."""

    of: dict[str, int]
    values: tuple[int, ...]


def find_columns(headings: list[str], mapping: Mapping, line: int) -> tuple[Places, list[Problem]]:
    """Where everything stands. Every heading that is missing or stands twice is a problem."""
    problems: list[Problem] = []
    of = {}
    for meaning in MEANINGS:
        if wanted := getattr(mapping.columns, meaning):
            found = _one(headings, wanted, line, problems)
            if found is not None:
                of[meaning] = found
    values = _value_columns(headings, mapping, of, line, problems)
    if mapping.layout is not Layout.LONG and not values and not problems:
        problems.append(Problem(line, "there are no columns of values", values=0))
    return Places(of, values), problems


def _one(headings: list[str], wanted: str, line: int, problems: list[Problem]) -> int | None:
    found = locate(headings, wanted)
    if len(found) == 1:
        return found[0]
    reason = TWICE if found else f"there is no such heading; there are {_list(headings)}"
    problems.append(Problem(line, reason, column=wanted, values=0))
    return None


def _value_columns(
    headings: list[str], mapping: Mapping, of: dict[str, int], line: int, problems: list[Problem]
) -> tuple[int, ...]:
    if mapping.layout is Layout.LONG:
        return (of["value"],) if "value" in of else ()
    if mapping.columns.values:
        found = (_one(headings, wanted, line, problems) for wanted in mapping.columns.values)
        return tuple(index for index in found if index is not None)
    rest = [index for index in range(len(headings)) if index not in of.values() and headings[index]]
    if mapping.layout is Layout.WIDE_TIME:
        twice = set(duplicates([headings[index] for index in rest]))
        problems.extend(Problem(line, TWICE, column=heading, values=0) for heading in sorted(twice))
    return tuple(rest)


def _list(headings: list[str]) -> str:
    text = ", ".join(headings[:12])
    return f"{text} …" if len(headings) > 12 else text
