"""A part of an export as a portion for the writer, and what of it the format cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from integration.exports.entries import Entry
from integration.exports.reading import Columns, read_columns
from integration.exports.registry import Format, Objection
from integration.exports.remarks import remarks_of
from integration.formats.portion import Channel, Portion
from metering.intervals import DAY_S

_LENGTHS = DAY_S + 1

LeaveOut = Callable[[Portion, NDArray[np.int64]], Iterable[Objection]]
"""What must not be written of a portion whose values, (m,), belong to the series with these ids, (m,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A portion, and what became of the k series around it, all (k,): values written, values left out, and by index
    the first reason why."""

    portion: Portion
    values: NDArray[np.int64]
    left_out: NDArray[np.int64]
    reasons: dict[int, str]


def portion_of(
    entries: Sequence[Entry], form: Format, chosen: slice, start: int, end: int, leave_out: LeaveOut | None = None
) -> Outcome:
    """The values of the entries `chosen` in [start, end); `entries` are all series of their metering points.

    `leave_out` may object to values whatever the format.

    Call it where series and values are read as of one instant. Every entry that can be written has its channel, with
    values or not.
    """
    own = [place for place, entry in enumerate(entries) if not entry.refusal]
    wanted = [place for place in own if place in range(*chosen.indices(len(entries)))]
    columns = read_columns([entries[place].series for place in wanted], start, end)
    columns = replace(columns, place=np.array(wanted, np.int64)[columns.place])
    places, portion = _portion(entries, own, columns)
    ids = np.array([entry.series.pk for entry in entries], np.int64)
    channels = {entries[place].series.pk: number for number, place in enumerate(own) if place in wanted}
    portion = replace(portion, remarks=remarks_of(channels, form.remarks, start, end))
    further = leave_out(portion, ids[places]) if leave_out else ()
    return _without_objections(portion, places, (*_unwritable(portion, form), *form.objections(portion), *further), ids)


def _portion(entries: Sequence[Entry], own: Sequence[int], columns: Columns) -> tuple[NDArray[np.int64], Portion]:
    """Columns as a portion, one channel after the other, and the entry of each value, (m,).

    The channels are those of the entries `own`; the days of a series stored in intervals of another length have one
    more.
    """
    known = [place * _LENGTHS + entries[place].channel.interval_s for place in own]
    found = columns.place * _LENGTHS + columns.length
    others = sorted(set(np.unique(found).tolist()) - set(known))
    keys = np.array([*known, *others], np.int64)
    sorter = np.argsort(keys)
    channel = sorter[np.searchsorted(keys, found, sorter=sorter)] if len(found) else found
    order = np.argsort(channel, kind="stable")
    rows = columns.take(order)
    portion = Portion(
        channels=tuple(_channel(entries, key) for key in keys.tolist()),
        channel=channel[order].astype(np.int32),
        at=rows.at,
        values=rows.values,
        quality=rows.quality,
        status=rows.status,
        lines=np.zeros(len(rows), np.int64),
    )
    return rows.place, portion


def _channel(entries: Sequence[Entry], key: int) -> Channel:
    place, length = divmod(key, _LENGTHS)
    channel = entries[place].channel
    return channel if channel.interval_s == length else replace(channel, interval_s=length)


def _without_objections(
    portion: Portion, places: NDArray[np.int64], objections: Iterable[Objection], ids: NDArray[np.int64]
) -> Outcome:
    """The portion without what is objected to, and what became of the entries of the series `ids`."""
    count = len(ids)
    kept = np.ones(len(portion), np.bool_)
    reasons: dict[int, str] = {}
    for objection in objections:
        kept &= ~objection.rows
        for place in np.unique(places[objection.rows]).tolist():
            reasons.setdefault(place, objection.reason)
    left_out = np.bincount(places[~kept & portion.present], minlength=count)
    if not kept.all():
        columns = ("channel", "at", "values", "quality", "status", "lines")
        portion = replace(portion, **{name: getattr(portion, name)[kept] for name in columns})
    written = np.bincount(places[kept][portion.present], minlength=count)
    return Outcome(portion, written, left_out, reasons)


def _unwritable(portion: Portion, form: Format) -> Iterator[Objection]:
    """Channels that came with another interval length and cannot be written."""
    for number, channel in enumerate(portion.channels):
        if reason := form.why_unwritable(channel):
            yield Objection(portion.channel == number, f"days in intervals of {channel.interval_s} s: {reason}")
