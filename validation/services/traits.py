"""What rules and assignments choose series by: kind, energy, OBIS code, type of customer, groups of devices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models.expressions import RawSQL
from numpy.typing import NDArray

from devices.groups import devices_of
from devices.models import DeviceGroup, Installation
from metering.store import wire
from validation.window import Bools, Ints

Texts = NDArray[np.object_]

# The customer is that of the connection contract: at most one holds on a day.
_TRAITS = """
SELECT array_agg(s.id), array_agg(p.utility_id::bigint), array_agg(s.kind::text), array_agg(p.energy_type::text),
    array_agg(m.obis::text), array_agg(coalesce(c.customer_type, '')::text)
FROM metering_series s
JOIN metering_measuredproperty m ON m.id = s.measured_property_id
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
LEFT JOIN metering_contract k
    ON k.metering_point_id = p.id AND k.kind = 'connection' AND k.validity @> %(day)s::date
LEFT JOIN metering_customer c ON c.id = k.customer_id
WHERE s.id = ANY (%(ids)s::bigint[])
"""
_NOON = dt.time(12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Of n series, all (n,); texts are codes as models keep them, `customer_types` empty where there is no customer."""

    series_ids: Ints
    utilities: Ints
    kinds: Texts
    energy_types: Texts
    obis: Texts
    customer_types: Texts


def traits_of(series_ids: Ints, day: dt.date) -> Traits:
    """The traits of these series on a day, in their order; KeyError for a series there is not. One query."""
    asked = np.asarray(series_ids, np.int64)
    columns = wire.fetch(_TRAITS, {"ids": np.unique(asked), "day": day})[0]
    ids: Ints = np.empty(0, np.int64) if columns[0] is None else np.asarray(columns[0], np.int64)
    order = np.argsort(ids)
    at = np.searchsorted(ids[order], asked)
    if asked.size and (at.max(initial=0) >= len(ids) or (ids[order][at] != asked).any()):
        raise KeyError("There are no series of some of these numbers")
    rows = order[at]
    texts = (_texts(column)[rows] for column in columns[2:])
    return Traits(asked, np.asarray(columns[1] if len(ids) else [], np.int64)[rows], *texts)


def in_group(group: DeviceGroup, series_ids: Ints, day: dt.date) -> Bools:
    """bool (n,): at whose metering point a device of the group hung at noon (UTC) of the day. One query."""
    asked = RawSQL("SELECT unnest(%s::bigint[])", [series_ids.tolist()])
    rows = Installation.objects.filter(
        device__in=devices_of(group).order_by().values("pk"),
        period__contains=dt.datetime.combine(day, _NOON),
        metering_point__series__in=asked,
    )
    found = np.fromiter(rows.values_list("metering_point__series", flat=True), np.int64)
    return np.isin(series_ids, found)


def _texts(column: Any) -> Texts:
    return np.array([] if column is None else list(column), dtype=object)
