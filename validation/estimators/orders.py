"""Look-up orders for like days (E2) as data: which day of which week to try, one after the other.

`orders.json` holds the shipped ones. For every kind of day an order names days of the week of the day to estimate
("tuesday"), of the week before ("tuesday-1") or of weeks further back. Weeks begin on Sunday, so the Sunday that
stands for a holiday lies before it. A whole order may be the one of another, some weeks earlier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from validation.estimators.arrays import Ints
from validation.estimators.days import DayKind, JudgedDays
from validation.estimators.history import History
from validation.estimators.sources import Sources, of_kind

SHIPPED = Path(__file__).with_name("orders.json")


class OrderError(ValueError):
    """A look-up order cannot be understood; the message says where."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """One day to try: a weekday, `weeks` weeks before the week of the day to estimate."""

    weekday: DayKind
    weeks: int

    def days_from(self, weekday: int) -> int:
        """Days from a day of `weekday` (Monday = 0) to the day to try, negative = before."""
        return (self.weekday + 1) % 7 - (weekday + 1) % 7 - 7 * self.weeks


Order = Mapping[DayKind, tuple[LookUp, ...]]


def parse_order(text: Mapping[str, Any], others: Mapping[str, Order] | None = None) -> Order:
    """The order that one entry of `orders.json` describes; `others` are those it may refer to.

    OrderError for an unknown day, a week that is no number from 0 to 520, a kind of day without entry, or a reference
    to an order that is not among `others`.
    """
    later = _weeks(str(text.get("weeks_before", 0)))
    if "like" in text:
        if others is None or text["like"] not in others:
            raise OrderError(f"There is no order {text['like']!r} to be like")
        base = others[text["like"]]
    else:
        base = {kind: tuple(_look_up(entry) for entry in _entries(text, kind)) for kind in DayKind}
    return {kind: tuple(LookUp(e.weekday, e.weeks + later) for e in entries) for kind, entries in base.items()}


@cache
def shipped_orders() -> Mapping[str, Order]:
    """The orders of `orders.json` by name."""
    orders: dict[str, Order] = {}
    for name, text in json.loads(SHIPPED.read_text(encoding="utf-8")).items():
        orders[name] = parse_order(text, orders)
    return orders


def looked_up(history: History, days: JudgedDays, order: Order) -> Sources:
    """The days an order names for each judged day, intp (d, c), in its sequence.

    A day that was named as a weekday but was a holiday is passed over, unless it stands for a Sunday. A day never
    speaks for itself.
    """
    numbers, kinds = _named(days, order)
    found = np.where(numbers == days.numbers[:, None], -1, history.positions(numbers))
    return of_kind(history, found, kinds.astype(np.uint8))


def _named(days: JudgedDays, order: Order) -> tuple[Ints, Ints]:
    """Numbers and kinds of the days named, int64 (d, c) each; where an entry is missing the day itself."""
    width = max(len(entries) for entries in order.values())
    numbers = np.repeat(days.numbers.astype(np.int64)[:, None], width, axis=1)
    kinds = np.full(numbers.shape, DayKind.HOLIDAY, np.int64)
    for row, (number, kind) in enumerate(zip(days.numbers, days.kinds, strict=True)):
        for column, entry in enumerate(order[DayKind(kind)]):
            numbers[row, column] += entry.days_from((int(number) + 3) % 7)
            kinds[row, column] = entry.weekday
    return numbers, kinds


def _entries(text: Mapping[str, Any], kind: DayKind) -> list[str]:
    entries = text.get(kind.name.lower())
    if not isinstance(entries, list) or not entries:
        raise OrderError(f"The order names no day for {kind.name.lower()}")
    return [str(entry) for entry in entries]


def _look_up(entry: str) -> LookUp:
    name, _, weeks = entry.partition("-")
    if name.upper() not in DayKind.__members__ or name == "holiday":
        raise OrderError(f"{entry!r} begins with no weekday")
    return LookUp(DayKind[name.upper()], _weeks(weeks or "0"))


def _weeks(text: str) -> int:
    if not text.isdecimal() or int(text) > 520:
        raise OrderError(f"{text!r} is no number of weeks from 0 to 520")
    return int(text)
