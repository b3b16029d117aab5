"""Days that were delivered and are different now: each becomes a correction, for whoever delivered it to send on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from metering.intervals import to_instant
from metering.store import NO_VALUE, read, wire
from validation.loading.days import columns_of, dates, midnights
from validation.models import Correction, Delivery
from validation.window import Ints

Key = tuple[int, dt.date]


@dataclass(frozen=True, slots=True)
class Difference:
    """How a delivered day differs from what is stored: totals (None = no value at all) and how many values differ."""

    before: int | None
    after: int | None
    values: int


def note_corrections(series_ids: Ints, first: dt.date, last: dt.date, zone: ZoneInfo, cause: str) -> int:
    """Compare what was delivered of these series over local days, both included, with what is stored; how many differ.

    A day that differs has one open correction, which follows what happens next; one that is back to what was delivered
    is void. One query where nothing was delivered, or nothing of it changed.
    """
    delivered = _changed(series_ids, first, last)
    differences = {key: each for part in _by_instant(delivered) for key, each in _compared(part, zone)}
    _write(delivered, differences, cause)
    return sum(each.values > 0 for each in differences.values())


def _changed(series_ids: Ints, first: dt.date, last: dt.date) -> dict[Key, Delivery]:
    """The days whose last delivery is older than a change of them, with that delivery.

    A later delivery of a day settles what changed after the earlier ones, though it may cover other days than they do.
    """
    rows = wire.fetch(_CHANGED, {"ids": series_ids, "first": first, "last": last})
    if not rows:
        return {}
    changed, series = ({row[column] for row in rows} for column in (0, 1))
    known = Delivery.objects.filter(series__in=series, first_day__lte=last, last_day__gte=first)
    latest = _latest(list(known.order_by("delivered_at", "pk")), first, last)
    return {key: delivery for key, delivery in latest.items() if delivery.pk in changed}


def _latest(deliveries: Sequence[Delivery], first: dt.date, last: dt.date) -> dict[Key, Delivery]:
    """The last delivery of each series and day."""
    found: dict[Key, Delivery] = {}
    for each in deliveries:
        for day in dates(max(each.first_day, first), min(each.last_day, last)):
            found[each.series_id, day] = each
    return found


def _by_instant(delivered: dict[Key, Delivery]) -> Iterator[tuple[datetime, list[Key]]]:
    keys: dict[datetime, list[Key]] = defaultdict(list)
    for key, delivery in delivered.items():
        keys[delivery.delivered_at].append(key)
    yield from keys.items()


def _compared(part: tuple[datetime, list[Key]], zone: ZoneInfo) -> Iterator[tuple[Key, Difference]]:
    """What was delivered at one instant against what is stored now."""
    delivered_at, keys = part
    ids = np.unique(np.array([series for series, _ in keys], np.int64))
    days = dates(min(day for _, day in keys), max(day for _, day in keys))
    bounds = midnights(days, zone)
    start, end = to_instant(int(bounds[0])), to_instant(int(bounds[-1]))
    then, now = read(ids, start, end, as_of=delivered_at), read(ids, start, end)
    if then.interval_s != now.interval_s:
        return
    edges = columns_of(bounds, int(bounds[0]), now.interval_s)
    for series, day in keys:
        place = days.index(day)
        columns = slice(int(edges[place]), int(edges[place + 1]))
        row = now.row(series)
        before, after = then.values[row, columns], now.values[row, columns]
        yield (series, day), Difference(_total(before), _total(after), int((before != after).sum()))


def _total(values: Ints) -> int | None:
    there = values[values != NO_VALUE]
    return int(there.sum()) if there.size else None


def _write(delivered: dict[Key, Delivery], differences: dict[Key, Difference], cause: str) -> None:
    ids, days = {series for series, _ in differences}, {day for _, day in differences}
    rows = Correction.objects.filter(series__in=ids, day__in=days, state=Correction.State.OPEN)
    standing = {(row.series_id, row.day): row for row in rows.select_for_update(no_key=True)}
    fresh, followed = [], []
    for key, each in differences.items():
        own = standing.get(key)
        if own is None and each.values:
            fresh.append(_correction(key, delivered[key], each, cause))
        elif own is not None and (own.before, own.after, own.values) != (each.before, each.after, each.values):
            own.before, own.after, own.values = each.before, each.after, each.values
            own.state = Correction.State.OPEN if each.values else Correction.State.VOID
            followed.append(own)
    Correction.objects.bulk_create(fresh)
    Correction.objects.bulk_update(followed, ["before", "after", "values", "state", "changed_at"])


def _correction(key: Key, delivery: Delivery, found: Difference, cause: str) -> Correction:
    return Correction(
        series_id=key[0], day=key[1], delivery=delivery, before=found.before, after=found.after, values=found.values,
        cause=cause[:200],
    )  # fmt: skip


_CHANGED = """
SELECT d.id, d.series_id FROM validation_delivery d
WHERE d.series_id = ANY (%(ids)s::bigint[]) AND d.first_day <= %(last)s::date AND d.last_day >= %(first)s::date
    AND EXISTS (
        SELECT FROM series_day s WHERE s.series_id = d.series_id AND s.changed_at > d.delivered_at
        AND s.day BETWEEN greatest(d.first_day, %(first)s::date) - 1 AND least(d.last_day, %(last)s::date) + 1)
"""
