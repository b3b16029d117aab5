"""Labels of the wall clock to instants: which of two equal hours, and what of hours that never came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Severity
from integration.formats.table.findings import Finding
from integration.formats.table.mapping import Ambiguous, Nonexistent, Times
from integration.formats.table.pieces import LOCAL, Piece
from integration.formats.table.zones import DAY_S, Instants, zone_of

Last = dict[tuple[bytes, ...], int]
"""Instant of the last value of a series before this portion, where the clock changed that day."""


@dataclass(frozen=True, slots=True, eq=False)
class _Twice:
    """Values of a portion of which some have a label the clock showed twice.

    at     int64 (m,): their instants; settled in place where the label is one of two
    meant  what each label may mean
    which  bool (m,): labels of local time that the clock showed twice
    steps  int64 (s,): interval length of each series, 0 where unknown
    keys   (s,): what identifies each series
    """

    piece: Piece
    at: NDArray[np.int64]
    meant: Instants
    which: NDArray[np.bool_]
    steps: NDArray[np.int64]
    keys: list[tuple[bytes, ...]]


class Clock:
    """Settles labels by the rules of a mapping, portion by portion."""

    def __init__(self, times: Times, heading: str) -> None:
        self._times, self._heading = times, heading
        self._zone = zone_of(times.zone)
        self._last: Last = {}

    def instants(
        self, piece: Piece, ends: NDArray[np.bool_], steps: NDArray[np.int64], keys: list[tuple[bytes, ...]]
    ) -> tuple[NDArray[np.int64], list[Finding]]:
        """The instants (m,) of a portion's labels, and what is to be said about them.

        ends   bool (m,): the label names the end of the interval
        steps  int64 (s,): interval length of each series, 0 where unknown
        keys   (s,): what identifies each series, in this portion and the next
        """
        local = piece.offsets == LOCAL
        at = piece.labels - np.where(local, 0, piece.offsets)
        if self._zone.is_steady or not local.any():
            return np.where(local, self._zone.instants(piece.labels).early, at), []
        meant = self._zone.meant(piece.labels, ends)
        at = np.where(local, meant.early, at)
        findings = self._gaps(meant.gap & local)
        twice = meant.twice & local
        if twice.any():
            findings += self._settle(_Twice(piece, at, meant, twice, steps, keys))
        self._remember(piece, at, local, keys)
        return at, findings

    def starts(self, ends: NDArray[np.int64], spans: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where intervals of these lengths (m,) begin that end at these instants (m,); a day is one of the calendar."""
        starts = ends - spans
        days = spans == DAY_S
        if days.any() and not self._zone.is_steady:
            starts[days] = self._zone.instants(self._zone.labels(ends[days]) - DAY_S).early
        return starts

    def _gaps(self, gap: NDArray[np.bool_]) -> list[Finding]:
        if not gap.any():
            return []
        reason = "the clock never showed this time on that day"
        if self._times.nonexistent is Nonexistent.SHIFT:
            return [Finding(gap, f"{reason}: taken for an hour later", Severity.REPAIRED, True, self._heading)]
        if self._times.nonexistent is Nonexistent.DROP:
            return [Finding(gap, f"{reason}: left out", Severity.REPAIRED, time_heading=self._heading)]
        return [Finding(gap, reason, time_heading=self._heading)]

    def _settle(self, twice: _Twice) -> list[Finding]:
        """Decide between `early` and `late` in place."""
        rule = self._times.ambiguous
        if rule is Ambiguous.REFUSE:
            return [Finding(twice.which, "the clock showed this time twice on that day", time_heading=self._heading)]
        if rule is Ambiguous.FLAG:
            chosen = np.where(twice.piece.first, twice.meant.early, twice.meant.late)
            twice.at[twice.which] = chosen[twice.which]
        if rule is Ambiguous.ORDER:
            self._by_order(twice)
        return []

    def _by_order(self, twice: _Twice) -> None:
        """The hour that goes on from the value before it in its series. One by one: a few values of one day a year."""
        piece, at = twice.piece, twice.at
        previous = _previous(piece.series)
        known = previous >= 0
        backwards = int(np.sign(piece.labels[known] - piece.labels[previous[known]]).sum()) < 0
        clear = self._zone.instants(piece.labels).twice
        for index in np.flatnonzero(twice.which).tolist():
            series = int(piece.series[index])
            before = int(at[previous[index]]) if known[index] else self._last.get(twice.keys[series])
            early, late = int(twice.meant.early[index]), int(twice.meant.late[index])
            if not clear[index]:
                at[index] = early if before is not None and abs(early - before) == twice.steps[series] else late
            elif before is None:
                at[index] = late if backwards else early
            elif backwards:
                at[index] = late if late < before else early
            else:
                at[index] = early if early > before else late

    def _remember(
        self, piece: Piece, at: NDArray[np.int64], local: NDArray[np.bool_], keys: list[tuple[bytes, ...]]
    ) -> None:
        """The last instant of every series that ends on a day on which the clock changes."""
        if self._times.ambiguous is not Ambiguous.ORDER:
            return
        lasts = np.full(len(keys), -1)
        lasts[piece.series] = np.arange(len(piece))
        series = np.flatnonzero(lasts >= 0)
        series = series[local[lasts[series]]]
        days, where = np.unique(piece.labels[lasts[series]] // DAY_S, return_inverse=True)
        odd = np.array([self._zone.offset_of_day(int(day)) is None for day in days], dtype=np.bool_)
        for number in series[odd[where]].tolist():
            self._last[keys[number]] = int(at[lasts[number]])


def _previous(series: NDArray[np.int32]) -> NDArray[np.int64]:
    """Index of the value before, in the order of the file, of the same series (m,); −1 for the first."""
    order = np.argsort(series, kind="stable")
    previous = np.full(len(series), -1, dtype=np.int64)
    same = series[order[1:]] == series[order[:-1]]
    previous[order[1:][same]] = order[:-1][same]
    return previous
