"""Values no series can take, whatever is stored: found value by value, so that each is named with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Channel, Kind, Problem
from integration.imports.readings.channels import label_of
from integration.imports.readings.values import Points
from metering.intervals import DAY_S
from metering.quality import QualityClass, quality_class
from metering.store import VALUE_LIMIT
from metering.store.admit import FIRST_DAY, LAST_DAY

Mask = NDArray[np.bool_]
_FIRST, _END = FIRST_DAY * DAY_S, (LAST_DAY + 1) * DAY_S


def without_impossible(points: Points, channels: Sequence[Channel]) -> tuple[Points, list[Problem]]:
    """The points that can be stored, and the problems of the others: one per line, channel and reason."""
    problems: list[Problem] = []
    for reason, look in _LOOKS:
        bad = look(points, channels) if len(points) else None
        if bad is not None and bad.any():
            problems += _named(points.take(bad), reason, channels)
            points = points.take(~bad)
    return points, problems


def _named(points: Points, reason: str, channels: Sequence[Channel]) -> Iterator[Problem]:
    change = np.diff(points.lines, prepend=-1) != 0
    change[1:] |= np.diff(points.channel) != 0
    starts = np.flatnonzero(change)
    counts = np.diff(starts, append=len(points))
    for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
        label = label_of(channels[points.channel[start]])
        yield Problem(int(points.lines[start]), reason, text=label, values=count)


def _out_of_time(points: Points, channels: Sequence[Channel]) -> Mask | None:
    if points.at.min() >= _FIRST and points.at.max() < _END:
        return None
    return (points.at < _FIRST) | (points.at >= _END)


def _off_grid(points: Points, channels: Sequence[Channel]) -> Mask | None:
    return ~points.fits_grid if points.interval_s else None


def _too_large(points: Points, channels: Sequence[Channel]) -> Mask | None:
    if points.values.min() > -VALUE_LIMIT and points.values.max() < VALUE_LIMIT:
        return None
    return (points.values <= -VALUE_LIMIT) | (points.values >= VALUE_LIMIT)


def _unknown_quality(points: Points, channels: Sequence[Channel]) -> Mask | None:
    return None if points.quality is None else quality_class(points.quality) > QualityClass.FINAL


def _judged_stands(points: Points, channels: Sequence[Channel]) -> Mask | None:
    if points.quality is None:
        return None
    stands = np.array([channel.kind is Kind.STAND for channel in channels], np.bool_)
    judged: Mask = stands[points.channel] & (quality_class(points.quality) >= QualityClass.ESTIMATED)
    return judged


_LOOKS: tuple[tuple[str, Callable[[Points, Sequence[Channel]], Mask | None]], ...] = (
    ("the time lies outside the years 2000 to 2099", _out_of_time),
    ("the time does not begin an interval of the series", _off_grid),
    ("the value is too large for a series", _too_large),
    ("the quality code is unknown", _unknown_quality),
    ("stands are kept as read, never edited or estimated", _judged_stands),
)
