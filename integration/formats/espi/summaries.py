"""Usage summaries held against the sum of the intervals in their billing period.

A summary that agrees says nothing. One whose period the file covers completely with intervals, and which differs by
more than one unit of its last place, is an ERROR with both figures; the values are taken all the same, as what the
meter measured. Where the file covers only part of the period the difference proves nothing: a NOTE.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from integration.formats.espi.directory import Directory
from integration.formats.espi.measures import measured
from integration.formats.espi.reading_type import ReadingType
from integration.formats.espi.resources import Summary
from integration.formats.espi.settle import Stretch
from integration.formats.portion import NO_VALUE, Kind, Problem, Severity

_REVERSE = "1-0:2.29.0"
_SPLIT = 20


@dataclass(slots=True)
class _Account:
    """A summary, and what the intervals of its period add up to: in units of the store, seconds covered."""

    summary: Summary
    unit: str
    total: Fraction = Fraction(0)
    covered_s: int = 0


class Accounts:
    """The summaries of a file by metering point."""

    def __init__(self, directory: Directory) -> None:
        self._accounts: dict[str, list[_Account]] = {}
        for links, summary in directory.summaries:
            point = directory.point(links)
            if point is not None:
                account = _Account(summary, _unit(summary))
                self._accounts.setdefault(directory.name(point), []).append(account)

    def add(self, stretch: Stretch) -> None:
        """Count values into the summaries of their metering point."""
        channel = stretch.channel
        accounts = self._accounts.get(channel.point, ())
        if not accounts or channel.kind is not Kind.CONSUMPTION or channel.obis == _REVERSE:
            return
        for account in accounts:
            if account.unit in ("", channel.unit):
                account.unit = channel.unit
                _count(account, stretch)

    def problems(self) -> Iterator[Problem]:
        """What there is to say at the end of the file."""
        for accounts in self._accounts.values():
            for account in accounts:
                problem = _judged(account)
                if problem is not None:
                    yield problem


def _unit(summary: Summary) -> str:
    """Our unit; empty where the summary does not say."""
    for commodity in (1, 7):
        what = measured(ReadingType(accumulation=4, commodity=commodity, flow=1, uom=summary.uom))
        if not isinstance(what, str):
            return what.unit
    return ""


def _count(account: _Account, stretch: Stretch) -> None:
    start, end = account.summary.start, account.summary.start + account.summary.duration
    inside = (stretch.at >= start) & (stretch.at + stretch.length <= end) & (stretch.values != NO_VALUE)
    if inside.any():
        account.total += _sum(stretch.values[inside]) * Fraction(10) ** stretch.channel.exponent
        account.covered_s += int(inside.sum()) * stretch.length


def _sum(values: NDArray[np.int64]) -> int:
    """The exact sum, in two halves so that no total overflows."""
    return (int((values >> _SPLIT).sum()) << _SPLIT) + int((values & ((1 << _SPLIT) - 1)).sum())


def _judged(account: _Account) -> Problem | None:
    summary = account.summary
    place = Fraction(10) ** summary.exponent
    stated = summary.value * place
    if abs(stated - account.total) <= place and account.covered_s >= summary.duration:
        return None
    figures = f"{_plain(stated)} {account.unit} stated, intervals add up to {_plain(account.total)} {account.unit}"
    if account.covered_s >= summary.duration:
        return Problem(summary.line, f"summary differs: {figures}", summary.name, str(summary.value), values=0)
    share = 100 * account.covered_s // summary.duration
    reason = f"summary not checked, intervals cover {share} % of its period: {figures}"
    return Problem(summary.line, reason, summary.name, str(summary.value), Severity.NOTE, 0)


def _plain(number: Fraction) -> str:
    """A decimal fraction without an exponent."""
    whole = number.denominator == 1
    return str(number.numerator) if whole else f"{float(number):.12g}"
