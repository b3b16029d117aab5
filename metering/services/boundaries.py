"""Stands at the boundaries of meters: where one was exchanged, installed or taken down."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.db import transaction

from access import audit
from access.models import User
from metering.models import BoundaryStand, MeasuredProperty, MeteringPoint, Series
from metering.store import Counts, Origin, Span, change_rules

_DAY = dt.timedelta(days=1)
_Side = BoundaryStand.Side


@dataclass(frozen=True, slots=True)
class ExchangedRegister:
    """One register in an exchange: what it showed on the old meter at the end and on the new one at the beginning.

    Stands are in the unit of the property; None where nobody noted them.
    """

    measured_property: MeasuredProperty
    final: Decimal | None = None
    initial: Decimal | None = None


@transaction.atomic
def record_exchange(
    *,
    metering_point: MeteringPoint,
    at: dt.datetime,
    old: str,
    new: str,
    registers: Sequence[ExchangedRegister],
    user: User | None = None,
) -> Counts:
    """The meter `old` was replaced by `new` (serial numbers, as in the source of series) at `at`.

    From then on nothing is derived from the old one and before it nothing from the new one; the interval of the
    exchange is (final − stand of the old one before) + (stand of the new one after − initial), and missing where one of
    these is unknown. Profile data may come before or after, and series need not exist yet. Recorded again it is
    corrected. Returns what became of the consumption.
    """
    at = at.replace(microsecond=0)
    boundaries = [
        BoundaryStand(
            metering_point=metering_point, measured_property=r.measured_property, source=source, at=at, side=side,
            value=value,
        )
        for r in registers
        for source, side, value in ((old, _Side.FINAL, r.final), (new, _Side.INITIAL, r.initial))
    ]  # fmt: skip
    for row in boundaries:
        row.full_clean(validate_unique=False, validate_constraints=False)
    counts = _change(boundaries, partial(_save, boundaries), user, f"meter {old} exchanged for {new}")
    summary = f"Meter {old} exchanged for {new} at {metering_point}: {len(registers)} registers"
    audit.record("exchanged", summary, user=user, utility=metering_point.utility, target=metering_point)
    return counts


@transaction.atomic
def record_boundary(*, boundary: BoundaryStand, user: User | None = None) -> Counts:
    """What one register showed where it began or ended to count; one of the same instant and side is corrected."""
    boundary.at = boundary.at.replace(microsecond=0)
    boundary.full_clean(validate_unique=False, validate_constraints=False)
    save = boundary.save if boundary.pk else partial(_save, [boundary])
    return _change([boundary], save, user, str(boundary))


@transaction.atomic
def remove_boundary(*, boundary: BoundaryStand, user: User | None = None) -> Counts:
    """As if nothing had been recorded there."""
    return _change([boundary], boundary.delete, user, f"{boundary} removed")


def _save(boundaries: Sequence[BoundaryStand]) -> None:
    BoundaryStand.objects.bulk_create(
        boundaries,
        update_conflicts=True,
        unique_fields=["metering_point", "measured_property", "source", "at", "side"],
        update_fields=["value"],
    )


def _change(
    boundaries: Sequence[BoundaryStand], change: Callable[[], object], user: User | None, message: str
) -> Counts:
    origin = Origin(user_id=None if user is None else user.pk, rule="exchange", message=message)
    return change_rules([_touched(row) for row in boundaries], change=change, origin=origin)


def _touched(boundary: BoundaryStand) -> Span:
    """What a boundary touches: all after a final stand and all before an initial one, and the day around it."""
    stands = Series.objects.filter(
        metering_point=boundary.metering_point,
        measured_property=boundary.measured_property,
        source=boundary.source,
        kind=Series.Kind.STAND,
    )
    ids = list(stands.exclude(feeds=None).values_list("pk", flat=True))
    if boundary.side == _Side.FINAL:
        return Span(ids, start=boundary.at - _DAY)
    return Span(ids, end=boundary.at + _DAY)
