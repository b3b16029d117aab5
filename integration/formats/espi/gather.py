"""Stretches of values put together to portions; of readings that name an interval twice the later one stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from integration.formats.espi.problems import Problems
from integration.formats.espi.settle import Stretch
from integration.formats.portion import Channel, Portion, Problem, Severity


class Gatherer:
    """Values of many channels on their way into one portion after the other."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._channels: dict[Channel, int] = {}
        self._parts: list[tuple[NDArray[np.int32], Stretch]] = []
        self._latest: dict[Channel, int] = {}
        self._turned = False
        self.count = 0

    def add(self, stretch: Stretch) -> None:
        """Take up the values of a stretch."""
        number = self._channels.setdefault(stretch.channel, len(self._channels))
        self._parts.append((np.full(len(stretch.at), number, dtype=np.int32), stretch))
        self.count += len(stretch.at)
        self._watch_order(stretch)

    def _watch_order(self, stretch: Stretch) -> None:
        """Note readings that turn back in time: only these can name an interval twice."""
        latest = self._latest.get(stretch.channel, -1)
        before = np.maximum.accumulate(np.concatenate(([latest], stretch.at[:-1])))
        late = stretch.at <= before
        self._latest[stretch.channel] = max(latest, int(stretch.at.max()))
        if late.any():
            self._turned = True
            line, reason = int(stretch.lines[np.argmax(late)]), "readings that are not later than the ones before them"
            self._problems.add(Problem(line, reason, "start", "", Severity.NOTE, int(late.sum())))

    def take(self, position: int, rows: int) -> Portion:
        """The portion of all values since the last one, made from so many readings of the file."""
        portion = self._portion(position, rows)
        if self._turned:
            portion = _without_repeats(portion, self._problems)
        self._channels, self._parts, self._turned = {}, [], False
        self.count = 0
        return replace(portion, problems=self._problems.take())

    def _portion(self, position: int, rows: int) -> Portion:
        stretches = [stretch for _, stretch in self._parts]
        return Portion(
            channels=tuple(self._channels),
            channel=np.concatenate([np.empty(0, np.int32), *(number for number, _ in self._parts)]),
            at=np.concatenate([np.empty(0, np.int64), *(stretch.at for stretch in stretches)]),
            values=np.concatenate([np.empty(0, np.int64), *(stretch.values for stretch in stretches)]),
            quality=np.concatenate([np.empty(0, np.uint8), *(stretch.quality for stretch in stretches)]),
            status=np.concatenate([np.empty(0, np.uint32), *(stretch.status for stretch in stretches)]),
            lines=np.concatenate([np.empty(0, np.int64), *(stretch.lines for stretch in stretches)]),
            position=position,
            rows=rows,
        )


def _without_repeats(portion: Portion, problems: Problems) -> Portion:
    """Without the values whose interval is named again further on in the portion."""
    order = np.lexsort((np.arange(len(portion)), portion.at, portion.channel))
    channel, at = portion.channel[order], portion.at[order]
    again = np.zeros(len(portion), dtype=np.bool_)
    again[order[:-1]] = (channel[1:] == channel[:-1]) & (at[1:] == at[:-1])
    if not again.any():
        return portion
    reason = "the interval is named again further on: the later reading counts"
    problems.each(again, portion.lines, reason, "start", portion.at, Severity.REPAIRED)
    kept = ~again
    columns = {name: getattr(portion, name)[kept] for name in ("channel", "at", "values", "quality", "status", "lines")}
    return replace(portion, **columns)
