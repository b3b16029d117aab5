"""Values of months that went to the archive, which take none: named before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from integration.formats.portion import Channel, Problem
from integration.imports.readings.channels import label_of
from integration.imports.readings.values import Points
from metering.intervals import DAY_S, day_of
from metering.store.archive.months import objections


def without_archived(points: Points, channels: Sequence[Channel]) -> tuple[Points, list[Problem]]:
    """The points of months that take values, and the problems of the others: one per channel and UTC day."""
    found = objections("interval" if points.interval_s else "register", points.at // DAY_S)
    problems = [problem for reason, closed in found for problem in _named(points.take(closed), reason, channels)]
    return (points.take(~np.any([closed for _, closed in found], axis=0)) if found else points), problems


def _named(points: Points, reason: str, channels: Sequence[Channel]) -> Iterator[Problem]:
    days = points.at // DAY_S
    _, first, counts = np.unique(np.stack([points.channel, days]), axis=1, return_index=True, return_counts=True)
    for row, count in zip(first.tolist(), counts.tolist(), strict=True):
        label = label_of(channels[points.channel[row]])
        yield Problem(int(points.lines[row]), f"{day_of(int(days[row]))} UTC: {reason}", text=label, values=count)
