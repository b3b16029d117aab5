"""A small world for the pages: a utility with two segments, a metering point in each, and users of every reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from access.models import Segment, User, Utility
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from metering.intervals import day_number
from metering.models import Customer, MeteringPoint, Series
from metering.store import NO_VALUE, Batch, Origin, RegisterBatch, ensure_partitions, write, write_registers
from tests import factories as make

NASTY = "<script>alert('x')</script> & Söhne"


@dataclass(frozen=True)
class World:
    """`north` and `south` lie in two segments; `anna` sees the whole utility, `pekka` only the north."""

    utility: Utility
    north: MeteringPoint
    south: MeteringPoint
    customer: Customer
    consumption: Series
    foreign: Series
    anna: User
    pekka: User
    stranger: User
    roleless: User


def build() -> World:
    """Make the rows; the customer of the north has a name that must be escaped."""
    utility = make.make_utility("energia")
    north, south = (_point(utility, make.make_segment(utility, code)) for code in ("north", "south"))
    customer = make.make_customer(utility, north.segment, name=NASTY, number="C-100")
    make.make_contract(north, customer)
    make.make_contract(south, make.make_customer(utility, south.segment, name="Maija Southern"))
    return World(
        utility, north, south, customer,
        consumption=make.make_series(north),
        foreign=make.make_series(south),
        anna=make.make_user(METERING_OPERATOR, utilities=[utility]),
        pekka=make.make_user(CUSTOMER_SERVICE, segments=[_segment(north)]),
        stranger=make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]),
        roleless=make.make_user(utilities=[utility]),
    )  # fmt: skip


def _point(utility: Utility, segment: Segment) -> MeteringPoint:
    area = make.make_transformer_area(utility, f"T-{segment.code}")
    return make.make_metering_point(utility, segment, transformer_area=area, street=f"{segment.name} Street 7")


def _segment(point: MeteringPoint) -> Segment:
    assert point.segment is not None
    return point.segment


def store_day(series: Series, day: date, values: Sequence[int | None] | int, **fields: Any) -> None:
    """Store one UTC day: one value for all slots, or a value (None: none) per slot from 00:00 UTC on."""
    slots = 86_400 // series.interval_s
    row = np.full((1, slots), NO_VALUE, np.int64)
    given = [values] * slots if isinstance(values, int) else values
    for slot, value in enumerate(given):
        row[0, slot] = NO_VALUE if value is None else value
    quality = fields.pop("quality", None)
    codes = None if quality is None else np.full((1, slots), quality, np.uint8)
    ensure_partitions(day, day)
    days = np.array([day_number(day)], np.int32)
    write(Batch(series.interval_s, np.array([series.pk], np.int64), days, row, codes), origin=Origin(**fields))


def store_register(series: Series, at: Sequence[datetime], values: Sequence[int], **fields: Any) -> None:
    """Store register values at these instants."""
    ensure_partitions(min(at).date(), max(at).date())
    seconds = np.array([int(instant.timestamp()) for instant in at], np.int64)
    ids = np.full(len(at), series.pk, np.int64)
    write_registers(RegisterBatch(ids, seconds, np.array(values, np.int64)), origin=Origin(**fields))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute
